"""The regulation as dated data: editions, readings, refusals."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import yaml

from tests.support.regulation import POLICY_FILE
from workbench.app.policy import load_policy
from workbench.core.errors import WrongUse
from workbench.platform.regulation.clause import clauses
from workbench.platform.regulation.regulation import build_regulation
from workbench.platform.regulation.rulebook import describe

CLAUSES = [
    "2",
    "4.2.1",
    "4.2.2",
    "4.3.3",
    "4.4",
    "4.5",
    "5.1",
    "5.2",
    "5.3",
    "5.4",
    "5.5",
    "5.6",
    "6.1",
    "6.2",
    "6.3",
    "6.4",
    "6.5",
    "7.1.1",
    "7.2.1",
    "7.2.2",
    "7.2.3",
    "7.3.1",
    "7.3.2a",
    "7.3.2b",
    "7.3.3",
    "7.3.4",
    "大客户管理制度·二",
    *(f"大客户管理制度·三.{number}" for number in (1, 2, 3, 4, 5)),
    *(f"客户信息及档案管理制度·{number}" for number in "四六七九"),
    "大客户信息收集管理办法（每周上报）·四",
    "大客户管理的方法和策略·1.2",
    "银行大客户管理流程·一",
    "银行大客户管理流程·五",
    "顾客信息管理制度·四",
    "顾客信息管理制度·五",
    "顾客信息管理制度·六",
    "顾客信息管理制度·七",
    "客户信息管理制度·三2",
    "客户信息管理制度·三3",
    "客户信息综合管理制度·四3",
    "客户信息综合管理制度·五",
]


def test_rulebook_names_every_clause_once_in_order() -> None:
    """The declared clauses are the whole regulation; every parameter belongs to a clause and the other way round."""
    assert [clause.code for clause in clauses()] == CLAUSES
    policy = load_policy()
    assert {name for clause in clauses() for name in clause.parameters} == set(policy.parameters)
    assert all(clause.function.__doc__ for clause in clauses())
    own = policy.leading.readings
    places = [re.fullmatch(r"D(\d+)([a-z]?)", reading).groups() for reading in own]  # D2, D2a, D2b, D3
    order = [(int(number), part) for number, part in places]
    assert order == sorted(set(order)) and {(number, "") for number in range(1, 30)} <= set(order)
    assert {number for number, _ in order} == set(range(1, 46))


def test_an_edition_changes_numbers_from_its_day_on() -> None:
    """The day before keeps the old number, the day itself has the new one."""
    policy = load_policy().with_edition(
        {
            "edition": 5,
            "from": date(2026, 7, 1),
            "parameters": {"minimum_quantity": 5, "dealer_conversion_rate": 50, "publication_days": [15, 30]},
            "readings": {"overdue_unit": "dispatch"},
        }
    )
    before, after = date(2026, 6, 30), date(2026, 7, 1)
    names = ["minimum_quantity", "dealer_conversion_rate", "publication_days"]
    old = load_policy()
    assert [policy.value(name, before) for name in names] == [old.value(name, before) for name in names]
    assert [str(policy.value(name, after)) for name in names] == ["5", "1/2", "[15, 30]"]
    assert (policy.edition_on(before), policy.edition_on(after)) == ("DKHW080004/4", "DKHW080004/5")
    assert (policy.reading("overdue_unit", before), policy.reading("overdue_unit", after)) == ("lead", "dispatch")
    days = pd.Series(pd.to_datetime(["2026-06-30 23:59", "2026-07-01 00:00", None]))
    assert policy.values("minimum_quantity", days).tolist() == [3, 5, 3]


def test_an_edition_in_the_file_is_the_same_as_one_added() -> None:
    """A later edition needs no code: one more entry in the YAML."""
    document = yaml.safe_load(POLICY_FILE.read_text(encoding="utf-8"))
    edition = {"edition": 5, "from": date(2026, 7, 1), "source": "第五版", "parameters": {"minimum_quantity": 4}}
    document["editions"].append(edition)
    day = pd.Series(pd.date_range("2026-06-29", periods=4))
    in_file, added = build_regulation(document), load_policy().with_edition(edition).leading
    assert in_file.values("minimum_quantity", day).tolist() == [3, 3, 4, 4]
    assert in_file.parameters == added.parameters


def test_a_repealed_parameter_has_no_value() -> None:
    """Repeal is explicit: null from a day on."""
    policy = load_policy().with_edition({"edition": 5, "from": date(2026, 7, 1), "parameters": {"leak_penalty": None}})
    assert policy.value("leak_penalty", date(2026, 6, 30)) == 500
    assert policy.value("leak_penalty", date(2026, 7, 1)) is None


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda p: p.value("minimum_quantity", date(2008, 2, 13)), "before_policy"),
        (lambda p: p.edition_on(date(2008, 2, 13)), "before_policy"),
        (lambda p: p.value("nothing", date(2026, 1, 1)), "unknown_parameter"),
        (lambda p: p.reading("nothing"), "unknown_reading"),
        (lambda p: p.with_readings(overdue_unit="week"), "bad_reading"),
        (lambda p: p.with_readings(repeat_project_reward=1), "bad_reading"),
        (lambda p: p.with_readings(returned_row_grace=-1), "bad_reading"),
        (lambda p: p.with_readings(returned_row_grace=True), "bad_reading"),
        (lambda p: p.with_edition({"edition": 3, "from": date(2007, 1, 1)}), "edition_order"),
        (
            lambda p: p.with_edition({"edition": 5, "from": date(2027, 1, 1), "parameters": {"x": 1}}),
            "unknown_parameter",
        ),
    ],
)
def test_wrong_use_is_refused(call, code: str) -> None:
    """Unknown names, values outside the alternatives and days before the regulation are refused with a reason."""
    with pytest.raises(WrongUse) as refused:
        call(load_policy())
    assert refused.value.code == code
    assert refused.value.zh and refused.value.en


def test_readings_are_worded_as_taken() -> None:
    """A settlement prints the wording of the alternative that is in force."""
    policy = load_policy().with_readings(overdue_unit="dispatch", returned_row_grace=5)
    worded = {r["id"]: (r["value"], r["chosen"]) for r in policy.readings_on(date(2026, 3, 31))}
    assert worded["D11"] == ("dispatch", "每一转交批次、每一责任人一次")
    assert worded["D18"] == (5, "不保留，以补正文件的接收时间为准（returned_row_grace = 5）")
    assert worded["D10"] == ("review", "不属于第 2 条范围，转人工复核，不自动判无效")
    assert worded["D12"][0] is None


def test_description_lists_parameters_and_readings() -> None:
    """The printed regulation has one row per dated number and one per reading."""
    policy = load_policy()
    rows = describe(policy)
    assert len(rows) == len(policy.parameters) + len(policy.readings)
    assert rows[3] == {
        "clause": "5.4",
        "title": "标的量下限：标的量下限",
        "name": "minimum_quantity",
        "value": 3,
        "unit": "台",
        "since": "2008-02-14",
        "source": "5.4",
    }


def test_what_a_quarter_was_settled_under_needs_not_be_offered_any_more():
    """A value of before that is no choice today, and a reading the policy no longer has."""
    policy = load_policy()
    reading = policy.readings["D7"]
    dated = replace(reading.values[0], value="reporter")
    other = {"D7": replace(reading, values=(dated,), alternatives={}, standard="reporter")}
    later = policy.replaced(replace(policy.leading, readings={**policy.leading.readings, **other}))
    with pytest.raises(WrongUse):
        later.with_readings(conversion_basis="project")
    assert later.as_settled({"conversion_basis": "project", "gone": 1}).reading("conversion_basis", None) == "project"
    assert later.reading("conversion_basis", None) == "reporter"
