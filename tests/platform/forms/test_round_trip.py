"""What is written is what is read: values, types and the addresses of the cells they came from."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.office import fill, lead
from tests.support.official import T1, T2
from tests.support.workbooks import accepted, edit, find, said
from workbench.app.policy import load_policy
from workbench.platform.forms.child import read_file
from workbench.platform.forms.reading_process import specs
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form

TODAY = {"policy": load_policy(), "on": date(2026, 11, 25)}
FULL = {
    "序号": 1,
    "客户名称": "芜湖市江城公共交通有限责任公司",
    "客户类别": "出租",
    "省份": "安徽",
    "城市": "芜湖",
    "区县": "镜湖区",
    "行政级别": "县级及以下",
    "第三方联系人": "欧阳某",
    "联系方式": "0553-3831234转8001",
    "联系人职务": "设备科长",
    "需求车型": "轿车",
    "标的量(台)": 36,
    "预计采购时间": datetime(2026, 5, 1),
    "采购方式": "竞争性谈判",
    "采购预算(万元)": 432.5,
    "竞争品牌": "甲、乙",
    "信息来源": "走访",
    "信息内容": "更新车辆\n分两批",
    "客户同意": "是",
    "备注": "=不是公式",
}


def row(form, number=0):
    """One row as a plain dictionary."""
    return {key: None if pd.isna(value) else value for key, value in form.rows.iloc[number].items()}


def test_a_full_row_of_t1_arrives_whole(lead_record):
    """Every column keeps its value: Chinese, text phones, numbers, dates; short place names are completed."""
    form = accepted(lead_record(FULL, change=lambda sheet: setattr(sheet["T7"], "data_type", "s")))
    assert row(form) == {
        "row": 7,
        "row_id": "r0001",
        "seq": "1",
        "customer": "芜湖市江城公共交通有限责任公司",
        "category": "出租",
        "province": "安徽省",
        "city": "芜湖市",
        "county": "镜湖区",
        "level": "县级及以下",
        "contact": "欧阳某",
        "phone": "0553-3831234转8001",
        "contact_title": "设备科长",
        "model": "轿车",
        "quantity": 36,
        "expected": "2026-05-01",
        "method": "竞争性谈判",
        "budget": "432.5",
        "rivals": "甲、乙",
        "source": "走访",
        "content": "更新车辆\n分两批",
        "consent": "是",
        "remark": "=不是公式",
        "returned": False,
    }
    assert form.findings == []
    assert form.header == {
        "unit": "D001",
        "unit_name": "芜湖江南销售服务店",
        "reported_on": datetime(2026, 1, 5),
        "reporter_person": "李提报",
        "reporter_phone": "13700002222",
    }


def test_every_value_knows_its_cell(lead_record):
    """Column letters and header addresses are those of the workbook, whatever was typed."""
    form = accepted(lead_record(lead("江城公交"), lead("江城物流")))
    assert "".join(form.letters.values()) == "ABCDEFGHIJKLMNOPQRST"
    assert [form.letters[key] for key in ("customer", "phone", "quantity")] == ["B", "I", "L"]
    assert form.rows["row"].tolist() == [7, 8]
    assert form.header_cells == {
        "unit": "C3",
        "unit_name": "F3",
        "reported_on": "I3",
        "reporter_person": "C4",
        "reporter_phone": "F4",
    }
    assert (form.template.order, form.file, form.sheet) == ("T1", "提报.xlsx", "大客户信息记录表")


def test_columns_have_their_types_even_when_empty(blanks, tmp_path):
    """A table without rows still has every column, numbers and dates typed."""
    empty = accepted(fill(blanks / T2.file, tmp_path / "空.xlsx", {"月份": "2026-03"}, []))
    types = {key: str(kind) for key, kind in empty.rows.dtypes.items()}
    assert types == {
        "row": "int64",
        "row_id": "object",
        "seq": "object",
        "contract": "object",
        "number": "object",
        "customer": "object",
        "unit": "object",
        "model": "object",
        "quantity": "Int64",
        "amount": "Int64",
        "signed_on": "datetime64[us]",
        "picked_up": "Int64",
        "cumulative": "Int64",
        "progress": "object",
        "remark": "object",
        "returned": "bool",
    }


def test_moving_the_table_moves_the_addresses(lead_record):
    """Rows inserted above the header and between it and the table change nothing but the addresses."""

    def lower(sheet):
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.insert_rows(6, 2)
        sheet.insert_rows(1)

    form = accepted(lead_record(lead("江城公交", **{"标的量(台)": "十二台"}), change=lower))
    assert form.header_cells["unit"] == "C4"
    assert form.rows["row"].tolist() == [10]
    assert said(form) == [("text_in_number", "L10", "error")]


def test_columns_may_stand_in_another_order(lead_record):
    """Columns are found by their titles, not by their places."""

    def swap(sheet):
        for line in (6, 7):
            sheet.cell(line, 2).value, sheet.cell(line, 11).value = (
                sheet.cell(line, 11).value,
                sheet.cell(line, 2).value,
            )

    form = accepted(lead_record(lead("江城公交", 需求车型="客车"), change=swap))
    assert (form.letters["customer"], form.letters["model"]) == ("K", "B")
    assert (row(form)["customer"], row(form)["model"]) == ("江城公交", "客车")


def test_labels_are_known_with_colon_star_or_wide_brackets(lead_record):
    """A star, a colon, spaces or full-width brackets around a label are how people retype it."""

    def retype(sheet):
        find(sheet, "标的量(台)").value = "标的量（台） *"
        find(sheet, "客户名称").value = " 客户 名称＊"
        find(sheet, "单位代码").value = "单位代码："

    form = accepted(lead_record(lead("江城公交"), change=retype))
    assert (said(form), row(form)["quantity"], form.header["unit"]) == ([], 12, "D001")


def test_empty_rows_between_rows_are_passed_over(lead_record):
    """Gaps, rows with only a serial number and rows of blanks are no rows; the others keep their ids."""
    gap = {"客户名称": None}
    form = accepted(lead_record(lead("江城公交"), gap, {"序号": 3}, {"客户名称": "  "}, lead("江城物流")))
    assert form.rows[["row", "row_id", "customer"]].values.tolist() == [
        [7, "r0001", "江城公交"],
        [11, "r0005", "江城物流"],
    ]


def test_a_form_we_write_is_read_back_value_by_value(tmp_path):
    """T5 as handed out: pre-filled, with the register's row ids, times, dates and an answer."""
    spec = templates()["verification_feedback"]
    rows = [
        {
            "row_id": "派-17",
            "number": "DK202601-00007",
            "customer": "江城公交",
            "unit_name": "江南店",
            "category": "出租",
            "quantity": 12,
            "contact": "张联系",
            "phone": "013900001111",
            "province": "安徽省",
            "city": "芜湖市",
            "county": "鸠江区",
            "model": "客车",
            "expected": "2026-04",
            "method": "公开招标",
            "content": "三月招标",
            "dispatched_at": datetime(2026, 1, 5, 10, 30),
            "due_on": date(2026, 1, 7),
            "verdict": "有效",
            "expires_on": date(2026, 9, 30),
            "verified_quantity": 10,
            "person": "王政",
        },
        {"row_id": "派-18", "number": "DK202601-00008", "verdict": "无效", "reason": "查无此单位", "expires_on": None},
    ]
    form = accepted(
        write_form(spec, tmp_path / "反馈.xlsx", {"section": "S001", "answered_on": date(2026, 1, 6)}, rows, **TODAY)
    )
    assert form.header == {"section": "S001", "person": None, "answered_on": datetime(2026, 1, 6)}
    assert [row(form, 0), row(form, 1)] == [
        {
            "row": 6,
            "returned": False,
            "reason": None,
            "remark": None,
            **rows[0],
            "due_on": pd.Timestamp(2026, 1, 7),
            "expires_on": pd.Timestamp(2026, 9, 30),
        },
        {"row": 7, "returned": False, "remark": None, **dict.fromkeys(rows[0]), **rows[1]},
    ]
    assert form.findings == []


