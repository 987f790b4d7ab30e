"""`workbench targets`: a year broken down by commands on a real register, taken in again, adjusted, foreseen."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import datetime
from fractions import Fraction

import pytest
from openpyxl import load_workbook

from tests.support import synthetic
from workbench.app import clock
from workbench.capabilities.targets.rolling import MARK
from workbench.interfaces.cli import main

NOW = "2026-04-05"
AS_OF = datetime(2026, 4, 5, 23, 59, 59)
CODES = [f"B{n:03d}" for n in range(1, 13)]


@pytest.fixture
def ask(quarter_register, tmp_path, monkeypatch, capsys):
    """Run a command on a copy of the register; its JSON, or its exit code and what it said."""
    for suffix in ("", ".keys"):
        shutil.copy(f"{quarter_register}{suffix}", tmp_path / f"登记册.db{suffix}")
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", synthetic.PASSPHRASE)
    monkeypatch.setenv("WORKBENCH_REGISTER", str(tmp_path / "登记册.db"))
    monkeypatch.chdir(tmp_path)

    def asking(*arguments, code=0):
        capsys.readouterr()
        got = main([*map(str, arguments), "--json"])
        out, said = capsys.readouterr()
        assert got == code, said
        return json.loads(out) if code in (0, 1) else said

    return asking


@pytest.fixture(scope="module")
def states(quarter_facts):
    """All leads as they stood when the plan is made."""
    return synthetic.book(quarter_facts, AS_OF).states


def remainders(total, weights):
    """Largest remainders, unit by unit."""
    whole = sum(weights.values())
    exact = {key: Fraction(total * weight) / whole for key, weight in weights.items()}
    parts = {key: int(share) for key, share in exact.items()}
    while sum(parts.values()) < total:
        parts[max(parts, key=lambda key: exact[key] - parts[key])] += 1
    return parts


def scenario_file(folder, name, text, encoding="utf-8"):
    """A scenario as a file."""
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def test_months_of_which_nothing_came_in_weigh_the_average(ask, states):
    """Long after the last lead the months since are over, but the register does not know them: none of them gets nothing."""
    early, late = (
        ask("targets", "plan", "--year", 2027, "--total", 4870, "--as-of", day)["scenarios"][0]
        for day in (NOW, "2026-11-26")
    )
    assert any("完整数据的月份 3 个，其余 9 个月" in note for note in late["notes"])
    months = [
        [sum(each) for each in zip(*(row["months"] for row in made["departments"]), strict=True)]
        for made in (early, late)
    ]
    assert months[0] == months[1]
    assert min(months[1]) > 0


def test_last_year_decides_departments_and_seasons(ask, states):
    """Departments by their own counted leads, months by everybody's; months not known whole weigh the average."""
    made = ask("targets", "plan", "--year", 2027, "--total", 487, "--as-of", NOW)["scenarios"]
    assert [(scenario["name"], scenario["total"]) for scenario in made] == [("按上年", 487)]
    counted = states[states["counts_in"].notna()]
    own = Counter(counted.loc[counted["reporter_kind"] == "部门", "reporter"])
    years = {row["unit"]: row["year_target"] for row in made[0]["departments"]}
    assert years == remainders(487, {code: own[code] for code in CODES})
    seasons = Counter(counted["counts_in"])
    known = [Fraction(seasons[f"2026-{month:02d}"]) for month in (1, 2, 3)]
    weights = dict(enumerate([*known, *[sum(known) / 3] * 9]))
    months = [sum(column) for column in zip(*(row["months"] for row in made[0]["departments"]), strict=True)]
    assert months == list(remainders(487, weights).values())
    pending = states["status"].isin(["已接收", "待甄别", "待复核"]).sum()
    words = f"完整数据的月份 3 个，其余 9 个月按其平均数；其中处理中的 {pending} 条未计入"
    assert sum(words in note for note in made[0]["notes"]) == 2


