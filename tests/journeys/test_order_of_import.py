"""The same submissions in any order, with the same times of receipt, give the same register."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations

import pytest

from tests.support.office import lead

pytestmark = pytest.mark.slow


def submissions(office):
    """Files whose leads compete: exact duplicates, close names, one phone, a tie, an invalid first report."""
    first = [lead("江城公共交通集团"), lead("江城物流", **{"标的量(台)": 2}), lead("江城商贸")]
    second = [
        lead("江城公共交通集团有限公司", 联系方式="13900003331"),
        lead("江城物流公司", 联系方式="13900003332"),
        lead("江城机械厂", 联系方式="13900003333"),
    ]
    third = [
        lead("江城公共交通集团公司", 联系方式="13900003334"),
        lead("江城机械厂", 联系方式="13900003335"),
        lead("江城贸易中心", 联系方式="13900001111"),
    ]
    return [
        (office.units(), "2026-01-02T09:00:00"),
        (office.leads("D001", "甲.xlsx", first), "2026-01-05T09:00:00"),
        (office.leads("D002", "乙.xlsx", second), "2026-01-06T09:00:00"),
        (office.leads("B001", "丙.xlsx", third), "2026-01-06T09:00:00"),
    ]


def outcome(office, *more):
    """What must not depend on the order: everything but the lead numbers."""
    rows = office.ask("leads", "--as-of", "2026-02-01", *more, code=0)
    return sorted(
        (
            row["customer"],
            row["reporter"],
            row["file"],
            row["row"],
            row["received_at"],
            row["status"],
            row["clause"] or "",
        )
        for row in rows
    )


@pytest.mark.parametrize("order", permutations((1, 2, 3)))
def test_any_order_gives_the_same_statuses(office, order):
    """One file per command, in each possible order."""
    files = submissions(office)
    for position in (0, *order):
        path, at = files[position]
        office.receive(path, at)
    got = outcome(office)
    assert [(row[0], row[1], row[5], row[6]) for row in got] == [
        ("江城公共交通集团", "D001", "已接收", ""),
        ("江城公共交通集团公司", "B001", "重复", "5.1"),
        ("江城公共交通集团有限公司", "D002", "重复", "5.1"),
        ("江城商贸", "D001", "待复核", "5.1"),
        ("江城机械厂", "B001", "待复核", "5.1"),
        ("江城机械厂", "D002", "待复核", "5.1"),
        ("江城物流", "D001", "无效", "5.4"),
        ("江城物流公司", "D002", "已接收", ""),
        ("江城贸易中心", "B001", "待复核", "5.1"),
    ]


def test_one_batch_gives_the_same_as_single_files(office):
    """A folder with an inbox list is the same as one command per file."""
    files = submissions(office)
    inbox = office.folder / "收件清单.csv"
    inbox.write_text("file,received_at\n" + "".join(f"{path.name},{at}\n" for path, at in files), encoding="utf-8-sig")
    office.ask("import", office.folder / "收件", "--inbox", inbox, code=1)
    batch = outcome(office)
    assert len(batch) == 9
    office.run("init", "--register", office.folder / "另一册.db")
    for path, at in reversed(files[1:]):
        office.run(
            "import", files[0][0], "--received-at", files[0][1], "--register", office.folder / "另一册.db", code=None
        )
        office.run("import", path, "--received-at", at, "--register", office.folder / "另一册.db", code=None)
    assert outcome(office, "--register", office.folder / "另一册.db") == batch


def test_a_file_brought_in_later_with_an_earlier_receipt_comes_first(staffed):
    """The later-received lead that stood first becomes the duplicate, as long as the month is open."""
    staffed.receive(staffed.leads("D002", "后到.xlsx", [lead("江城公交")]), "2026-01-06T09:00:00", code=0)
    assert staffed.by_customer()["江城公交"]["status"] == "已接收"
    early = staffed.leads("D001", "先到.xlsx", [lead("江城公交有限公司", 联系方式="13900003337")])
    staffed.receive(early, "2026-01-05T09:00:00", code=0)
    got = staffed.by_customer()
    assert (got["江城公交有限公司"]["status"], got["江城公交"]["status"]) == ("已接收", "重复")


def test_a_closed_month_is_not_reordered(staffed):
    """Once January is closed, a file with a January receipt no longer comes before January's leads."""
    staffed.receive(staffed.leads("D002", "后到.xlsx", [lead("江城公交")]), "2026-01-06T09:00:00", code=0)
    staffed.run("close", "2026-01", "--reason", "月结", "--at", "2026-02-01T09:00:00")
    early = staffed.leads("D001", "先到.xlsx", [lead("江城公交有限公司", 联系方式="13900003337")])
    staffed.receive(early, "2026-01-05T09:00:00", code=0)
    got = staffed.by_customer()
    assert (got["江城公交有限公司"]["status"], got["江城公交"]["status"]) == ("重复", "已接收")


def test_a_corrected_file_updates_its_rows_and_never_doubles(staffed):
    """The same report with one model changed: same leads, the change is kept, the place too."""
    rows = [lead("江城公交"), lead("江城物流", 联系方式="13900003338")]
    staffed.receive(staffed.leads("D001", "一月.xlsx", rows), "2026-01-05T09:00:00", code=0)
    before = staffed.ask("leads")
    rows[1]["需求车型"] = "客车"
    receipt = staffed.receive(staffed.leads("D001", "一月.xlsx", rows), "2026-01-07T09:00:00", code=0)
    assert (receipt["accepted"], receipt["unchanged"], receipt["returned"]) == (1, 1, 0)
    assert [finding["code"] for finding in receipt["findings"]] == ["unchanged", "corrected"]
    assert staffed.ask("leads") == before


def test_a_first_report_found_invalid_gives_way_to_the_one_behind_it(staffed):
    """The waiting duplicate takes its place, is dispatched, and counts in its own month (D19)."""
    staffed.receive(staffed.leads("D001", "一.xlsx", [lead("江城公交")]), "2026-01-30T09:00:00", code=0)
    later = staffed.leads("D002", "二.xlsx", [lead("江城公交公司", 联系方式="13900003339")])
    staffed.run("dispatch", "--at", "2026-01-30T10:00:00", "--out", staffed.folder / "转交1")
    staffed.receive(later, "2026-02-01T09:00:00", code=0)
    assert staffed.by_customer()["江城公交公司"]["status"] == "重复"
    (answer,) = staffed.answer(staffed.folder / "转交1", {"江城公交": {"甄别结论": "无效", "无效原因": "查无此事"}})
    staffed.receive(answer, "2026-02-02T09:00:00", code=0)
    assert staffed.by_customer()["江城公交公司"]["status"] == "已接收"
    staffed.run("dispatch", "--at", "2026-02-02T10:00:00", "--out", staffed.folder / "转交2")
    (answer,) = staffed.answer(
        staffed.folder / "转交2", {"江城公交公司": {"甄别结论": "有效", "到期日期": datetime(2026, 9, 30)}}
    )
    staffed.receive(answer, "2026-02-03T09:00:00", code=0)
    got = staffed.by_customer(as_of="2026-03-01")
    assert [(got[name]["status"], got[name]["counts_in"]) for name in ("江城公交", "江城公交公司")] == [
        ("无效", None),
        ("已立项", "2026-02"),
    ]
