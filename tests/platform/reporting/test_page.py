"""The pieces of a page: escaped values, cells by the look of their column, pieces in pieces once."""

from __future__ import annotations

from fractions import Fraction

import nbformat
import pandas as pd
import pytest

from workbench.platform.reporting import page
from workbench.platform.reporting.parts import Column, Figure

COLUMNS = (
    Column("name", "名称", total="合计"),
    Column("yuan", "金额", style="yuan", total="sum"),
    Column("rate", "比率", style="rate", total=("part", "whole")),
    Column("absent", "没有的列"),
)
FRAME = pd.DataFrame(
    {
        "name": ["<b>'甲'</b>", '"乙"'],
        "yuan": [1200, -300],
        "rate": [Fraction(1, 3), None],
        "part": [1, 0],
        "whole": [3, 1],
    }
)


def test_a_table_shows_values_and_never_their_markup():
    """Rows, look of cells, total row; columns the frame lacks are left out."""
    assert page.table(FRAME, COLUMNS) == (
        '<div class="scroll"><table><thead><tr><th>名称</th><th>金额</th><th>比率</th></tr></thead><tbody>'
        '<tr><td class="">&lt;b&gt;&#x27;甲&#x27;&lt;/b&gt;</td><td class="n">1,200</td><td class="n">33.3%</td></tr>'
        '<tr><td class="">&quot;乙&quot;</td><td class="n minus">-300</td><td class="n">—</td></tr>'
        '<tr class="total"><td>合计</td><td class="n">900</td><td class="n">25.0%</td></tr></tbody></table></div>'
    )


def test_a_long_table_says_how_much_it_leaves_out():
    """And an empty one that it is empty."""
    assert page.table(FRAME, COLUMNS, most=1).endswith('<p class="none">另有 1 行，见工作簿。</p>')
    assert page.table(FRAME.iloc[:0], COLUMNS, empty="没有<行>") == '<p class="none">没有&lt;行&gt;</p>'


def test_cells_that_lead_on_are_buttons():
    """With the row's position and the column."""
    shown = page.table(FRAME, COLUMNS[:2], total=False, leads_on=lambda place, key: (place, key) == (1, "yuan"))
    assert '<td class="n minus"><button data-to="1:yuan">-300</button></td>' in shown
    assert shown.count("<button") == 1


def test_cards_and_notes_are_escaped():
    """Labels, values and small print."""
    assert page.cards([Figure("a<", "b>", "text", "c&")]) == (
        '<div class="cards"><div class="card"><span>a&lt;</span><b>b&gt;</b><span>c&amp;</span></div></div>'
    )
    assert page.notes(["<i>"]) == '<ul class="notes"><li>&lt;i&gt;</li></ul>'


def test_a_run_becomes_a_page_of_prose_and_outputs_without_code():
    """Html pieces stand as they are, other outputs as text; a mark lies across."""
    code = nbformat.v4.new_code_cell("secret_code()")
    code.outputs = [
        nbformat.v4.new_output("display_data", {"text/html": "<p>片段</p>"}),
        nbformat.v4.new_output("execute_result", {"text/plain": "<1>"}),
        nbformat.v4.new_output("stream", name="stdout", text="printed"),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("## 标题"), code])
    made = page.render(notebook, "制度<版本>", "报告", "2026年", "非正式")
    start = made.index('<div class="mark"')
    assert made[start:] == (
        '<div class="mark" aria-hidden="true">非正式</div><main><header><h1>报告　非正式</h1>'
        "<p>2026年　制度&lt;版本&gt;</p></header><h2>标题</h2>\n<p>片段</p><pre>&lt;1&gt;</pre>"
        "<footer>制度&lt;版本&gt;</footer></main></body></html>\n"
    )


@pytest.mark.parametrize("file", ["look.css", "content.css", "report.css.jinja"])
def test_styles_close_what_they_open(file):
    """A brace left open would undo the style of everything behind it."""
    from workbench.platform.reporting.html import templates

    style = templates().get_template(file).render()
    assert style.count("{") == style.count("}")
