"""T10 and T11: the index of customers' documents, what is out past its day, what should be in it and is not."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from tests.support.workbooks import accepted
from workbench.app.policy import load_policy
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form

INDEX, LOANS, BUS = "客户档案目录", "档案借阅登记表", "江城客运公司"
TODAY = {"policy": load_policy(), "on": date(2026, 3, 9)}
EXAMPLES = {
    "archive_index": (
        {"unit": "S009", "keeper": "陈持", "filled_on": date(2026, 3, 9)},
        {
            "number": "DA-001",
            "customer": BUS,
            "kind": "合同",
            "title": "购车合同",
            "dated_on": date(2026, 2, 3),
            "contract": "HT-1",
            "pages": 12,
            "place": "二号柜",
        },
    ),
    "archive_loan": (
        {"unit": "S009", "keeper": "陈持"},
        {
            "number": "DA-001",
            "borrower": "许走访",
            "lent_on": date(2026, 3, 2),
            "due_on": date(2026, 3, 5),
            "returned_on": date(2026, 3, 4),
        },
    ),
}


@pytest.mark.parametrize("template", EXAMPLES)
def test_an_example_of_every_column_is_read_back_value_by_value(template, tmp_path):
    """Written, read in the reading process, checked: nothing is said, and every cell and header field is what it was."""
    header, row = EXAMPLES[template]
    spec = templates()[template]
    assert {column.key for column in spec.columns if not column.idle} == set(row)
    form = accepted(write_form(spec, tmp_path / "表.xlsx", header, [row], **TODAY))
    read = form.rows.iloc[0]
    assert form.findings == []
    assert {key: value.date() if isinstance(value, datetime) else value for key, value in form.header.items()} == header
    assert {key: read[key].date() if isinstance(read[key], pd.Timestamp) else read[key] for key in row} == row


def document(number: str, **other):
    """A row of T10."""
    return {"档案编号": number, "客户名称": BUS, "材料类别": "发票", "材料名称": "购车发票", **other}


def loan(number: str, day: int, **other):
    """A row of T11."""
    return {"档案编号": number, "借阅人": "许走访", "借出日期": datetime(2026, 3, day), **other}


def index(office, *rows, name="目录.xlsx"):
    """A filled T10."""
    return office.file(INDEX, name, {"单位代码": "S009", "档案管理员": "陈持"}, list(rows))


def lent(office, *rows, name="借阅.xlsx"):
    """A filled T11."""
    return office.file(LOANS, name, {"单位代码": "S009", "档案管理员": "陈持"}, list(rows))


def found(receipt):
    """Code and cell of every finding."""
    return [(each["code"], each["cell"]) for each in receipt["findings"]]


def test_bad_rows_of_the_index_are_given_back_cell_by_cell(staffed):
    """A number that is none, one twice, one of another customer, a contract without its number, a day to come."""
    rows = [
        document("DA-001"),
        document("DA_002"),
        document("DA-001"),
        document("DA-003", 材料类别="合同"),
        document("DA-004", 材料日期=datetime(2026, 3, 10)),
    ]
    first = staffed.receive(index(staffed, *rows), "2026-03-09T09:00:00", code=1)
    assert (first["accepted"], first["returned"]) == (1, 4)
    assert found(first) == [
        ("bad_archive_number", "B8"),
        ("archive_number_twice", "B9"),
        ("no_contract_number", "G10"),
        ("in_the_future", "F11"),
    ]
    again = index(staffed, document("DA-001", 客户名称="滨江公司"), document("DA-005"), name="二.xlsx")
    assert found(staffed.receive(again, "2026-03-09T10:00:00", code=1)) == [("archive_number_taken", "B7")]
    same = staffed.receive(index(staffed, document("DA-001"), name="三.xlsx"), "2026-03-09T11:00:00", code=0)
    assert (same["accepted"], same["unchanged"]) == (0, 1)


def test_what_is_lent_comes_back_or_is_overdue(staffed):
    """Out on the last day is in time, the day after it is not; what is out cannot be lent again; a return ends it."""
    staffed.receive(index(staffed, document("DA-001"), document("DA-002")), "2026-03-01T09:00:00", code=0)
    bad = [
        loan("DA-009", 2),
        loan("DA-001", 2, 应还日期=datetime(2026, 3, 1)),
        loan("DA-001", 9),
        loan("DA-001", 2),
        loan("DA-001", 3),
        loan("DA-002", 2, 应还日期=datetime(2026, 3, 5)),
    ]
    receipt = staffed.receive(lent(staffed, *bad), "2026-03-04T09:00:00", code=1)
    assert found(receipt) == [
        ("unknown_archive_number", "B7"),
        ("before_it_was_lent", "E8"),
        ("in_the_future", "D9"),
        ("still_out", "B11"),
    ]
    assert staffed.ask("archive", "overdue", "--as-of", "2026-03-05", code=0) == []
    (row,) = staffed.ask("archive", "overdue", "--as-of", "2026-03-06", code=1)
    assert (row["number"], row["borrower"], row["due_on"]) == ("DA-002", "许走访", "2026-03-05")
    back = lent(staffed, loan("DA-002", 2, 归还日期=datetime(2026, 3, 6)), name="还.xlsx")
    assert staffed.receive(back, "2026-03-06T09:00:00", code=0)["accepted"] == 1
    assert staffed.ask("archive", "overdue", "--as-of", "2026-03-17", code=0) == []
    assert [row["number"] for row in staffed.ask("archive", "overdue", "--as-of", "2026-03-18", code=1)] == ["DA-001"]
    held = {row["number"]: row["borrower"] for row in staffed.ask("archive", "index")}
    assert held == {"DA-001": "许走访", "DA-002": None}
    assert BUS in staffed.run("archive", "index")


@pytest.mark.slow
def test_a_signed_contract_has_to_be_in_the_archive(first_quarter):
    """Every contract of the register is named until its document stands in the index."""
    missing = first_quarter.ask("archive", "missing", code=1)
    assert missing and all(row["missing"] == ["合同"] and row["customer"] for row in missing)
    rows = [
        document(
            f"DA-{place}", 客户名称=row["customer"], 材料类别="合同", 材料名称="购车合同", 合同编号=row["contract"]
        )
        for place, row in enumerate(missing)
    ]
    first_quarter.receive(index(first_quarter, *rows), "2026-04-20T09:00:00", code=0)
    assert first_quarter.ask("archive", "missing", code=0) == []


@pytest.mark.slow
def test_an_analyst_does_not_see_the_archive(become):
    """Titles may name customers."""
    become("文员").run("archive", "index", code=0)
    become("分析员").run("archive", "index", code=2)
