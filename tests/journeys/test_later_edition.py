"""A later edition of the regulation decides what must not be missing (5.2, 2), from its day on and not before."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import yaml
from openpyxl import load_workbook

from tests.support.office import lead
from tests.support.regulation import POLICY_FILE
from tests.support.workbooks import find, rules

pytestmark = pytest.mark.slow

SINCE = date(2026, 7, 1)
DAYS = [date(2026, 6, 30), SINCE, date(2026, 7, 2)]  # the day before, the day, the day after


@pytest.fixture
def edition(tmp_path, monkeypatch):
    """Puts a policy file with a further edition, in force from 1 July 2026, into use; gives its path."""

    def made(**parameters):
        document = yaml.safe_load(POLICY_FILE.read_bytes())
        document["editions"].append({"edition": 5, "from": SINCE, "source": "试拟", "parameters": parameters})
        path = tmp_path / "第五版.yaml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        monkeypatch.setenv("WORKBENCH_POLICY", str(path))
        return path

    return made


def gaps(office, on):
    """A report of that day with a whole row, and rows without name, without phone, without both, with a placeholder."""
    rows = [
        lead(f"江城{on.day}公交甲"),
        lead(f"芜湖{on.day}学校乙", 第三方联系人=None),
        lead(f"安徽{on.day}医院丙", 联系方式=None),
        lead(f"皖南{on.day}物流丁", 第三方联系人=None, 联系方式=None),
        lead(f"长江{on.day}航运戊", 联系方式="不详"),
    ]
    return office.leads("D001", f"提报{on}.xlsx", rows, on)


def missing(outcome):
    """The cells said to be missing, with their clauses."""
    return [(item["cell"], item["clause"]) for item in outcome["findings"] if item["code"] == "missing"]


TODAY = [("H8", "5.2"), ("I9", "5.2"), ("H10", "5.2"), ("I10", "5.2"), ("I11", "5.2")]


@pytest.mark.parametrize("on", DAYS)
@pytest.mark.parametrize(
    ("required", "later"),
    [
        (["phone"], [("I9", "5.2"), ("I10", "5.2"), ("I11", "5.2")]),
        (["contact"], [("H8", "5.2"), ("H10", "5.2")]),
        (None, []),
    ],
)
def test_what_is_indispensable_goes_by_the_day_of_receipt(office, edition, on, required, later):
    """Before the edition both are asked for; from its first day on what it names. Check and import say the same."""
    office.receive(office.units(), "2026-01-02T09:00", code=0)
    edition(required_contact=required)
    path = gaps(office, on)
    expected = TODAY if on < SINCE else later
    returned = len({cell[1:] for cell, _ in expected})
    (checked,) = office.ask("check", path)["files"]
    got = office.receive(path, f"{on}T10:00")
    assert [(found["accepted"], found["returned"], missing(found)) for found in (checked, got)] == [
        (5 - returned, returned, expected)
    ] * 2
    assert len(office.ask("leads", code=0)) == 5 - returned


def test_what_was_not_asked_for_stays_empty_and_makes_nobody_alike(office, edition):
    """Leads without a phone share none: they are not held as suspects, and the section's sheet shows empty cells."""
    office.receive(office.units(), "2026-01-02T09:00", code=0)
    edition(required_contact=None)
    rows = [
        lead("江城公交", 联系方式=None, 第三方联系人=None),
        lead("皖南物流园", 联系方式="无"),
        lead("长江航运", 联系方式="无"),
    ]
    office.receive(office.leads("D001", "七月.xlsx", rows, SINCE), f"{SINCE}T10:00", code=0)
    assert {item["status"] for item in office.ask("leads", code=0)} == {"已接收"}
    office.run("dispatch", "--at", f"{SINCE}T12:00", "--out", office.folder / "转交", code=0)
    sheet = load_workbook(next((office.folder / "转交").glob("*S002*.xlsx"))).worksheets[0]
    top = find(sheet, "第三方联系人")
    shown = {sheet.cell(row, 2).value: sheet.cell(row, top.column).value for row in range(top.row + 1, top.row + 4)}
    assert shown == {"江城公交": None, "皖南物流园": "张联系", "长江航运": "张联系"}
    again = office.leads("D001", "七月.xlsx", [*rows[:2], {**rows[2], "备注": "改"}], SINCE)
    got = office.receive(again, f"{SINCE}T15:00")
    assert (got["unchanged"], got["returned"]) == (2, 1)  # the same emptiness is no change; the third is dispatched


