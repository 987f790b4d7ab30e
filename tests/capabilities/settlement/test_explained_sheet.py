"""逐行说明: every line explained once, with its own amount, its readings and its cells; approved quarters, differences too."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from tests.support import synthetic
from tests.support.approved_quarter import approved, stored
from tests.support.report_runs import run
from workbench.capabilities.settlement import explained_sheet as settlement_explained
from workbench.capabilities.settlement import explaining
from workbench.capabilities.settlement import settlement_report as settlement
from workbench.capabilities.settlement.explained_sheet import NO_FILE, SHEET
from workbench.capabilities.settlement.settlement import settle, settlement_of

pytestmark = pytest.mark.whole

KEY = ["条款", "对象", "编号", "核算金额\n(元)", "调整自"]


def rows_of(path, name=SHEET):
    """A sheet's rows as dicts by column title, and the lines under them."""
    cells = [[cell.value for cell in row] for row in load_workbook(path)[name].iter_rows(min_row=4)]
    rows = [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]
    numbered = [row for row in rows if isinstance(row["序号"], int)]
    return numbered, [row["序号"] for row in rows[len(numbered) :] if row["序号"]]


def lines_in(facts, quarter="2026Q1", **more):
    """What was written for a quarter of a book: rows, readings in full."""
    view = settlement.view(facts, quarter, **more)
    return view.explained, view.spoken


@pytest.fixture(scope="module")
def written(quarter, tmp_path_factory):
    path = tmp_path_factory.mktemp("explained") / "核算.xlsx"
    settlement.write(settlement.view(quarter, "2026Q1"), path)
    return path


@pytest.fixture(scope="module")
def differences(quarter):
    """A book whose first quarter was approved without two of its rewards, with one that was none, and another quantity."""
    lines = stored(quarter)
    first, second, third = [line for line in lines if line["clause"] == "7.1.1"][:3]
    kept = [line for line in lines if line not in (first, second)]
    small = next(row for row in quarter.states.to_dict("records") if row["project"] and row["quantity"] < 10)
    kept.append({**first, "ref": small["number"]})
    other = next(line for line in kept if line["clause"] == "7.2.1")
    inputs = {**other["inputs"], "valid": other["inputs"]["valid"] - 1}
    kept[kept.index(other)] = {**other, "amount": other["amount"] - 200, "inputs": inputs}
    return approved(quarter, kept)


@pytest.fixture(scope="module")
def made(quarter_register, tmp_path_factory):
    """The report, run by papermill on an encrypted register."""
    return run("settlement", quarter_register, tmp_path_factory.mktemp("made"))


def test_each_line_is_explained_once_with_its_amount(quarter, written):
    """Clause, party, reference and amount are those of the settlement, in order; the line sheet has the same ones."""
    rows, _ = rows_of(written)
    result = settle(quarter.facts, "2026Q1", quarter.as_of, quarter.policy)
    wanted = [(line.clause, line.party, line.ref, line.amount, line.adjusts) for line in result.lines]
    assert [tuple(row[title] for title in KEY) for row in rows] == wanted
    assert [row["序号"] for row in rows] == list(range(1, len(wanted) + 1))
    assert len(wanted) > 100


def test_sentences_hold_the_numbers_of_the_line(quarter, written):
    """The sum ends in the amount, and the clause, its value in force and the edition are said."""
    ends = {"7.1": r"得 {0} 元。$", "7.2": r"(得|＝) ?{0} 元。$", "7.3": r"＝{0} 元，由责任人 {1} 承担。$"}
    for row in rows_of(written)[0]:
        amount, facts = row["核算金额\n(元)"], row["依据和计算"]
        assert row["条款和数值"].startswith(f"第{row['条款']}条（")
        assert "DKHW080004 第4版，自 2008-02-14 起" in row["条款和数值"]
        wanted = ends[row["条款"][:3]].format(abs(amount), re.escape(row["对象"]))
        assert re.search(wanted, facts), facts
        assert row["反之：怎样才会不同"].startswith(("若", "再有"))


