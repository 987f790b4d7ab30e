"""季度奖惩核算报告: every amount computed again, by formulas, by LibreOffice and by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest
from openpyxl import load_workbook

from tests.support import synthetic
from tests.support.approved_quarter import approved, stored
from tests.support.synthetic import AFTER
from workbench.app.policy import load_policy
from workbench.capabilities.settlement import settlement_report as settlement
from workbench.capabilities.settlement.settlement import settle
from workbench.platform.register.facts import Facts

pytestmark = pytest.mark.whole

SHEETS = [
    "封面",
    "汇总",
    "对象合计",
    "经销商奖励",
    "部门奖励",
    "按分管领导",
    "分配表",
    "处罚",
    "诚信黑点",
    "逐笔明细",
    "逐行说明",
    "计入信息",
    "口径说明",
    "参数",
    "提示",
]


def lines_of(path):
    """The line sheet as dicts by column title, without the total row."""
    sheet = load_workbook(path, data_only=True)["逐笔明细"]
    titles = [cell.value for cell in sheet[4]]
    rows = [dict(zip(titles, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=5)]
    return [row for row in rows if isinstance(row["序号"], int | float) or str(row["序号"]).isdigit()]


def check_cell(path):
    """The cover's check, found by its defined name."""
    book = load_workbook(path, data_only=True)
    sheet, cell = book.defined_names["复算核对"].attr_text.split("!")
    return book[sheet.strip("'")][cell.replace("$", "")].value


@pytest.fixture(scope="module")
def view(quarter):
    return settlement.view(quarter, "2026Q1")


@pytest.fixture(scope="module")
def written(view, tmp_path_factory):
    path = tmp_path_factory.mktemp("settlement") / "核算.xlsx"
    settlement.write(view, path)
    return path


def test_all_sheets_in_order(written):
    """Cover first, then what is paid, then what explains it."""
    assert load_workbook(written).sheetnames == SHEETS


def test_lines_are_those_of_the_settlement(view, quarter, written):
    """Clause, party, ref and amount of every line stand on the line sheet, in order, each with a source."""
    result = settle(quarter.facts, "2026Q1", quarter.as_of, quarter.policy)
    rows = lines_of(written)
    assert [(r["条款"], r["对象"], r["编号"], r["核算金额\n(元)"]) for r in rows] == [
        (line.clause, line.party, line.ref, line.amount) for line in result.lines
    ]
    assert len(rows) > 100
    assert {r["条款"] for r in rows} == {"7.1.1", "7.2.1", "7.2.2", "7.3.1", "7.3.2a", "7.3.2b", "7.3.3", "7.3.4"}
    without = {r["条款"] for r in rows if r["来源（文件、行或单元格）"] == "—"}
    assert without == {"7.3.2b"}  # nothing was published, so no file says so


def test_dealer_rewards_counted_by_hand(view, quarter):
    """7.1.1 from the raw facts: counted projects of ten and more, forty per cent picked up in the quarter."""
    picked = Counter()
    newest = {}
    for line in quarter.facts.contracts.sort_values("at").to_dict("records"):
        newest[line["month"], line["contract"], line["lead"]] = line["picked_up"]
    for (_, _, lead), number in newest.items():
        picked[lead] += number
    earned = Counter()
    for lead, state in quarter.states.iterrows():
        counted = isinstance(state["project"], str) and isinstance(state["counts_in"], str)
        if state["reporter_kind"] == "经销商" and counted and state["quantity"] >= 10:
            earned[state["reporter"]] += 1000 * (picked[lead] * 10 >= state["quantity"] * 4)
    paid = view.dealers.groupby("party")["reward"].sum().to_dict()
    assert paid == {party: amount for party, amount in earned.items() if amount}


def test_late_answers_counted_by_hand(view, quarter):
    """7.3.1: one hundred yuan for each late lead, by the person named or the section's."""
    late = quarter.states[quarter.states["late"] & (quarter.states["due_on"] < "2026-04-01")]
    own = view.penalties[view.penalties["clause"] == "7.3.1"]
    assert own["penalty"].sum() == -100 * len(late)
    assert set(own["ref"]) == set(late["number"])


