"""Lists kept as CSV are read as Excel, WPS and editors save them; one that cannot be read is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.app.inbox import ReceiptTime, receipt_times
from workbench.app.mail import addresses
from workbench.app.passwords import listed_passwords
from workbench.capabilities.targets.scenario_file import read_scenario
from workbench.core.csv_lists import read_csv_list
from workbench.core.errors import WrongUse

READERS = {
    "receipts": lambda path: receipt_times([], path, ReceiptTime.of(None)),
    "passwords": listed_passwords,
    "addresses": addresses,
    "targets": read_scenario,
}


def written(folder: Path, raw: bytes) -> Path:
    """A list with these bytes."""
    path = folder / "清单.csv"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_list_is_read_however_its_lines_end(tmp_path, ending, encoding):
    """Also as Excel's "CSV (Macintosh)"; rows without anything in them are left out, and lines counted all the same."""
    lines = ["recipient,password", "D001,口令 一", "", ",", '"甲,乙","有""引号"', "D002"]
    found = read_csv_list(written(tmp_path, ending.join([*lines, ""]).encode(encoding)))
    assert found.columns == ("recipient", "password")
    assert found.rows == (
        (2, {"recipient": "D001", "password": "口令 一"}),
        (5, {"recipient": "甲,乙", "password": '有"引号'}),
        (6, {"recipient": "D002", "password": None}),
    )


@pytest.mark.parametrize("which", READERS)
@pytest.mark.parametrize(
    ("rest", "line"),
    [(b'a,b\n"c,d\n', 3), (b'a,b\n"c,d\n' + b"x" * 200_000, 3), (b"a\x00,b\n", 2), (b"a,b\n\x00", 3)],
    ids=["open quote", "long open quote", "NUL", "NUL behind"],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, which, rest, line):
    """By every command that takes a list; nothing is taken from the lines before it."""
    with pytest.raises(WrongUse) as refused:
        READERS[which](written(tmp_path, b"file,received_at\n" + rest))
    assert refused.value.code == "bad_csv" and f"清单.csv 第 {line} 行" in refused.value.zh


def test_another_encoding_is_named(tmp_path):
    """UTF-16, as "Unicode text" is saved."""
    with pytest.raises(WrongUse) as refused:
        read_csv_list(written(tmp_path, "file,received_at\n".encode("utf-16")))
    assert refused.value.code == "bad_csv" and "编码" in refused.value.zh
