"""T2 comes in: what adds up, what replaces what, and what a contract cannot be (6.5, D25, D34, D37, D44)."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from tests.support.office import Office, lead

pytestmark = pytest.mark.slow

PARK, BUS = lead("江城公园"), lead("滨江客运", 联系方式="13900003302")
FARM = lead("和县农场", 联系方式="13900003303")
CUSTOMERS = {"公园": "江城公园", "客运": "滨江客运", "农场": "和县农场"}
UNITS = {"公园": "D001", "客运": "D001", "农场": "D002"}


@pytest.fixture
def projects(staffed: Office, prepared) -> Office:
    """Three projects of January: two of D001, one of D002."""

    def work() -> None:
        for unit, name, rows in (("D001", "一.xlsx", [PARK, BUS]), ("D002", "二.xlsx", [FARM])):
            staffed.receive(staffed.leads(unit, name, rows), "2026-01-05T09:00:00")
        staffed.run("dispatch", "--at", "2026-01-05T17:00:00", "--out", staffed.folder / "转交")
        good = {"甄别结论": "有效", "到期日期": datetime(2026, 12, 31), "项目责任人": "冯行"}
        for path in staffed.answer(staffed.folder / "转交", dict.fromkeys(CUSTOMERS.values(), good)):
            staffed.receive(path, "2026-01-06T10:00:00")

    prepared(staffed.folder, "三个项目", work)
    return staffed


def row(who: str, picked: int, contract: str = "HT1", quantity: int = 10, day: tuple = (2026, 1, 20), **more) -> dict:
    """A line of T2 about the project of a customer; the number is filled in by ``register``."""
    named = {"客户名称": CUSTOMERS[who], "单位代码": UNITS[who], "车型": "轿车"}
    numbers = {"合同数量(台)": quantity, "签订日期": datetime(*day), "本月提车量(台)": picked}
    return {"合同编号": contract, "信息编号": who, **named, **numbers, **more}


def numbers_of(office: Office) -> dict[str, str]:
    """The number of each customer's lead."""
    with office.opened() as session:
        leads = session.register.read("lead", ["customer", "number"])
    return dict(zip(leads["customer"], leads["number"], strict=True))


def register(
    office: Office, rows: list[dict], at: str, month: str = "2026-01", name: str = "T2.xlsx", **header
) -> dict:
    """Import a register of a month."""
    numbers = numbers_of(office)
    filled = [{**each, "信息编号": numbers[CUSTOMERS[each["信息编号"]]]} for each in rows]
    return office.receive(office.file("合同登记汇总表", name, {"月份": month, **header}, filled), f"2026-{at}")


def codes(got: dict) -> list[tuple]:
    """Code and severity of the findings."""
    return [(item["code"], item["severity"]) for item in got["findings"]]


def counted(office: Office, as_of: str = "2026-04-05T10:00:00") -> dict[str, tuple]:
    """Customer → status, vehicles under contract, vehicles picked up."""
    from workbench.capabilities.leads.snapshot import open_snapshot

    with office.opened() as session:
        states = open_snapshot(session, datetime.fromisoformat(as_of)).states
    names = {number: name for name, number in numbers_of(office).items()}
    short = {customer: who for who, customer in CUSTOMERS.items()}
    found = {
        short[names[each["number"]]]: (each["status"], each["contract_quantity"], each["picked_up"])
        for each in states.to_dict("records")
    }
    return {who: found[who] for who in CUSTOMERS}


def split(office: Office, who: str, contract: str, at: str) -> None:
    """A split of a contract that a person confirmed."""
    with office.opened() as session, session.transaction("import", session.now, files={}) as entry:
        numbers = session.register.read("lead", ["lead", "number"]).set_index("number")["lead"]
        asked = {
            "number": "BG1",
            "lead": int(numbers[numbers_of(office)[CUSTOMERS[who]]]),
            "matter": "合同拆分",
            "value": contract,
            "unit": UNITS[who],
            "reason": "一份合同两家用车",
            "at_once": True,
            "at": datetime.fromisoformat(f"2026-{at}"),
            "document": 1,
            "row": 6,
        }
        entry.append("lead_change", pd.DataFrame([asked]))


PROJECT = ("已立项", 0, 0)


def test_models_and_rows_of_one_file_add_up_and_a_later_file_replaces_its_own(projects):
    """Two models are 5 of 10; a later file about one of them leaves the other; the same file again changes nothing."""
    two = [row("公园", 3, quantity=6), row("公园", 2, quantity=4, 车型="客车")]
    assert codes(register(projects, two, "02-02T09:00:00")) == []
    assert counted(projects)["公园"] == ("提车中", 10, 5)
    got = register(projects, two, "02-02T10:00:00", name="再报.xlsx")
    assert (got["accepted"], got["unchanged"]) == (0, 2)
    register(projects, [row("公园", 1, quantity=4, 车型=" 客 车")], "02-03T09:00:00", name="补报.xlsx", 报送方式="补报")
    assert counted(projects)["公园"] == ("提车中", 10, 4)