def test_libreoffice_computes_the_same_amounts(view, written, recalculate):
    """All stored values removed and computed anew: each line, each check, the sums and the cover agree."""
    again = recalculate(written)
    rows = lines_of(again)
    assert [row["复算金额\n(元)"] for row in rows] == view.lines["amount"].tolist()
    assert {row["核对"] for row in rows} == {"相符"}
    assert check_cell(again) == check_cell(written) == "相符"
    mine, theirs = (load_workbook(path, data_only=True) for path in (written, again))
    for name in ("汇总", "部门奖励", "经销商奖励", "分配表", "对象合计"):
        ours = [[cell.value for cell in row] for row in mine[name].iter_rows(min_row=5)]
        others = [[cell.value for cell in row] for row in theirs[name].iter_rows(min_row=5, max_col=len(ours[0]))]
        for own, other in zip(ours, others, strict=False):
            for a, b in zip(own, other, strict=True):
                assert (a or None) == (b or None) or a == pytest.approx(b), name


def test_a_changed_parameter_shows_in_the_check_cells(view, written, recalculate, tmp_path):
    """The formulas are live: another penalty in the parameter cell makes the lines and the cover disagree."""
    book = load_workbook(written)
    row = next(row for row in book["参数"].iter_rows(min_row=5) if row[2].value == "late_verification_penalty")
    row[4].value = 150
    book.save(tmp_path / "改.xlsx")
    again = recalculate(tmp_path / "改.xlsx")
    wrong = {row["条款"] for row in lines_of(again) if row["核对"] == "不符"}
    assert wrong == {"7.3.1"}
    assert check_cell(again) == "不符"


def test_the_allocation_must_add_up(view, written, recalculate, tmp_path):
    """7.2.3: the check turns green for the department whose shares add up, and names the difference elsewhere."""
    book = load_workbook(written)
    sheet = book["分配表"]
    first = sheet["D5"].value
    due = view.departments.loc[view.departments["amount"] > 0, "amount"].tolist()
    assert str(first).startswith("=部门奖励!")
    sheet["F5"], sheet["F6"] = due[0] - 50, 50
    sheet["F10"] = 1
    book.save(tmp_path / "分配.xlsx")
    filled = load_workbook(recalculate(tmp_path / "分配.xlsx"), data_only=True)["分配表"]
    assert (filled["H5"].value, filled["H10"].value) == ("相符", f"差 {due[1] - 1} 元")
    assert "未分配完" in [row[7].value for row in filled.iter_rows()]


def test_readings_and_parameters_are_printed(view, quarter):
    """All readings with what else could be chosen; every parameter with edition and day of effect."""
    assert view.readings["id"].tolist() == [item.id for item in quarter.policy.leading.readings.values()]
    row = view.readings[view.readings["id"] == "D6"].iloc[0]
    assert (row["setting"], row["others"].split("：")[0]) == ("month_shortfall = offset", "bars_reward")
    known = quarter.policy.leading.parameters.values()
    assert set(view.parameters["name"]) == {item.name for item in known if not item.ours}
    assert set(view.parameters["edition"]) == {"DKHW080004/4"}


def test_a_quarter_without_lines(tmp_path, recalculate):
    """No facts at all: every table says so, and the check still agrees."""
    view = settlement.view(synthetic.book(Facts.of(units=synthetic.units()), AFTER), "2026Q1")
    settlement.write(view, tmp_path / "空.xlsx")
    book = load_workbook(tmp_path / "空.xlsx")
    assert book["逐笔明细"]["A5"].value == "本季度没有奖惩。"
    assert book["分配表"]["A5"].value == "本季度没有需要分配的部门奖励。"
    assert book["处罚"]["A5"].value == "本季度没有处罚。"
    assert check_cell(recalculate(tmp_path / "空.xlsx")) == "相符"


def test_an_approved_quarter_is_shown_as_approved(quarter):
    """Its lines come from the register, not from today's facts, and the report says so."""
    kept = [line for line in stored(quarter) if line["clause"] == "7.1.1"][:3]
    view = settlement.view(approved(quarter, kept), "2026Q1")
    assert view.lines["ref"].tolist() == [line["ref"] for line in kept]
    assert view.notes[0].startswith("本季度已经批准")
    assert view.agrees