def test_the_words_are_todays_words(office):
    """Under the shipped regulation the finding has the code, clause, cell and text it always had."""
    (checked,) = office.ask("check", gaps(office, date(2026, 6, 30)), code=1)["files"]
    assert checked["findings"][0] == {
        "code": "missing",
        "severity": "error",
        "clause": "5.2",
        "file": "提报2026-06-30.xlsx",
        "message": "H8“第三方联系人”：缺少“第三方联系人”，不予接收（第5.2条）；请补填后重新提报。",
        "sheet": "大客户信息记录表",
        "row": 8,
        "cell": "H8",
        "column": "contact",
        "inputs": {},
    }
    assert missing(checked) == TODAY


@pytest.mark.parametrize("on", DAYS)
def test_whose_level_is_asked_for_goes_by_the_day_too(office, edition, on):
    """Clause 2 names another category from a day on: its rows, and no longer taxis, must say their level."""
    edition(taxi_category="租赁")
    rows = [lead("江城出租", 客户类别="出租"), lead("江城租赁", 客户类别="租赁")]
    (checked,) = office.ask("check", office.leads("D001", "提报.xlsx", rows, on), code=1)["files"]
    assert [item["cell"] for item in checked["findings"] if item["code"] == "missing"] == ["G7" if on < SINCE else "G8"]


def colours(sheet):
    """The formulas that colour cells, by column letter."""
    return {
        str(area.sqref)[0]: rule.formula[0]
        for area in sheet.conditional_formatting
        for rule in area.rules
        if rule.formula != ["TRUE"]
    }


def blank_t1(office):
    """The T1 that `workbench templates` writes now."""
    office.run("templates", "--out", office.folder / "空白", code=0)
    return load_workbook(next((office.folder / "空白").glob("T1_*.xlsx")))


def test_blanks_say_and_colour_what_the_edition_in_force_asks_for(office, edition):
    """Minimum 5 and no contact name: hint, instruction sheet, title colour and red cells follow the policy in use."""
    edition(minimum_quantity=5, required_contact=["phone"], taxi_category="租赁")
    book = blank_t1(office)
    sheet, prompts = book.worksheets[0], rules(book.worksheets[0])
    assert prompts["标的量(台)"].prompt == "必填；至少 5 台，否则无效（第5.4条）；整数"
    assert prompts["第三方联系人"].prompt == "客户方联系人姓名"
    assert prompts["联系方式"].prompt == "必填；以文本填写电话；缺少则不予接收（第5.2条）；电话，按文本填写"
    assert prompts["行政级别"].prompt == "租赁类必填；第2条只收县级及以下"
    assert colours(sheet) == {
        "I": 'AND($B7<>"",$I7="")',
        "L": 'AND($L7<>"",$L7<5)',
        "G": 'AND($C7="租赁",$G7="地市级及以上")',
        "B": 'AND($B7<>"",COUNTIFS($B$7:$B$206,$B7,$C$7:$C$206,$C7,$D$7:$D$206,$D7,$E$7:$E$206,$E7)>1)',
    }
    navy, slate = find(sheet, "联系方式").fill.fgColor.rgb, find(sheet, "第三方联系人").fill.fgColor.rgb
    assert (navy, slate) == ("FF1F3864", "FF5B6B82")
    lines = [[cell.value for cell in line] for line in book["填表说明"].iter_rows()]
    assert lines[1][0] == "· 一行一条信息。红底表示缺少联系方式、数量不足、地市级及以上租赁或本表内重复，请更正。"
    by_title = {line[0]: line for line in lines}
    assert by_title["第三方联系人"][2:4] == [None, "客户方联系人姓名"]
    assert by_title["行政级别"][2] == "租赁必填"