def test_equal_rows_add_up_and_are_said(projects):
    """It may be a row that was copied."""
    got = register(projects, [row("公园", 2, quantity=5), row("公园", 2, quantity=5)], "02-02T09:00:00")
    assert codes(got) == [("same_row", "warning")]
    assert counted(projects)["公园"] == ("提车中", 10, 4)


@pytest.mark.parametrize("later_first", [False, True])
def test_a_row_that_comes_back_with_another_lead_or_contract_replaces_the_old_one(projects, later_first):
    """Under its row id and file name, in either order of import."""
    files = [
        ([row("公园", 4), row("农场", 1, "HT9")], "02-01T09:00:00"),
        ([row("客运", 5), row("农场", 1, "HT8")], "02-01T10:00:00"),
    ]
    for rows, at in reversed(files) if later_first else files:
        register(projects, rows, at)
    assert counted(projects) == {"公园": PROJECT, "客运": ("提车中", 10, 5), "农场": ("提车中", 10, 1)}


def test_another_file_on_a_blank_replaces_nothing(projects):
    """Its rows have the ids every blank has: another contract of the same lead is a line of its own."""
    register(projects, [row("公园", 4, quantity=6)], "02-01T09:00:00")
    more = [row("公园", 1, "HT2", quantity=4, day=(2026, 1, 25)), row("农场", 2, "HT3")]
    assert codes(register(projects, more, "02-02T09:00:00", name="补报.xlsx")) == []
    assert counted(projects) == {"公园": ("提车中", 10, 5), "客运": PROJECT, "农场": ("提车中", 10, 2)}


def test_a_line_that_moved_in_the_sheet_is_not_replaced(projects):
    """The old line stands elsewhere in the file: the row id was passed over by it."""
    register(projects, [row("公园", 4)], "02-01T09:00:00")
    got = register(projects, [row("公园", 1, "HT2"), row("公园", 4)], "02-02T09:00:00")
    assert (got["accepted"], got["unchanged"], codes(got)) == (1, 1, [])
    assert counted(projects)["公园"] == ("提车中", 20, 5)


@pytest.mark.parametrize("later_first", [False, True])
def test_a_register_handed_in_anew_replaces_its_month(projects, later_first):
    """What it leaves out is withdrawn, other months are not; in either order of import."""
    register(projects, [row("农场", 1, "HT9")], "03-01T09:00:00", "2026-02", "二月.xlsx")
    first = ([row("公园", 4), row("客运", 3, "HT2")], "02-01T09:00:00", {})
    anew = ([row("公园", 4)], "02-03T09:00:00", {"报送方式": "重报"})
    said = {}
    for rows, at, header in (anew, first) if later_first else (first, anew):
        said[at] = codes(register(projects, rows, at, name=f"{at[:5]}.xlsx", **header))
    assert counted(projects, "2026-02-02T10:00:00")["客运"] == ("提车中", 10, 3)
    assert counted(projects) == {"公园": ("提车中", 10, 4), "客运": PROJECT, "农场": ("提车中", 10, 1)}
    withdrawn = ("line_superseded", "warning") if later_first else ("line_withdrawn", "warning")
    assert said == {"02-01T09:00:00": [withdrawn][:later_first], "02-03T09:00:00": [withdrawn][later_first:]}


def test_a_returned_row_of_a_register_handed_in_anew_withdraws_nothing(projects):
    """Its contract stands until it comes back right."""
    register(projects, [row("公园", 4), row("客运", 3, "HT2")], "02-01T09:00:00")
    wrong = row("客运", 3, "HT2", 客户名称="江城公园")
    got = register(projects, [row("公园", 4), wrong], "02-03T09:00:00", name="重.xlsx", 报送方式="重报")
    assert codes(got) == [("customer_differs", "error")]
    assert counted(projects)["客运"] == ("提车中", 10, 3)
    register(projects, [], "02-04T09:00:00", name="空.xlsx", 报送方式="重报")
    assert counted(projects) == dict.fromkeys(CUSTOMERS, PROJECT)


def test_a_contract_stands_for_leads_of_one_reporter(projects):
    """Another reporter's lead is not taken without a person; another lead of the same is; a confirmed split is."""
    register(projects, [row("公园", 5)], "02-01T09:00:00")
    got = register(projects, [row("农场", 5)], "02-02T09:00:00", name="二.xlsx")
    assert codes(got) == [("contract_of_another", "error"), ("not_a_return", "error")]
    assert codes(register(projects, [row("客运", 4)], "02-02T10:00:00", name="三.xlsx")) == []
    split(projects, "农场", "HT1", "02-02T11:00:00")
    got = register(projects, [row("农场", 2)], "02-03T09:00:00", name="四.xlsx")
    assert codes(got) == [("picked_up_above", "error"), ("not_a_return", "error")]
    assert codes(register(projects, [row("农场", 1)], "02-03T10:00:00", name="五.xlsx")) == []
    assert counted(projects) == {"公园": ("提车中", 10, 5), "客运": ("提车中", 10, 4), "农场": ("提车中", 10, 1)}