def test_an_approved_quarter_prints_the_readings_it_was_approved_under(quarter):
    """A reading changed since does not show in it."""
    book = approved(quarter, stored(quarter))
    book.approved["2026Q1"]["readings"] = {"overdue_unit": "lead"}
    now = replace(book, policy=book.policy.with_readings(overdue_unit="dispatch"))
    readings = settlement.view(now, "2026Q1").readings.set_index("id")
    assert readings.at["D11", "setting"] == "overdue_unit = lead"
    assert settlement.view(now, "2026Q2").readings.set_index("id").at["D11", "setting"] == "overdue_unit = dispatch"


def test_differences_of_a_closed_quarter_are_shown_as_adjustments(quarter, tmp_path, recalculate):
    """D5: a line left out of the closed quarter comes as an adjustment of the next, with its own formula."""
    lines = stored(quarter)
    missing = next(line for line in lines if line["clause"] == "7.1.1")
    book = approved(quarter, [line for line in lines if line is not missing])
    view = settlement.view(book, "2026Q2")
    rows = view.lines[view.lines["adjusts"].notna()].to_dict("records")
    assert ("7.1.1", missing["party"], missing["ref"], 1000, "2026Q1") in [
        (r["clause"], r["party"], r["ref"], r["amount"], r["adjusts"]) for r in rows
    ]
    settlement.write(view, tmp_path / "调整.xlsx")
    again = [row for row in lines_of(recalculate(tmp_path / "调整.xlsx")) if row["调整自"] == "2026Q1"]
    assert {row["核对"] for row in again} == {"相符"}
    assert "对以前季度的调整（元）" in [figure.label for figure in view.figures if figure.value]


def test_rewards_and_penalties_are_told_by_clause_and_adjustments_apart(quarter, tmp_path, recalculate):
    """A reward taken back is no penalty, a penalty given back no reward: cover, parties and clauses say the same."""
    lines = stored(quarter)
    reward = next(line for line in lines if line["clause"] == "7.1.1")
    fine = next(line for line in lines if line["clause"] == "7.3.1")
    wrong = {id(reward): 1700, id(fine): -350}
    view = settlement.view(
        approved(quarter, [{**line, "amount": wrong.get(id(line), line["amount"])} for line in lines]), "2026Q2"
    )
    figures = {figure.label: figure.value for figure in view.figures}
    late = view.lines[view.lines["adjusts"].notna()]
    assert sorted(zip(late["clause"], late["amount"], strict=True)) == [("7.1.1", -700), ("7.3.1", 250)]
    own = view.lines[view.lines["adjusts"].isna()]
    gives = own["clause"].isin(["7.1.1", "7.2.1", "7.2.2"])
    sums = own.loc[gives, "amount"].sum(), own.loc[~gives, "amount"].sum(), -450
    names = ("奖励合计（元）", "处罚合计（元）", "对以前季度的调整（元）")
    assert tuple(figures[name] for name in names) == sums
    assert figures["奖惩净额（元）"] == sum(sums) == view.parties["amount"].sum() == view.clauses["amount"].sum()
    parts = ["reward", "penalty", "adjusted"]
    assert tuple(view.parties[parts].sum()) == sums
    assert (view.parties[parts].sum(axis=1) == view.parties["amount"]).all()
    by_party = view.parties.set_index("party")
    assert by_party.loc[reward["party"], ["penalty", "adjusted"]].tolist() == [0, -700]
    assert by_party.at[fine["party"], "adjusted"] == 250
    assert view.clauses["adjusted"].sum() == -450
    assert (view.dealers["adjusted"].sum(), view.penalties["adjusted"].sum()) == (-700, 250)
    note = next(figure.note for figure in view.figures if figure.label == names[2])
    assert note == "2 笔：奖励 -700，处罚 250"
    settlement.write(view, tmp_path / "调整.xlsx")
    for path in (tmp_path / "调整.xlsx", recalculate(tmp_path / "调整.xlsx")):
        rows = [row for row in load_workbook(path, data_only=True)["汇总"].iter_rows(min_row=5, values_only=True)]
        total = next(row for row in rows if row[0] == "合计")
        assert total[4:8] == (sum(sums) + 450, -450, sum(sums), sum(sums))