def test_each_source_is_named_and_numbered(quarter, written):
    """A file with its sheet and row or cell; only what no file says (publications, missing registers) names none."""
    found = {
        (file, int(row))
        for table in ("leads", "feedback", "contracts")
        for file, row in getattr(quarter.facts, table)[["file", "row"]].itertuples(index=False)
    }
    without = set()
    for row in rows_of(written)[0]:
        places = row["来源（文件、表、行、单元格）"]
        if places == NO_FILE:
            without.add(row["条款"])
            continue
        numbers = re.findall(r"^\[(\d+)\] (.+?)《(.+?)》", places, re.MULTILINE)
        assert [int(number) for number, _, _ in numbers] == list(range(1, len(numbers) + 1))
        assert set(re.findall(r"\[(\d+)\]", row["依据和计算"])) == {number for number, _, _ in numbers}
        for _, file, line in re.findall(r"^\[(\d+)\] (.+?)《.+?》第(\d+)行", places, re.MULTILINE):
            assert (file, int(line)) in found or file == "泄露登记.xlsx"
        if row["条款"] in ("7.1.1", "7.2.2"):
            assert "大客户信息记录表" in places and "合同登记汇总表" in places and re.search(r"（[A-Z]+\d+）", places)
    assert without == {"7.3.2b"}


def test_each_reading_stands_in_full_under_the_table(quarter, written):
    """Rows name the readings by number; every one named is spelt out, as it is in the regulation's data."""
    rows, under = rows_of(written)
    named = {name for row in rows for name in row["口径\n(全文见表末)"].split()}
    full = {line.removeprefix("口径 ").split("：")[0]: line for line in under if line.startswith("口径 ")}
    assert set(full) == named >= {"D1", "D6", "D11", "D15", "D24", "D27"}
    for name, line in full.items():
        assert quarter.policy.readings[name].text_on(None) in line


def test_two_ways_of_reading_are_told_apart(quarter):
    """A closed quarter was read otherwise than this one: its difference names the reading it rests on."""
    lines = [line for line in stored(quarter) if line["clause"] != "7.3.1"]
    book = approved(quarter, lines)
    book.approved["2026Q1"]["readings"] = {"overdue_unit": "lead"}
    book = replace(book, policy=book.policy.with_readings(overdue_unit="dispatch"))
    rows, spoken = lines_in(book, "2026Q2")
    assert {word for text in rows.loc[rows["clause"] == "7.3.1", "readings"] for word in text.split()} >= {"D5", "D26"}
    assert any("每条逾期甄别" in line for line in spoken)
    assert not any("批次" in line for line in spoken if "D11" in line)


def test_an_approved_quarter_is_explained_as_approved(quarter):
    """The same sentences as on the day before the approval, whatever arrived and whatever is read otherwise since."""
    book = approved(quarter, stored(quarter))
    later = replace(book, policy=book.policy.with_readings(conversion_basis="reporter"))
    later.approved["2026Q1"]["readings"] = {
        each["key"]: each["value"] for each in quarter.policy.readings_on(date(2026, 3, 31)) if each["key"]
    }
    before, spoken = lines_in(quarter)
    after, again = lines_in(later)
    assert after.to_dict("records") == before.to_dict("records")
    assert again == spoken


def test_differences_are_explained(differences, tmp_path):
    """What was settled, what is now, why; sources of both; what would have left no difference."""
    settlement.write(settlement.view(differences, "2026Q2"), tmp_path / "调整.xlsx")
    rows = [row for row in rows_of(tmp_path / "调整.xlsx")[0] if row["调整自"]]
    lines = [line for line in settlement_of(differences, "2026Q2").lines if line.adjusts]
    assert [tuple(row[title] for title in KEY) for row in rows] == [
        (line.clause, line.party, line.ref, line.amount, "2026Q1") for line in lines
    ]
    assert sorted(row["核算金额\n(元)"] for row in rows) == [-1000, 200, 1000, 1000]
    for row, line in zip(rows, lines, strict=True):
        seen = line.inputs
        assert f"应为 {seen.recomputed} 元，已核算 {seen.settled} 元" in row["依据和计算"]
        assert row["依据和计算"].endswith(f"＝{line.amount} 元。")
        assert "《" in row["来源（文件、表、行、单元格）"]
        assert "若批准 2026Q1 时所知与现在相同" in row["反之：怎样才会不同"]
        assert row["口径\n(全文见表末)"].startswith("D5 D26")
    gone = next(row for row in rows if row["核算金额\n(元)"] == -1000)
    assert "按现有事实，该季度没有这一笔。" in gone["依据和计算"] and "不足 10 台" in gone["依据和计算"]