def test_a_repealed_number_is_no_longer_spoken_of(office, edition):
    """What an edition repeals leaves hints, colours and instructions, and nothing says None."""
    edition(
        minimum_quantity=None,
        required_contact=None,
        taxi_category=None,
        register_return_day=None,
        verification_days=None,
        dismissal_marks=None,
    )
    book = blank_t1(office)
    prompts = rules(book.worksheets[0])
    assert prompts["标的量(台)"].prompt == "必填；整数"
    assert set(colours(book.worksheets[0])) == {"B"}
    assert book["填表说明"]["A2"].value == "· 一行一条信息。红底表示本表内重复，请更正。"
    said = {
        order: [cell.value for cell in load_workbook(path)["填表说明"]["A"] if str(cell.value).startswith("·")]
        for path in (office.folder / "空白").glob("T*.xlsx")
        if (order := path.name.split("_")[0]) in ("T2", "T5", "T13")
    }
    assert said == {
        "T2": [
            "· 当月没有合同和提车也要提交空表，视为已反馈。",
            "· 一个合同有几种车型的，每种车型填一行；同一表内月份、合同、信息、车型都相同的各行相加。",
            "· 同一月份、合同、信息、车型再次提交的，以后到的表为准；报送方式填“重报”的，本月以本表为准，未列入的行撤回。",
            "· 更正合同编号或信息编号的，请在原来的行上更正后再提交，原登记随之替换。",
            "· 退回的车辆在本月提车量填负数；合同终止的，执行情况填“已解除”，以已提车辆为限。",
        ],
        "T5": [
            "· 灰底各列由市场策略科预填，只用于联系和核对客户，不回读（客户名称与信息编号不符的行退回）；请从“甄别结论”起填写。",
            "· 本表含联系方式，用后妥善保管，不得外传。",
        ],
        "T13": ["· 内部人员泄露的，每次处罚500元并记诚信黑点一个。"],
    }


def test_a_dispatched_sheet_quotes_the_term_of_its_day(office, edition):
    """The section's instructions name the working days in force when the leads were handed over."""
    office.receive(office.units(), "2026-01-02T09:00", code=0)
    edition(verification_days=3)
    lines = {}
    rows = {
        DAYS[0]: lead("江城公交", 客户类别="驾校"),
        SINCE: lead("皖南物流园", 客户类别="租赁", 联系方式="13900002222"),
    }
    for on, row in rows.items():
        office.receive(office.leads("D001", f"{on}.xlsx", [row], on), f"{on}T10:00", code=0)
        office.run("dispatch", "--at", f"{on}T12:00", "--out", office.folder / f"转交{on}", code=0)
        book = load_workbook(next((office.folder / f"转交{on}").glob("*.xlsx")))
        lines[on] = book["填表说明"]["A3"].value
    assert lines == {
        DAYS[0]: "· 应在转交后两个工作日内反馈（第6.3条）；本表含联系方式，用后妥善保管，不得外传。",
        SINCE: "· 应在转交后三个工作日内反馈（第6.3条）；本表含联系方式，用后妥善保管，不得外传。",
    }


def test_check_in_excel_goes_by_the_day_it_is_asked_for(edition):
    """The function over a range of cells asks for what the edition of the given day asks for."""
    from workbench.app.checking import check_rows
    from workbench.app.policy import load_policy

    policy = load_policy(edition(required_contact=["phone"]))
    row = lead("江城公交", 第三方联系人=None)
    from workbench.platform.forms.spec import templates

    titles = [column.title for column in templates()["lead_record"].columns]
    grid = [titles, [row.get(title) for title in titles]]
    said = [check_rows(grid, policy, received_on=on)[1] for on in DAYS]
    assert ["缺少“第三方联系人”" in text for text in said] == [True, False, False]
    assert datetime(2026, 7, 1).date() == SINCE