@pytest.mark.parametrize(
    ("line", "month", "code"),
    [
        (row("公园", 11), "2026-01", "picked_up_above"),
        (row("公园", -1), "2026-01", "returned_too_many"),
        (row("公园", 1, day=(2026, 2, 3)), "2026-02", "signed_later"),
        (row("公园", 1, day=(2026, 2, 1)), "2026-01", "month_before_signing"),
        (row("公园", 1, day=(2025, 12, 30)), "2025-12", "month_before_lead"),
        (row("公园", 1, 客户名称="滨江客运"), "2026-01", "customer_differs"),
    ],
)
def test_what_cannot_be_is_returned_and_such_a_file_is_no_return(projects, line, month, code):
    """Each with what is wrong; the register of the month has not come."""
    got = register(projects, [line], "02-02T09:00:00", month)
    assert codes(got) == [(code, "error"), ("not_a_return", "error")]
    assert counted(projects)["公园"] == PROJECT
    with projects.opened() as session:
        assert session.register.read("register_return", ["month"]).empty
    register(projects, [], "02-02T10:00:00", month, "空.xlsx")
    with projects.opened() as session:
        assert session.register.read("register_return", ["month"])["month"].tolist() == [month]


def test_a_register_is_not_taken_before_its_month_has_begun(projects):
    """The last minute of the month before is too early, the first of its own is not."""
    got = register(projects, [], "02-28T23:59:00", "2026-03", "早.xlsx")
    assert [(item["code"], item["cell"]) for item in got["findings"]] == [("month_not_begun", "C3")]
    assert codes(register(projects, [], "03-01T00:00:00", "2026-03", "零.xlsx")) == []


def test_a_corrected_first_line_does_not_make_parts_of_a_whole_contract(projects):
    """Whoever began first did, whatever is corrected later: eight for both leads, nine after the correction, never seventeen."""
    register(projects, [row("公园", 5, quantity=8)], "02-01T09:00:00")
    register(projects, [row("客运", 3, quantity=8)], "02-02T09:00:00", name="二.xlsx")
    assert codes(register(projects, [row("公园", 5, quantity=9)], "02-03T09:00:00", name="三.xlsx")) == []
    got = register(projects, [row("客运", 2, quantity=8)], "03-02T09:00:00", "2026-02", "四.xlsx")
    assert codes(got) == [("picked_up_above", "error"), ("not_a_return", "error")]
    assert codes(register(projects, [row("客运", 1, quantity=8)], "03-02T10:00:00", "2026-02", "五.xlsx")) == []
    assert counted(projects)["客运"] == ("提车中", 8, 4)


def test_pick_ups_over_the_months_stay_within_the_contract(projects):
    """8 and 3 of 10 are too many; what was picked up to date is compared with the sum."""
    register(projects, [row("公园", 8)], "02-02T09:00:00")
    assert (
        codes(register(projects, [row("公园", 3)], "03-02T09:00:00", "2026-02", "二.xlsx"))[0][0] == "picked_up_above"
    )
    wrong = row("公园", 2, **{"累计提车量(台)": 9})
    assert codes(register(projects, [wrong], "03-02T10:00:00", "2026-02", "三.xlsx")) == [
        ("cumulative_differs", "warning")
    ]
    right = row("公园", 1, **{"累计提车量(台)": 9})
    assert codes(register(projects, [right], "03-02T11:00:00", "2026-02", "四.xlsx")) == []
    assert counted(projects)["公园"] == ("提车中", 10, 9)


def test_returned_vehicles_and_the_end_of_a_contract(projects):
    """Returns are within what was picked up; nothing is picked up after the end, unless the contract goes on."""
    register(projects, [row("公园", 4)], "02-02T09:00:00")
    assert codes(register(projects, [row("公园", -1)], "03-02T09:00:00", "2026-02")) == []
    assert counted(projects)["公园"] == ("提车中", 10, 3)
    register(projects, [row("公园", 0, 执行情况="已解除")], "04-02T09:00:00", "2026-03")
    assert counted(projects)["公园"] == ("已解除", 3, 3)
    assert counted(projects, "2026-04-02T08:00:00")["公园"] == ("提车中", 10, 3)
    got = register(projects, [row("公园", 1)], "05-02T09:00:00", "2026-04")
    assert codes(got)[0][0] == "contract_ended"
    assert codes(register(projects, [row("公园", 1, 执行情况="执行中")], "05-02T10:00:00", "2026-04", "续.xlsx")) == []
    assert counted(projects, "2026-05-03T10:00:00")["公园"] == ("提车中", 10, 4)