def test_another_edition_within_the_quarter(quarter, tmp_path, recalculate):
    """Penalties follow the edition of their own day, rewards that of the quarter's last; formulas agree."""
    later = load_policy().with_edition(
        {
            "edition": 5,
            "from": datetime(2026, 2, 1).date(),
            "parameters": {
                "late_verification_penalty": 150,
                "dealer_project_reward": 1500,
                "department_reward_cap": 500,
            },
        }
    )
    view = settlement.view(synthetic.book(quarter.facts, AFTER, later), "2026Q1")
    late = view.lines[view.lines["clause"] == "7.3.1"]
    assert {(-100, True), (-150, False)} == {(r["amount"], r["on"].month == 1) for r in late.to_dict("records")}
    settlement.write(view, tmp_path / "新版.xlsx")
    again = recalculate(tmp_path / "新版.xlsx")
    assert [row["复算金额\n(元)"] for row in lines_of(again)] == view.lines["amount"].tolist()
    assert check_cell(again) == "相符"
    capped = view.lines[(view.lines["clause"] == "7.2.2") & (view.lines["amount"] < 200)]
    assert set(capped["amount"]) <= {0, 100}
    assert len(capped)


@pytest.mark.parametrize(
    "readings",
    [
        {"conversion_basis": "reporter"},
        {"overdue_unit": "dispatch"},
        {"month_shortfall": "not_offset"},
        {"repeat_project_reward": True},
        {"dealer_taxi": "invalid", "returned_row_grace": 3},
    ],
)
def test_formulas_follow_every_reading(quarter_facts, readings):
    """Under each alternative reading the amounts computed again are those settled, and the reading is printed."""
    policy = load_policy().with_readings(**readings)
    view = settlement.view(synthetic.book(quarter_facts, AFTER, policy), "2026Q1")
    assert view.agrees
    assert len(view.lines) > 50
    settings = " ".join(view.readings["setting"])
    assert all(f"{key} = {str(value).lower()}" in settings for key, value in readings.items())


def test_a_wrong_amount_would_be_seen(quarter, tmp_path):
    """An approved line whose amount does not follow from its inputs fails its check, in the stored values too."""
    line = next(line for line in stored(quarter) if line["clause"] == "7.1.1")
    view = settlement.view(approved(quarter, [{**line, "amount": 1200}]), "2026Q1")
    settlement.write(view, tmp_path / "错.xlsx")
    assert not view.agrees
    assert check_cell(tmp_path / "错.xlsx") == "不符"


def test_text_that_looks_like_a_formula_stays_text(quarter, tmp_path):
    """A unit named like a formula is written as text."""
    units = quarter.facts.units.assign(name=quarter.facts.units["name"].replace("区域二部", "=1+1"))
    view = settlement.view(replace(quarter, facts=quarter.facts.replace(units=units)), "2026Q1")
    settlement.write(view, tmp_path / "文.xlsx")
    cells = [row[1] for row in load_workbook(tmp_path / "文.xlsx")["部门奖励"].iter_rows(min_row=5)]
    assert ("=1+1", "s") in [(cell.value, cell.data_type) for cell in cells]


def test_what_is_left_out_of_the_quarter_is_counted(view, quarter):
    """Invalid leads, contract lines without a project, departments without a target; each line with its number."""
    states = quarter.states[quarter.states["received_at"].dt.strftime("%Y-%m").isin(["2026-01", "2026-02", "2026-03"])]
    invalid = (states["status"] == "无效").sum()
    lines = quarter.facts.contracts.drop_duplicates(["month", "contract", "lead"])
    projects = set(quarter.states.index[quarter.states["project"].notna()])
    strays = sum(lead not in projects for lead in lines["lead"])
    assert f"未计入：{invalid} 条，本季度接收，无效（第2、5.4、5.6、6.3条）" in view.notes
    assert any(note.startswith(f"未计入：{strays} 行本季度的合同登记，其信息没有立项") for note in view.notes)
    assert "目标为零或未下达、没有完成率的部门 1 个（口径 D17）：B012。" in view.notes


def test_an_empty_quarter_says_so():
    """No lead, no reward, no penalty: in words."""
    notes = settlement.view(synthetic.book(Facts.of(units=synthetic.units()), datetime(2026, 4, 3)), "2026Q1").notes
    assert notes[:2] == ("本季度没有奖励，也没有处罚。", "本季度没有收到信息。")