def test_the_filled_form_is_taken_in_and_an_adjustment_follows(ask, tmp_path, monkeypatch):
    """Plan → T4 → import → history; then a month is closed and the year adjusted: the closed month stays."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 20, 10))
    plan = ask("targets", "plan", "--year", 2027, "--total", 500, "--as-of", NOW, "--out", "a")
    form, comparison = plan["files"]
    receipt = ask("import", form, "--received-at", "2026-12-20T10:00:00")["files"][0]
    assert (receipt["accepted"], receipt["returned"], receipt["findings"]) == (12, 0, [])
    first = {row["unit"]: row["months"] for row in plan["scenarios"][0]["departments"]}
    told = ask("targets", "history", "B001")
    now = [row for row in told if row["month"].startswith("2027")]
    assert [(row["kind"], row["before"], row["after"]) for row in now] == [("分解", None, n) for n in first["B001"]]
    assert {row["file"] for row in now} == {"T4_2027_目标分解_按上年.xlsx"}

    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 2, 10, 9))
    assert main(["close", "2027-01", "--reason", "提前关账"]) == 0
    later = ("targets", "plan", "--year", 2027, "--total", 560, "--as-of", "2027-02-11", "--out", "b")
    flat = (
        "对象,权重\n" + "".join(f"{code},1\n" for code in CODES) + "".join(f"{month}月,1\n" for month in range(1, 13))
    )
    later += ("--weights", scenario_file(tmp_path, "平.csv", flat))
    assert "--reason" in ask(*later, code=2)
    again = ask(*later, "--reason", "市场好于预期", "--approver", "赵副总")
    second = {row["unit"]: row["months"] for row in again["scenarios"][0]["departments"]}
    assert sum(map(sum, second.values())) == 560
    assert all(second[code][0] == first[code][0] for code in CODES)
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 2, 12, 10))
    receipt = ask("import", again["files"][0], "--received-at", "2027-02-12T10:00:00")["files"][0]
    assert (receipt["accepted"], receipt["returned"]) == (12, 0)
    changed = [row for row in ask("targets", "history") if row["kind"] == "调整" and row["month"].startswith("2027")]
    expected = {
        (code, f"2027-{m:02d}"): (first[code][m - 1], second[code][m - 1])
        for code in CODES
        for m in range(1, 13)
        if first[code][m - 1] != second[code][m - 1]
    }
    assert {(row["unit"], row["month"]): (row["before"], row["after"]) for row in changed} == expected
    assert {(row["reason"], row["approver"], row["at"]) for row in changed} == {
        ("市场好于预期", "赵副总", "2027-02-12T10:00:00")
    }
    form = load_workbook(again["files"][0]).worksheets[0]
    assert all(form[row["cell"]].value == row["after"] for row in changed)


def test_scenarios_stand_side_by_side(ask, tmp_path):
    """One T4 each, and one workbook with the same numbers; a list saved by Chinese Excel is read too."""
    bound = scenario_file(
        tmp_path,
        "稳.csv",
        "对象,下限,上限,固定值\nB001,60,,\nB002,,5,\n2月,,,20\nB003/7月,,,0\n合计,,,450\n",
        "gb18030",
    )
    options = (
        "targets",
        "plan",
        "--year",
        2027,
        "--total",
        500,
        "--from-last-year",
        "--scenario",
        f"稳健={bound}",
        "--as-of",
        NOW,
    )
    made = ask(*options, "--out", "a")
    assert [path.split("/")[-1] for path in made["files"]] == [
        "T4_2027_目标分解_按上年.xlsx",
        "T4_2027_目标分解_稳健.xlsx",
        "目标分解方案比较_2027.xlsx",
    ]
    first, second = made["scenarios"]
    table = {row["unit"]: row["months"] for row in second["departments"]}
    assert (second["total"], sum(map(sum, table.values()))) == (450, 450)
    assert sum(table["B001"]) >= 60
    assert sum(table["B002"]) <= 5
    assert sum(months[1] for months in table.values()) == 20
    assert table["B003"][6] == 0
    assert "约束：B001：不少于 60；B002：不多于 5；2月：固定 20；B003 7月：固定 0。" in second["notes"]
    book = load_workbook(tmp_path / made["files"][-1])
    assert book.sheetnames == ["封面", "按部门", "按月份", "方案1 按上年", "方案2 稳健"]
    rows = {row[0]: row for row in book["按部门"].iter_rows(min_row=5, values_only=True)}
    for a, b in zip(first["departments"], second["departments"], strict=True):
        assert rows[a["unit"]][3:8:2] == (a["year_target"], b["year_target"], b["year_target"] - a["year_target"])
    sheet = {row[0]: row[3:15] for row in book["方案2 稳健"].iter_rows(min_row=5, values_only=True) if row[0] in table}
    assert sheet == {code: tuple(months) for code, months in table.items()}
    again = ask(*options, "--out", "b")
    assert [(tmp_path / path).read_bytes() for path in made["files"]] == [
        (tmp_path / path).read_bytes() for path in again["files"]
    ]


def test_the_comparison_adds_up_when_recalculated(ask, tmp_path, recalculate):
    """LibreOffice's totals of the comparison are the year's total."""
    made = ask("targets", "plan", "--year", 2027, "--total", 333, "--as-of", NOW)
    book = load_workbook(recalculate(tmp_path / made["files"][-1]), data_only=True)
    for name in ("按部门", "按月份", "方案1 按上年"):
        total = next(row for row in book[name].iter_rows(values_only=True) if row[0] == "合计")
        assert 333 in total, name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("名称,权重\nB001,1\n", "第 1 行没有“对象”列"),
        ("对象,权重\nB001,1\n", "缺少部门权重：B002"),
        ("对象,权重\n1月,1\n", "缺少月份权重：2"),
        ("对象,权重\nB001,多\n", "第 2 行：“权重”应为不小于 0 的数"),
        ("对象,权重\n13月,1\n", "“13月”不是月份"),
        ("对象,下限\nB001,1.5\n", "“下限”应为整数"),
        ("对象,下限,上限\nB001,5,3\n", "“下限”大于“上限”"),
        ("对象,下限,固定值\nB001,5,3\n", "不要再填"),
        ("对象,下限\nD001,5\n", "D001 不是在用部门"),
        ("对象,权重\nB001/2月,5\n", "不能填权重"),
        ("对象,下限\n合计,5\n", "“合计”只能填“固定值”"),
        ("对象,固定值\nB001,600\n", "目标 500 在给定的约束下无法分解：下限合计 600"),
        ("对象,上限\n" + "".join(f"{code},10\n" for code in CODES), "上限合计 120"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(text, code, ask, tmp_path):
    """In a sentence that names file and line, or the bound; no file is left."""
    path = scenario_file(tmp_path, "方案.csv", text)
    said = ask(
        "targets", "plan", "--year", 2027, "--total", 500, "--weights", path, "--as-of", NOW, "--out", "x", code=2
    )
    assert code in said
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--year", 2027), "--total"),
        (("--year", 2030, "--total", 9), "没有 2029 年完整月份的有效信息"),
        (("--year", 2027, "--total", 9, "--scenario", "无文件"), "名称=文件.csv"),
        (("--year", 2027, "--total", 9, "--scenario", "甲=无.csv"), "无法读取"),
        (("--year", 2026, "--total", 9), "--reason"),
    ],
)
def test_wrong_use_is_a_sentence(arguments, said, ask):
    """A missing total, a year nothing is known of, a scenario without a file, a year that has targets."""
    assert said in ask("targets", "plan", *arguments, "--as-of", NOW, code=2)


def test_planning_only_reads(ask):
    """No entry in the trail: a plan changes nothing until its T4 is taken in."""
    before = ask("audit", "show")
    ask("targets", "plan", "--year", 2027, "--total", 99, "--as-of", NOW)
    assert ask("audit", "show") == before


def test_the_history_knows_the_adjustment_of_the_story(ask):
    """B003's March went from 4 to 6; months that kept their number are no change."""
    told = ask("targets", "history", "B003")
    assert [(row["month"], row["before"], row["after"]) for row in told if row["kind"] == "调整"] == [("2026-03", 4, 6)]
    assert len(told) == 13
    assert "D001" in ask("targets", "history", "D001", code=2)


