"""A list of receipts as Chinese Excel saves it gives every file its time, whatever it is encoded in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from workbench.app.inbox import ReceiptTime, receipt_times
from workbench.core.errors import WrongUse

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


def listed(folder: Path, *lines: str) -> Path:
    """A list of receipts with these lines."""
    inbox = folder / "收件清单.csv"
    inbox.write_text("\n".join(["file,received_at", *lines, ""]), encoding="utf-8")
    return inbox


def test_two_times_for_one_file_are_refused(tmp_path):
    """Who was first would depend on the order of the lines; both are named, written by name or by path."""
    files = [tmp_path / "甲.xlsx"]
    for other in ("甲.xlsx", "./甲.xlsx"):
        inbox = listed(tmp_path, "甲.xlsx,2026-07-03 09:05", "乙.xlsx,2026-07-03 09:05", f"{other},2026-07-02 09:05")
        with pytest.raises(WrongUse) as refused:
            receipt_times(files, inbox, ReceiptTime(datetime(2026, 1, 1)))
        assert refused.value.code == "bad_inbox"
        assert "第 2 行和第 4 行" in refused.value.zh and "甲.xlsx" in refused.value.zh


def test_a_line_that_stands_twice_and_lines_of_other_files_do_no_harm(tmp_path):
    """The same time again; two times for a file that does not come in now; a file of the same name with its folder."""
    (tmp_path / "子").mkdir()
    files = [tmp_path / "甲.xlsx", tmp_path / "子" / "丙.xlsx"]
    same = ["甲.xlsx,2026-07-03 09:05", "甲.xlsx,2026/7/3 9:05"]
    others = ["乙.xlsx,2026-07-01 08:00", "乙.xlsx,2026-07-02 08:00", "丙.xlsx,2026-07-01 08:00"]
    inbox = listed(tmp_path, *same, *others, "子/丙.xlsx,2026-07-04 10:00")
    found = receipt_times(files, inbox, ReceiptTime(datetime(2026, 1, 1)))
    assert [found[path].at for path in files] == [datetime(2026, 7, 3, 9, 5), datetime(2026, 7, 4, 10)]
