"""A word that is given, taken back and given again in another file stands, in whichever order the files come in (D4)."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations

import pytest

from tests.support.first_quarter import VALID
from tests.support.office import UNIT_TITLES, UNITS, contract, lead
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.targets.completion import current
from workbench.platform.register.facts import load_facts

pytestmark = pytest.mark.slow

BUS = lead("江城公交")
ORDERS = [pytest.param(order, id="-".join(map(str, order))) for order in permutations(range(3))]
TIMES = ("2026-01-05T09:00:00", "2026-01-05T11:00:00", "2026-01-05T13:00:00")


def given(office, order: tuple[int, ...], files: list, times: tuple[str, ...] = TIMES) -> None:
    """Bring three files in, received one after another, in an order of import."""
    for place in order:
        office.receive(files[place], times[place])


@pytest.mark.parametrize("order", ORDERS)
def test_a_report_and_its_correction_taken_back(staffed, order):
    """T1: model and quantity as they were reported, then corrected, then as reported again."""
    files = [
        staffed.leads("D001", name, [{**BUS, **said}])
        for name, said in (("甲.xlsx", {}), ("乙.xlsx", {"需求车型": "客车", "标的量(台)": 20}), ("丙.xlsx", {}))
    ]
    given(staffed, order, files)
    (row,) = staffed.ask("leads")
    assert (row["status"], row["received_at"]) == ("已接收", TIMES[0])
    with staffed.opened() as session:
        versions = session.register.read("lead", ["quantity", "model", "phone", "filed_at"]).sort_values("filed_at")
    assert versions["quantity"].tolist() == [12, 20, 12]
    assert versions["model"].tolist()[-1] == "轿车" and versions["phone"].nunique() == 1
    staffed.run("audit", "verify", code=0)


@pytest.mark.parametrize("order", ORDERS)
def test_a_line_of_a_contract_replaced_and_replaced_back(staffed, order):
    """T2: 5 vehicles picked up, then 2, then 5 again: 5 of 12 are paid for; the register says where it read so first."""
    staffed.receive(staffed.leads("D001", "甲.xlsx", [BUS]), TIMES[0], code=0)
    staffed.run("dispatch", "--at", "2026-01-05T17:00:00", "--out", staffed.folder / "转交")
    (answer,) = staffed.answer(staffed.folder / "转交", {"江城公交": VALID})
    staffed.receive(answer, "2026-01-06T09:00:00", code=0)
    number = staffed.by_customer()["江城公交"]["number"]
    files = [
        staffed.file(
            "合同登记汇总表", name, {"月份": "2026-01"}, [contract(number, "江城公交", datetime(2026, 1, 20), picked)]
        )
        for name, picked in (("甲合同.xlsx", 5), ("乙合同.xlsx", 2), ("丙合同.xlsx", 5))
    ]
    given(staffed, order, files, ("2026-02-02T09:00:00", "2026-02-02T10:00:00", "2026-02-02T11:00:00"))
    lines = staffed.ask("settle", "2026Q1", "--as-of", "2026-04-05")["lines"]
    assert [(line["clause"], line["ref"], line["amount"]) for line in lines if line["clause"] == "7.1.1"] == [
        ("7.1.1", number, 1000)
    ]


@pytest.mark.parametrize("order", ORDERS)
def test_a_unit_a_person_and_a_target(staffed, order):
    """T6, T21 and T4: what was said first and last stands."""
    late = ("2026-01-12T09:00:00", "2026-01-12T10:00:00", "2026-01-12T11:00:00")
    told = [dict(zip(UNIT_TITLES, unit, strict=True)) for unit in UNITS]
    others = [{**unit, "责任人": "王新"} if unit["单位代码"] == "S001" else unit for unit in told]
    units = [staffed.file("单位名录", f"名录{place}.xlsx", {}, rows) for place, rows in enumerate((told, others, told))]
    given(staffed, order, units, late)
    people = [
        staffed.file(
            "人员名录",
            f"人员{post}{name}.xlsx",
            {},
            [{"姓名": "何项目", "单位代码": "S001", "岗位": post, "开始日期": datetime(2026, 1, 1)}],
        )
        for name, post in enumerate(("项目责任人", "其他", "项目责任人"))
    ]
    given(staffed, order, people, late)
    targets = [
        staffed.file(
            "目标信息量分解调整表",
            f"目标{place}.xlsx",
            {
                "年度": 2026,
                "类型": "调整" if place else "分解",
                "编制人": "郑策",
                "批准人": "赵副总",
                "调整原因": "试验",
            },
            [{"单位代码": "B001", "全年目标": 12 * each, **{f"{month}月": each for month in range(1, 13)}}],
        )
        for place, each in enumerate((1, 2, 1))
    ]
    given(staffed, order, targets, late)
    with staffed.opened() as session:
        facts = load_facts(session.register)
        people_now = facts.people.sort_values("at").drop_duplicates(["name", "unit"], keep="last")
        assert people_now["post"].tolist() == ["项目责任人"]
        assert units_on(facts.units, None).set_index("code").at["S001", "person"] == "王政"
        assert current(facts.targets)["amount"].unique().tolist() == [1]
    staffed.run("audit", "verify", code=0)
