"""Reports of units that were out of use already, and requests that repeat others, in every order of import (D4, D36)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.support.office import UNIT_TITLES, UNITS, lead
from tests.support.orders import Deed, in_order, outcome, received, reports, request
from workbench.capabilities.leads.changes import asked_by

pytestmark = pytest.mark.slow


def out_of_use(office, **more: object) -> dict[str, Deed]:
    """u: the first dealer is out of use from the 8th, and again in use from the 20th (v); it reports on the 9th (l) and the
    21st (n); the second dealer reports a customer of both on the 10th (o).
    """
    reports(office)
    old = dict(zip(UNIT_TITLES, UNITS[0], strict=True))
    tea, pond = lead("皖南茶业", 联系方式="13900003306"), lead("塘口渔场", 联系方式="13900003307")

    def directory(name: str, **state: object) -> Path:
        return office.file("单位名录", name, {}, [{**old, **state}])

    def report(unit: str, day: int, *rows: dict) -> Path:
        return office.leads(unit, f"{day}日.xlsx", list(rows), on=datetime(2026, 1, day).date())

    return {
        "u": received(office, directory("停用.xlsx", 状态="停用", **more), "2026-01-08T09:00:00"),
        "l": received(office, report("D001", 9, tea, pond), "2026-01-09T09:00:00"),
        "o": received(office, report("D002", 10, tea), "2026-01-10T09:00:00"),
        "v": received(office, directory("在用.xlsx", 状态="在用"), "2026-01-20T09:00:00"),
        "n": received(office, report("D001", 21, pond), "2026-01-21T09:00:00"),
    }


@pytest.mark.parametrize("order", ["ulovn", "lonuv", "nlovu", "vlnuo"])
@pytest.mark.parametrize("successor", [None, "D002"])
def test_a_report_of_a_unit_that_was_out_of_use_already(staffed, order, successor):
    """It is refused in the order of receipt, and counts no more where it came in before; what repeats it stands itself (D36)."""
    in_order(out_of_use(staffed, **({"承继单位代码": successor} if successor else {})), order)
    rows, _ = outcome(staffed)
    assert [row[:4] for row in rows] == [
        ("东湖农场", "D002", "2026-01-05T10:00:00", "待复核" if successor else "已接收"),
        ("和县公园", "D002", "2026-01-05T10:30:00", "已接收"),
        ("塘口渔场", "D001", "2026-01-21T09:00:00", "已接收"),
        ("江城公交", successor or "D001", "2026-01-05T09:00:00", "已接收" if successor else "已撤回"),
        ("滨江机械厂", successor or "D001", "2026-01-05T09:00:00", "已接收" if successor else "已撤回"),
        ("皖南茶业", "D002", "2026-01-10T09:00:00", "已接收"),
    ]
    staffed.run("audit", "verify", code=0)


def test_who_brings_in_that_a_unit_is_back_hears_of_reports_that_were_refused_meanwhile(staffed):
    """A refused file leaves no trace: brought in again with its own time of receipt it has the place it would have had."""
    deeds = out_of_use(staffed)
    assert "back_in_use" not in [each["code"] for each in deeds["u"]()["remarks"]]
    late = staffed.leads(
        "D001", "21日.xlsx", [lead("塘口渔场", 联系方式="13900003307")], on=datetime(2026, 1, 21).date()
    )
    assert staffed.receive(late, "2026-01-21T09:00:00", code=2)["refused"]
    said = deeds["v"]()
    (remark,) = [each for each in said["remarks"] if each["code"] == "back_in_use"]
    assert "D001 自 2026-01-20 09:00 起恢复在用" in remark["message"]
    staffed.receive(late, "2026-01-21T09:00:00", code=0)
    assert staffed.by_customer()["塘口渔场"]["received_at"].startswith("2026-01-21T09:00")


def test_a_report_refused_since_counts_again_without_the_directory_that_said_so(staffed):
    """The directory's receipt names the report; taken back, it leaves the leads as they were."""
    deeds = out_of_use(staffed)
    deeds["l"]()
    said = deeds["u"]()
    (remark,) = [each for each in said["remarks"] if each["code"] == "refused_since"]
    assert "9日.xlsx" in remark["message"] and "D001" in remark["message"]
    assert "皖南茶业" not in staffed.by_customer()
    deeds["o"]()
    assert staffed.by_customer()["皖南茶业"]["reporter"] == "D002"
    staffed.run("withdraw-import", said["number"], "--reason", "误导入", "--at", "2026-01-11T09:00:00", code=0)
    found = {(row["customer"], row["reporter"]): row["status"] for row in staffed.ask("leads")}
    assert found["皖南茶业", "D001"] == "已接收" and found["皖南茶业", "D002"] == "重复"
    staffed.run("audit", "verify", code=0)