def test_links_lead_to_the_line_and_back(written):
    """Each number on the line sheets leads to the row of the same number and party here, and from here back."""
    book = load_workbook(written)
    for name in ("逐笔明细", "经销商奖励", "处罚", SHEET):
        page = book[name]
        titles = {cell.value: cell.column for cell in page[4]}
        party = next(titles[title] for title in ("对象", "责任人", "单位代码") if title in titles)
        links = [cell for row in page.iter_rows(min_row=5) for cell in row if cell.hyperlink]
        assert len(links) > 10 and {cell.column for cell in links} == {
            titles["编号" if "编号" in titles else "信息编号"]
        }
        for cell in links:
            other, place = cell.hyperlink.location.split("!")
            row = int(place[1:])
            assert other.strip("'") == ("逐笔明细" if name == SHEET else SHEET)
            target = {c.value for c in book[other.strip("'")][row]}
            assert {cell.value, page.cell(cell.row, party).value} <= target


def test_what_lines_share_is_worked_out_once(differences, quarter, monkeypatch):
    """However many lines there are: statuses once, the closed quarter once, and its projects once."""
    calls = []
    for name in ("derive", "quarter_at"):
        real = getattr(explaining, name)
        monkeypatch.setattr(explaining, name, lambda *a, real=real, name=name: calls.append(name) or real(*a))
    lines_in(quarter)
    assert calls == []
    settled = settlement_of(differences, "2026Q2").lines
    ground = explaining.at(differences, "2026Q2")
    assert len([ground.line(line, "2026Q2") for line in settled * 20]) == 20 * len(settled)
    assert calls == ["quarter_at"]


@pytest.mark.slow
def test_no_customer_and_no_contact_is_named(quarter, made):
    """Numbers, units, persons who answer for a duty, files: nothing else of anybody, in sheet and page."""
    page = made.html.read_text(encoding="utf-8")
    cells = [str(cell.value) for row in load_workbook(made.workbook)[SHEET].iter_rows() for cell in row if cell.value]
    for customer in set(quarter.facts.leads["customer"]):
        assert customer not in page and not any(customer in text for text in cells)
    assert synthetic.SECRET_PHONE not in page + "".join(cells)


def test_the_page_tells_why(quarter, made):
    """The run's page shows some lines of each clause with sentences and sources."""
    part = made.html.read_text(encoding="utf-8").partition("为什么是这个数</h2>")[2].partition("<h2>")[0]
    rows, _ = lines_in(quarter)
    chosen = settlement_explained.largest(rows)
    assert set(chosen["clause"]) == set(rows["clause"]) and len(chosen) <= 3 * len(set(rows["clause"]))
    for clause, own in chosen.groupby("clause"):
        assert own["amount"].abs().max() == rows.loc[rows["clause"] == clause, "amount"].abs().max()
    assert part.count("<tr>") == len(chosen) + 1
    for row in chosen.to_dict("records"):
        assert row["ref"] in part and row["facts"].split("\n")[-1] in part and row["otherwise"].split("\n")[0] in part


def test_a_row_is_never_higher_than_a_sheet_allows(quarter, tmp_path):
    """A batch of hundreds of late leads in one line (D11): the row stays within Excel's limit."""
    view = settlement.view(quarter, "2026Q1")
    long = view.explained.assign(facts=["\n".join(["同批"] * 300)] * len(view.explained))
    settlement.write(replace(view, explained=long), tmp_path / "高.xlsx")
    heights = [
        size.height for size in load_workbook(tmp_path / "高.xlsx")[SHEET].row_dimensions.values() if size.height
    ]
    assert max(heights) <= 409


def test_a_quarter_without_lines_says_so(tmp_path):
    """The sheet stands, in words."""
    empty = synthetic.book(synthetic.Facts.of(units=synthetic.units()), datetime(2026, 4, 3))
    settlement.write(settlement.view(empty, "2026Q1"), tmp_path / "空.xlsx")
    assert load_workbook(tmp_path / "空.xlsx")[SHEET]["A5"].value == "本季度没有奖惩。"
