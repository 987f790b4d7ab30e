"""Columns added to any template are listed with their cells, opened with a reason, and shift no cell of older files."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.support.office import fill, lead
from tests.support.staff import PEOPLE
from tests.support.templates import with_columns

pytestmark = pytest.mark.slow

WAY = {"key": "way", "title": "途径", "kind": "text"}
WITNESS = {"key": "witness", "title": "证人电话", "kind": "phone", "personal": True}
WORDS = {"途径": "邮件", "证人电话": "13955557777"}
DAY = date(2026, 1, 5)
ROWS = {  # template → what its file is called, its header, a row, what the row is about
    "organization": (
        "单位名录",
        {},
        {"单位代码": "D009", "单位名称": "江城汽贸", "单位类型": "经销商", "状态": "在用"},
        "D009",
    ),
    "target_breakdown": (
        "分解调整表",
        {"年度": 2026, "类型": "分解", "编制人": "陈持", "批准人": "周正"},
        {"单位代码": "B001", "全年目标": 12, **{f"{month}月": 1 for month in range(1, 13)}},
        "2026|B001",
    ),
    "leak_incident": (
        "泄露事件",
        {},
        {"事件编号": "XL-1", "泄露人员": "周正", "泄露日期": datetime(2026, 1, 5), "大客户部内部人员": "是"},
        "XL-1",
    ),
}
ORDERS = {"organization": "T6", "target_breakdown": "T4", "leak_incident": "T13"}


def filled(office, title: str, name: str, header: dict, row: dict):
    """A file of new blanks that have the further columns."""
    office.run("templates", "--out", office.folder / "新表", code=0)
    office.blanks = office.folder / "新表"
    return office.file(title, name, header, [row])


@pytest.mark.parametrize("template", ROWS)
def test_what_any_template_was_given_is_listed_and_opened_with_a_reason(template, staffed, tmp_path):
    """Plain ones as they are, personal ones as a mask; a reason opens those of the row, and stands in the trail."""
    title, header, row, subject = ROWS[template]
    with with_columns(tmp_path, template, [WAY, WITNESS]):
        file = filled(staffed, title, "附加.xlsx", header, {**row, **WORDS})
        assert staffed.receive(file, "2026-01-06T10:00")["returned"] == 0
        found = {item["column"]: item for item in staffed.ask("added", ORDERS[template], code=0)}
        assert {name: found[name]["value"] for name in WORDS} == {"途径": "邮件", "证人电话": "***"}
        assert {found[name]["subject"] for name in WORDS} == {subject}
        assert {found[name]["template"] for name in WORDS} == {ORDERS[template]}
        assert staffed.ask("added", "T12", code=0) == []
        place = found["证人电话"]["place"]
        assert place.endswith(f"/{found['证人电话']['row']}")
        assert staffed.ask("reveal", place, code=0) == {"number": place, "证人电话": "***"}
        opened = staffed.ask("reveal", place, "--reason", "核实", code=0)
        assert opened == {"number": place, "证人电话": "13955557777"}
        (step,) = staffed.ask("audit", "show", "--action", "reveal", code=0)
        assert place in step["summary"] and "核实" in step["summary"]


def listed(office, *command: object) -> list[dict]:
    """The rows of a list that hold anything in added columns, without the time."""
    return [row["more"] for row in office.ask(*command, code=None) if row.get("more")]


UNIT_LISTS = {"organization": ("units",), "target_breakdown": ("targets", "history", "B001")}


@pytest.mark.parametrize("template", UNIT_LISTS)
def test_the_list_of_what_a_template_brings_shows_its_further_columns(template, staffed, tmp_path):
    """Units and targets: title and value beside the row, a mask for a personal one, nothing where nothing was added."""
    title, header, row, _ = ROWS[template]
    assert listed(staffed, *(UNIT_LISTS[template][:2])) == []
    with with_columns(tmp_path, template, [WAY, WITNESS]):
        staffed.receive(filled(staffed, title, "附加.xlsx", header, {**row, **WORDS}), "2026-01-06T10:00")
        found = listed(staffed, *UNIT_LISTS[template])
        assert found and all(more == {"途径": "邮件", "证人电话": "***"} for more in found)
        assert len(found) == (1 if template == "organization" else 12)
        assert "途径：邮件；证人电话：***" in staffed.run(*UNIT_LISTS[template], code=0)


def test_a_template_or_a_row_there_is_not_is_a_sentence(staffed):
    """Neither is a fault."""
    staffed.run("added", "T99", code=2)
    staffed.run("reveal", "1/7", code=2)


def test_an_earlier_moment_lists_what_was_known_then(staffed, tmp_path):
    """The list as of the day before the file came is empty."""
    title, header, row, _ = ROWS["leak_incident"]
    with with_columns(tmp_path, "leak_incident", [WAY]):
        staffed.receive(filled(staffed, title, "附加.xlsx", header, {**row, "途径": "邮件"}), "2026-01-06T10:00")
        assert staffed.ask("added", "--as-of", "2026-01-05", code=0) == []
        assert [item["value"] for item in staffed.ask("added", code=0)] == ["邮件"]


def test_who_could_not_open_a_personal_one_cannot_bring_it_in(become, tmp_path):
    """Sealing takes the key that opens: the file is refused in a sentence, and its batch goes on without it."""
    with with_columns(tmp_path, "contract_register", [WITNESS]):
        office = become(None)
        office.run("users", "add", "支持员", "--role", "support")
        contracts = filled(office, "合同登记汇总表", "合同.xlsx", {"月份": "2026-01", "编制人": "陈持"}, {})
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WORKBENCH_USER", "支持员")
            patch.setenv("WORKBENCH_PASSPHRASE", PEOPLE["分析员"][1])
            (refused,) = office.ask("import", contracts, "--received-at", "2026-02-01T10:00", code=2)["files"]
        assert refused["refused"] and [item["code"] for item in refused["findings"]] == ["no_key_to_seal"]
        assert "证人电话" in refused["findings"][0]["message"]
        assert become("文员").receive(contracts, "2026-02-01T10:00")["refused"] is False


def test_a_column_in_the_middle_shifts_no_cell_of_older_files(staffed, tmp_path, blanks):
    """A file on the old blank is explained by the cells it has, one on the new blank by its own."""
    staffed.receive(staffed.leads("D001", "旧.xlsx", [lead("江城公交")], DAY), "2026-01-05T10:00")

    def quantity(number: str) -> str:
        told = staffed.ask("explain", number, code=0)["explanations"][0]
        (cell,) = {
            source["cell"] for step in told["steps"] for source in step["sources"] if source["column"] == "标的量(台)"
        }
        return cell

    before = quantity("DK202601-00001")
    with with_columns(
        tmp_path, "lead_record", [{"key": "seats", "title": "座位数", "kind": "integer"}], before="county"
    ):
        assert quantity("DK202601-00001") == before
        old = fill(
            next(blanks.glob("T1_*.xlsx")),
            staffed.folder / "收件" / "仍旧.xlsx",
            {"单位代码": "D001", "提报日期": datetime(2026, 1, 5)},
            [lead("芜湖学校", 客户类别="驾校", 联系方式="13955550001")],
        )
        assert staffed.receive(old, "2026-01-05T11:00")["accepted"] == 1
        staffed.run("templates", "--out", tmp_path / "新表", code=0)
        staffed.blanks = tmp_path / "新表"
        staffed.receive(
            staffed.leads(
                "D001", "新.xlsx", [lead("皖南物流", 客户类别="租赁", 联系方式="13955550002", 座位数=7)], DAY
            ),
            "2026-01-05T12:00",
        )
        assert quantity("DK202601-00002") == before
        assert quantity("DK202601-00003") == chr(ord(before[0]) + 1) + before[1:]
    assert quantity("DK202601-00003") == chr(ord(before[0]) + 1) + before[1:]