def asked_twice(office) -> dict[str, Deed]:
    """f, s: the same request twice, decided on by d; F: the first file is taken back; p: one of another lead."""
    number = reports(office)
    park, lake = (number[name] for name in ("和县公园", "东湖农场"))
    first, second = (request(office, f"更改{n}.xlsx", "D002", park, "和县公园", "更改提报单位", "D001") for n in "一二")
    other = request(office, "更改三.xlsx", "D002", lake, "东湖农场", "更改提报单位", "D001")

    def back() -> None:
        with office.opened() as session:
            files = session.register.read("document", ["document", "name"]).set_index("name")["document"]
        at = ("--reason", "误导入", "--at", "2026-01-06T12:00:00")
        office.run("withdraw-import", files["更改一.xlsx"], *at, code=0)

    def decide() -> None:
        (asked,) = [each for each in office.ask("changes", "list") if each["lead"] == park]
        at = ("--reason", "属实", "--at", "2026-01-08T09:00:00")
        office.run("changes", "decide", asked["number"], "同意", *at, code=0)

    return {
        "f": received(office, first, "2026-01-06T09:00:00"),
        "s": received(office, second, "2026-01-06T10:00:00"),
        "F": back,
        "p": received(office, other, "2026-01-07T09:00:00"),
        "d": decide,
    }


@pytest.mark.parametrize("order", ["fsFpd", "sfFpd", "fpsFd"])
def test_a_request_that_repeats_one_that_was_taken_back(staffed, order):
    """The second file asks for itself then; until then both are one request, which is decided once (D4)."""
    in_order(asked_twice(staffed), order)
    asked = staffed.ask("changes", "list")
    assert sorted((row["at"][5:16], row["state"]) for row in asked) == [
        ("01-06T10:00", "同意"),
        ("01-07T09:00", "待决定"),
    ]
    assert len({row["number"] for row in asked}) == 2
    rows, _ = outcome(staffed)
    assert [row[1] for row in rows if row[0] == "和县公园"] == ["D001"]
    staffed.run("audit", "verify", code=0)


@pytest.mark.parametrize("order", ["fs", "sf"])
def test_the_same_request_twice_is_listed_and_decided_once(staffed, order):
    """The receipt of the second names the first, whose time it is; taken back once it was decided on, it leaves the other to
    be decided anew: somebody else may have asked."""
    deeds = asked_twice(staffed)
    deeds[order[0]]()
    (first,) = staffed.ask("changes", "list")
    got = deeds[order[1]]()
    assert (got["unchanged"], [each["code"] for each in got["findings"]]) == (1, ["already_requested"])
    with staffed.opened() as session:  # whoever brought one of the two in has a part in the request
        assert len(asked_by(session.register, first["number"])) == 2
    (asked,) = staffed.ask("changes", "list")
    assert (asked["number"], asked["at"], asked["state"]) == (first["number"], "2026-01-06T09:00:00", "待决定")
    deeds["d"]()
    (asked,) = staffed.ask("changes", "list")
    assert asked["state"] == "同意" and staffed.by_customer()["和县公园"]["reporter"] == "D001"
    deeds["F"]()
    (asked,) = staffed.ask("changes", "list")
    if order == "fs":
        assert (asked["at"], asked["state"]) == ("2026-01-06T10:00:00", "待决定")
        assert staffed.by_customer()["和县公园"]["reporter"] == "D002"
    staffed.run("audit", "verify", code=0)
