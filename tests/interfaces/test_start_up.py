"""What a command loads before it begins: nothing it does not need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HELP = """
import json, sys
from workbench.interfaces.cli import main
try:
    main(["--help"])
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
LOADED = "import json, sys, {modules}; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
LEADS = LOADED.format(modules="workbench.capabilities.leads.listing")
DUE = LOADED.format(modules="workbench.app.due, workbench.capabilities.settlement.approval")
ADDIN = LOADED.format(
    modules="workbench.interfaces.addin.callbacks, workbench.interfaces.addin.functions, workbench.interfaces.addin.server"
)


@pytest.mark.parametrize(
    ("script", "unwanted"),
    [
        (
            HELP,
            {
                "numpy",
                "pandas",
                "papermill",
                "openpyxl",
                "xlsxwriter",
                "pydantic",
                "sqlcipher3",
                "workbench.platform.register.store",
            },
        ),
        (LEADS, {"papermill", "openpyxl", "xlsxwriter", "pypinyin", "zxcvbn", "workbench.platform.forms.read"}),
        (DUE, {"papermill", "openpyxl", "xlsxwriter", "keyring"}),
        (
            ADDIN,
            {"numpy", "pandas", "papermill", "openpyxl", "xlsxwriter", "pydantic", "workbench.platform.register.store"},
        ),
    ],
    ids=["help", "leads", "due", "addin"],
)
def test_what_is_not_needed_is_not_loaded(script: str, unwanted: set[str]):
    """The list of commands needs no tables, the list of leads reads no workbook."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert "workbench" in loaded
    assert not unwanted & loaded


def test_texts_are_read_when_one_is_shown():
    """The catalogues are read for the first text that is asked for, not as modules are loaded."""
    script = (
        "from workbench.core import messages\n"
        "def refuse(path): raise AssertionError(path)\n"
        "messages.read = refuse\n"
        "import workbench.app.due, workbench.capabilities.settlement.approval, workbench.platform.forms.check\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_text_reads_the_catalogue_that_holds_it():
    """The others, which cost a command a tenth of its time, are left alone."""
    script = (
        "import json, sys\n"
        "from workbench.core import messages\n"
        "real, seen = messages.read, []\n"
        "messages.read = lambda path: seen.append(path.parent.name) or real(path)\n"
        "messages.Message('backup_overdue', {'days': 3}).text(), messages.Message('backup_overdue', {'days': 4}).text('en')\n"
        "json.dump(seen, sys.stdout)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["access"]


def test_what_excel_works_with_is_loaded_beside_it():
    """The add-in's libraries come while Excel goes on; a call that comes earlier waits for them, and they are not hidden."""
    script = LOADED.replace("{modules}", "workbench.interfaces.addin.excel_library as library").replace(
        "; print", "; library.load_beside(); library.load_beside(); library.loaded(); library.loaded(); print"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {"pandas", "numpy", "workbench.capabilities.settlement.lookup"} <= set(json.loads(done.stderr))