def test_money_goes_out_in_yuan_and_comes_back_in_fen(tmp_path):
    """Fen are exact in both directions, and what a formula left in the last binary digit does not matter."""
    spec = templates()["contract_register"]
    fen = [0, 1, 119_988, 123_456_789, 99_999_999_999]
    rows = [
        {
            "contract": f"HT-{n}",
            "number": "DK202603-00001",
            "customer": "江城公交",
            "unit": "D001",
            "model": "轿车",
            "quantity": 3,
            "picked_up": 0,
            "signed_on": date(2026, 3, 1),
            "amount": amount,
        }
        for n, amount in enumerate(fen)
    ]
    path = write_form(spec, tmp_path / "合同.xlsx", {"month": "2026-03"}, pd.DataFrame(rows), **TODAY)
    assert accepted(path).rows["amount"].tolist() == fen
    form = accepted(edit(path, lambda sheet: setattr(sheet["H6"], "value", 12 * 99.99)))
    assert (form.rows["amount"][0], said(form)) == (119_988, [])


text = st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\ufffe\uffff"), max_size=30)


@examples(100)
@given(st.lists(st.tuples(text, text), min_size=1, max_size=8))
def test_any_text_survives_writing_and_reading(tmp_path_factory, pairs):
    """No text becomes a number, a formula or another text on the way; outer spaces go at the check, not before."""
    spec = templates()["lead_record"]
    rows = [lead_by_key(customer=f"客{name}", remark=remark) for name, remark in pairs]
    path = write_form(spec, tmp_path_factory.mktemp("文") / T1.file, {"unit": "D001"}, rows, row_count=10, **TODAY)
    answer = read_file(path, specs())
    said = dict(zip([column.key for column in spec.columns], answer["columns"], strict=True))
    read = list(zip(said["customer"], said["remark"], strict=True))
    assert read == [(f"客{name}", remark if remark.strip() else None) for name, remark in pairs]


def lead_by_key(**other):
    """A complete row of T1 by column key."""
    return {
        "category": "企事业单位",
        "province": "安徽省",
        "city": "芜湖市",
        "contact": "张联系",
        "phone": "13900001111",
        "model": "轿车",
        "quantity": 12,
        **other,
    }
