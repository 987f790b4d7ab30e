"""A list of receipts as Chinese Excel saves it gives every file its time, whatever it is encoded in."""

from __future__ import annotations

from datetime import datetime

import pytest

from workbench.app.inbox import ReceiptTime, receipt_times

WRITTEN = {
    "2026/7/3 9:05": (9, 5),
    "2026-07-03T09:05": (9, 5),
    "46206.378472222": (9, 5),
    "2026年7月3日 下午 2:05": (14, 5),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("written", WRITTEN)
def test_a_list_as_excel_saves_it(tmp_path, encoding, written):
    """With and without a mark at its head, in UTF-8 and GBK, times as cells show them and as numbers of days."""
    files = [tmp_path / "江城公交.xlsx", tmp_path / "另一份.xlsx"]
    inbox = tmp_path / "收件清单.csv"
    inbox.write_bytes(f"file,received_at\r\n江城公交.xlsx,{written}\r\n另一份.xlsx,2026/7/3\r\n".encode(encoding))
    found = receipt_times(files, inbox, ReceiptTime(datetime(2026, 1, 1)))
    assert found[files[0]] == ReceiptTime(datetime(2026, 7, 3, *WRITTEN[written]))
    assert (found[files[1]].at.date(), found[files[1]].bare) == (datetime(2026, 7, 3).date(), True)
