"""What a report's process loads before it begins."""

from __future__ import annotations

import subprocess
import sys

STARTED = """
import sys
import workbench.platform.reporting
import nbformat, papermill
nbformat.validate(nbformat.v4.new_notebook())
print("lark" in sys.modules, "jsonschema" in sys.modules)
"""


def test_no_grammar_of_addresses_is_compiled():
    """It takes longer than all the rest of the start, and no notebook holds such an address."""
    got = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=True)
    assert got.stdout.split() == ["False", "True"]
