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
LEADS = (
    "import json, sys, workbench.capabilities.leads.listing; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
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
    ],
    ids=["help", "leads"],
)
def test_what_is_not_needed_is_not_loaded(script: str, unwanted: set[str]):
    """The list of commands needs no tables, the list of leads reads no workbook."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert "workbench" in loaded
    assert not unwanted & loaded
