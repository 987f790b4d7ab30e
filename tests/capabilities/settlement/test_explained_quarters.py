"""`workbench explain` and `workbench whatif` on an approved quarter, and on the differences to it in the next one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from openpyxl import load_workbook

from tests.support import year as whole_year
from tests.support.source import ROOT
from tests.support.year import Year

pytestmark = pytest.mark.slow
LATE = "区域客户二月第1号"  # answered only after its quarter was approved


@pytest.fixture
def year(staffed, set_clock, monkeypatch) -> Year:
    """The first quarter approved; then a corrected register, a late answer and three rulings."""
    monkeypatch.setattr(whole_year, "WAITS", LATE)
    set_clock("2026-01-01T09:00:00")
    year, office = Year(staffed, set_clock), staffed
    year.targets()
    for month in (1, 2, 3):
        year.month(month)
        year.register(month, f"2026-{month + 1:02d}-02", picked={1: 4, 2: 6}.get(month))
    year.leak("XL-1", "2026-02-11")
    year.approve("2026Q1", "2026-04-09")
    year.register(2, "2026-04-16", picked=4, name="更正")  # two of six vehicles came back
    first = office.by_customer()["江城企业一月"]["number"]  # four of twelve: no reward
    appeals = {
        year.appeal("2026-04-13", "2026Q1", "7.3.2b", "郑策", "2026-03-10", "不应处罚", 0): ("成立",),
        year.appeal("2026-04-14", "2026Q1", "7.3.4", "孙某", "XL-1", "金额有误", -100): (
            "部分成立",
            "--amount",
            "-200",
        ),
        year.appeal("2026-04-15", "2026Q1", "7.1.1", "D001", first, "应奖未奖", 1000): ("成立",),
    }
    set_clock("2026-04-20T09:00:00")
    for number, ruling in appeals.items():
        office.run("appeals", "rule", number, *ruling, "--reason", "属实")
    for path in office.answer(office.folder / "2026-02", {LATE: whole_year.GOOD}):
        office.receive(path, "2026-04-21T09:00:00")
    set_clock("2026-07-09T17:00:00")
    return year


def explained(year: Year, quarter: str) -> dict[tuple, dict]:
    """Each line of a quarter as the command explains it; its amount is that of the settlement, its cells are named."""
    found = {}
    lines = year.office.ask("settle", quarter, code=0)["lines"]
    for line in lines:
        key = (line["clause"], line["party"], line["ref"])
        told = year.office.ask("explain", "/".join(key), "--quarter", quarter, code=0)["explanations"]
        same = [each for each in told if ("调整" in each["subject"]) == bool(line["adjusts"])]
        assert [each["amount"] for each in same] == [line["amount"]], key
        kinds = Counter(step["kind"] for step in same[0]["steps"])
        assert kinds["结论"] == 1 and kinds["口径"] and same[0]["otherwise"], key
        found[*key, line["adjusts"]] = same[0]
    total = year.office.ask("explain", "合计", "--quarter", quarter, code=0)["explanations"][0]
    assert total["amount"] == sum(line["amount"] for line in lines)
    return found


def text(told: dict, kind: str | None = None) -> str:
    """The sentences of an explanation."""
    return "\n".join(step["text"] for step in told["steps"] if kind in (None, step["kind"]))


def sources(told: dict) -> list[tuple]:
    """File, row and cell of every input."""
    return [(place["file"], place["row"], place["cell"]) for step in told["steps"] for place in step["sources"]]


def test_an_approved_quarter_and_its_differences_are_explained(year):
    """Clause, reading, inputs and cells of every line; a difference says what was settled, what is known now, and why."""
    office = year.office
    numbers = {name: row["number"] for name, row in office.by_customer().items()}
    first = explained(year, "2026Q1")
    settled = first["7.1.1", "D001", numbers["江城企业二月"], None]
    assert "提车 6 台" in text(settled) and "6÷12＝50%" in text(settled, "计算")  # as it was approved
    cells = {
        file: load_workbook(office.folder / "收件" / file).worksheets[0][cell].value
        for file, _, cell in sources(settled)
    }
    assert cells == {"D001_2026-02.xlsx": 12, "合同2026-02.xlsx": 6}  # what stands in the cells it names
    assert "若本季度少提 2 台" in settled["otherwise"][0]["text"]

    later = {key: told for key, told in explained(year, "2026Q2").items() if key[3]}
    late, two, one = (numbers[name] for name in (LATE, "江城企业二月", "江城企业一月"))
    assert {key[:3]: told["amount"] for key, told in later.items()} == {
        ("7.1.1", "D001", one): 1000,
        ("7.1.1", "D001", two): -1000,
        ("7.2.1", "B001", "2026Q1"): 600,
        ("7.3.2b", "郑策", "2026-03-10"): 100,
        ("7.3.4", "孙某", "XL-1"): 300,
    }
    lost = later["7.1.1", "D001", two, "2026Q1"]
    assert "核算时：2026-02 合同 HT-D001-2 提车 6 台。" in text(lost)
    assert "未得第7.1.1条奖励：季度转化率＝4÷12" in text(lost)
    assert [each["text"] for each in lost["otherwise"]] == [
        "若批准 2026Q1 时所知与现在相同，则当时即核 0 元，2026Q2 没有这笔差额。",
        f"{two}：若 2026Q1 再提车 1 台（共 5 台，5÷12（约 41.67%）），即可获得 1000 元；2026Q2 没有这笔差额。",
    ]
    given = later["7.1.1", "D001", one, "2026Q1"]
    assert "申诉 SS2026Q1-003 已裁定：这一笔为 1000 元（按事实计算为 0 元）" in text(given)
    assert "裁定不成立" in given["otherwise"][0]["text"] and "没有这笔差额" in given["otherwise"][0]["text"]
    assert "已裁定：这一笔为 -200 元（按事实计算为 -500 元）" in text(later["7.3.4", "孙某", "XL-1", "2026Q1"])
    assert "应为 -200 元，已核算 -500 元，差额＝-200－（-500）＝300 元" in text(
        later["7.3.4", "孙某", "XL-1", "2026Q1"]
    )
    assert first["7.3.1", "王政", late, None]["amount"] == -100  # whoever is named later, by appeal only (D23)
    more = later["7.2.1", "B001", "2026Q1", "2026Q1"]
    assert "核算时没有这一笔" in text(more) and "4÷3" in text(more, "计算")
    assert "差额 -1000 元列入 2026Q2" in office.run("explain", two)  # the next open quarter is the second, in July too
    assert "若 2026Q2 再提车 5 台" in office.run("explain", two, "--quarter", "2026Q2")

    before = explained(year, "2026Q2")
    year.approve("2026Q2", "2026-07-09")
    office.receive(office.leads("D002", "又一份.xlsx", [whole_year.lead("江南新客户")]), "2026-07-20T09:00:00")
    assert explained(year, "2026Q2") == before
    assert explained(year, "2026Q1") == first


def test_an_approved_quarter_and_its_differences_under_other_values(year):
    """Official beside trial, on both quarters; differences stay as they are, the register too."""
    office = year.office
    numbers = {name: row["number"] for name, row in office.by_customer().items()}
    with office.opened() as session:
        before = session.register.head()
    first = office.ask("whatif", "2026Q1", "--set", "dealer_conversion_rate=30%", code=0)
    moved = [row for row in first["lines"] if row["change"] != "不变"]
    assert [(row["clause"], row["ref"], row["official"], row["trial"]) for row in moved] == [
        ("7.1.1", numbers["江城企业一月"], 0, 1000)
    ]
    official = office.ask("settle", "2026Q1", code=0)["lines"]
    assert first["totals"]["official"] == sum(line["amount"] for line in official)
    assert first["totals"]["difference"] == 1000
    assert first["as_of"].startswith("2026-04-09T17:00")  # as known at its approval

    second = office.ask("whatif", "2026Q2", "--set", "missed_publication_penalty=150", code=0)
    late = {(row["clause"], row["party"], row["ref"]): row for row in second["lines"] if row["adjusts"]}
    assert len(late) == 5 and {row["change"] for row in late.values()} == {"不变"}
    assert late["7.1.1", "D001", numbers["江城企业二月"]]["trial"] == -1000
    fined = [row for row in second["lines"] if row["clause"] == "7.3.2b" and not row["adjusts"]]
    assert fined and all((row["official"], row["trial"]) == (-100, -150) for row in fined)
    assert second["totals"]["difference"] == -50 * len(fined)
    printed = office.run("whatif", "2026Q2", "--set", "missed_publication_penalty=150")
    changed = [line for line in printed.splitlines() if line.startswith("变动")]
    assert "非正式" in printed and len(changed) == len(fined)
    assert all(
        line.split()[-3:] == ["-100", "-150", "-50"] and "2026Q1" not in line for line in changed
    )  # no difference moved
    office.run("whatif", "2026Q1", "--set", "no_such_number=1", code=2)
    assert office.said
    with office.opened() as session:
        assert session.register.head() == before
    year.approve("2026Q2", "2026-07-09")
    assert office.ask("whatif", "2026Q2", "--set", "missed_publication_penalty=150", code=0)["lines"] == second["lines"]


def test_the_program_itself_explains_and_tries(year):
    """A process of its own: one JSON document on standard output, nothing else, exit code 0; a wrong use is 2."""

    def workbench(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "workbench", *arguments],
            cwd=ROOT,
            env={**os.environ},
            capture_output=True,
            text=True,
            timeout=120,
        )

    asked = ("--as-of", "2026-07-09T17:00:00", "--json")
    done = workbench("explain", "7.3.4/孙某/XL-1", "--quarter", "2026Q2", *asked)
    assert done.returncode == 0, done.stderr
    assert [each["amount"] for each in json.loads(done.stdout)["explanations"]] == [300]
    done = workbench("whatif", "2026Q1", "--set", "leak_penalty=900", *asked)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["totals"]["difference"] == -400
    done = workbench("explain", "7.3.4/孙某/XL-9", "--quarter", "2026Q2", *asked)
    assert (done.returncode, done.stdout) == (2, "") and "XL-9" in done.stderr
