"""The VBA of the functions, made by xlwings' own generator, and the help Excel shows."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from workbench.interfaces.addin.cell_errors import CELL_ERRORS
from workbench.interfaces.addin.cell_functions import HELP_LONGEST
from workbench.interfaces.addin.functions import FUNCTIONS
from workbench.interfaces.addin.wrappers import MODULE, help_rows, vba_module

pytestmark = pytest.mark.usefixtures("addin_process")
RESERVED = {
    "and",
    "as",
    "boolean",
    "byref",
    "byte",
    "byval",
    "call",
    "case",
    "const",
    "currency",
    "date",
    "declare",
    "dim",
    "do",
    "double",
    "each",
    "else",
    "end",
    "enum",
    "erase",
    "error",
    "event",
    "exit",
    "false",
    "for",
    "friend",
    "function",
    "get",
    "global",
    "goto",
    "if",
    "implements",
    "in",
    "input",
    "integer",
    "is",
    "let",
    "like",
    "lock",
    "long",
    "loop",
    "lset",
    "me",
    "mod",
    "name",
    "new",
    "next",
    "not",
    "nothing",
    "null",
    "on",
    "open",
    "optional",
    "or",
    "paramarray",
    "preserve",
    "print",
    "private",
    "property",
    "public",
    "put",
    "redim",
    "rem",
    "resume",
    "return",
    "rset",
    "select",
    "set",
    "single",
    "static",
    "stop",
    "string",
    "sub",
    "then",
    "to",
    "true",
    "type",
    "until",
    "variant",
    "wend",
    "while",
    "with",
    "write",
    "xor",
}


@pytest.fixture(scope="module")
def vba() -> str:
    """The generated module."""
    return vba_module()


def test_every_function_has_its_wrapper(vba):
    """With its arguments in order, optional ones last, called by name in our module for the workbook it stands in."""
    found = dict(re.findall(r"^Function (DK_\w+)\((.*)\)$", vba, flags=re.MULTILINE))
    assert set(found) == {function.name for function in FUNCTIONS}
    for function in FUNCTIONS:
        wanted = [("Optional " if each.optional else "") + each.name for each in function.arguments]
        assert found[function.name] == ", ".join(wanted)
        names = ", ".join(each.name for each in function.arguments)
        book = "Application.Caller.Parent.Parent"
        call = f'XLPy.CallUDF("{MODULE}", "{function.name}", Array({names}), {book}, Application.Caller)'
        assert call in vba.replace(" _\n", "")


def test_it_is_plain_ascii_and_uses_no_word_of_the_language(vba):
    """VBA is stored in a code page; its keywords cannot be arguments."""
    assert vba.isascii()
    names = {each.name for function in FUNCTIONS for each in function.arguments}
    assert [name for name in names if name.lower() in RESERVED or not re.fullmatch(r"[a-z][a-z_]*", name)] == []
    assert max(map(len, vba.splitlines())) < 1024


def test_it_is_the_same_every_time_and_in_a_process_of_its_own(vba):
    """Without anything of Windows in the process, before or after."""
    code = (
        "import sys; from workbench.interfaces.addin.wrappers import vba_module; sys.stdout.write(vba_module());"
        "assert not {'pythoncom', 'win32com'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == vba


def test_help_is_chinese_and_fits():
    """One row per function: description, then each argument, none longer than Excel takes."""
    rows = help_rows()
    assert [row[0] for row in rows] == [function.name for function in FUNCTIONS]
    for row, function in zip(rows, FUNCTIONS, strict=True):
        assert len(row) == 3 + len(function.arguments)
        assert all(0 < len(text) <= HELP_LONGEST for text in row)
        assert all(re.search(r"[\u4e00-\u9fff]", text) for text in row[1:])
        assert function.example.startswith(f"={function.name}(")
        assert not function.example.isspace()


def test_texts_in_cells_are_short_and_all_different():
    """A person can tell the causes apart by the text alone."""
    shown = [text.shown for text in CELL_ERRORS.values()]
    assert len(set(shown)) == len(shown)
    assert all(text.startswith("#") and len(text) <= 20 for text in shown)
    assert all(text.when for text in CELL_ERRORS.values())