def test_the_year_is_foreseen_from_the_run_rate(ask, states):
    """By hand, for each department and all together: expected, and the weakest and strongest month for the other 270 days.

    The whole is rounded half up; the departments' parts by largest remainders, so that they add up to it.
    """
    answer = ask("targets", "forecast", "--as-of", NOW)
    counted = states[(states["reporter_kind"] == "部门") & states["counts_in"].notna()]
    whole = (Fraction(len(counted) * 365, 95) + Fraction(1, 2)) // 1
    sizes = Counter(counted["reporter"])
    exact = {row["unit"]: Fraction(sizes[row["unit"]] * 365, 95) for row in answer["rows"] if row["unit"] is not None}
    expected = {unit: share // 1 for unit, share in exact.items()}
    for unit in sorted(exact, key=lambda unit: -(exact[unit] % 1))[: whole - sum(expected.values())]:
        expected[unit] += 1
    assert sum(expected.values()) == whole
    for row in answer["rows"]:
        own = counted if row["unit"] is None else counted[counted["reporter"] == row["unit"]]
        by_month = Counter(own["counts_in"])
        total, rates = len(own), [Fraction(by_month[f"2026-0{m}"], days) for m, days in ((1, 31), (2, 28), (3, 31))]
        assert row["counted"] == total
        assert row["expected"] == (whole if row["unit"] is None else expected[row["unit"]])
        assert row["low"] == min(row["expected"], (total + 270 * min(rates)) // 1)
        assert row["high"] == max(row["expected"], -(-(total + 270 * max(rates)) // 1))
    assert len(answer["rows"]) == 13
    assert "余下 270 天" in answer["method"]
    assert "还没有开始" in ask("targets", "forecast", "--year", 2027, "--as-of", NOW, code=2)


@pytest.mark.slow
def test_a_roll_is_approved_taken_in_and_not_proposed_again(ask, tmp_path):
    """The T4 carries the numbers and says why; once it is in, the same roll has nothing left."""
    made = ask("targets", "roll", "2026-03", "--as-of", "2026-04-05", "--approver", "赵副总")
    (path,) = made["files"]
    assert path.endswith("T4_缺口滚动调整_2026-03.xlsx")
    assert made["left"] == [f"2026-{m:02d}" for m in range(4, 13)]
    assert made["departments"]
    sheet = load_workbook(tmp_path / path).worksheets[0]
    cells = {str(row[0].value): [cell.value for cell in row] for row in sheet.iter_rows() if row[0].value}
    for each in made["departments"]:
        assert cells[each["unit"]][3:16] == [sum(each["after"]), *each["after"]]
        assert cells[each["unit"]][16].endswith(f"本次分摊{each['spread']}")
        assert sum(each["after"]) - sum(each["before"]) == each["spread"] == sum(each["short"].values())
    (receipt,) = ask("import", path, "--received-at", "2026-04-06T10:00:00")["files"]
    assert (receipt["accepted"], receipt["returned"]) == (len(made["departments"]), 0)
    again = ask("targets", "roll", "2026-03", "--as-of", "2026-04-10")
    assert (again["departments"], again["files"]) == ([], [])
    told = ask("targets", "history", made["departments"][0]["unit"])
    assert {row["reason"].split("：")[0] for row in told if row["at"].startswith("2026-04-06")} == {MARK}


@pytest.mark.slow
def test_a_roll_is_said_in_sentences(ask, capsys):
    """For who reads it, with what is missing; a month in progress is refused."""
    assert main(["targets", "roll", "2026-03", "--as-of", "2026-04-05"]) == 0
    said = capsys.readouterr().out
    assert "已过的月份不变，超额不抵扣" in said
    assert "批准人未填" in said
    assert "2026-04 还没有结束" in ask("targets", "roll", "2026-04", "--as-of", "2026-04-05", code=2)
