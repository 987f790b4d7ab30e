"""Where the options of every command come from."""

from __future__ import annotations

import pytest

from workbench.app.options import common, take_common


@pytest.mark.parametrize(("variable", "name"), [("WORKBENCH_USER", "user"), ("WORKBENCH_REGISTER", "register")])
def test_an_empty_variable_counts_as_not_given(variable, name, monkeypatch):
    """A shell that sets it to nothing says nothing; the option on the command line says it all the same."""
    monkeypatch.setenv(variable, "")
    assert take_common(["leads"]) == ["leads"] and getattr(common, name) is None
    take_common(["leads", f"--{name}", "方文员"])
    assert getattr(common, name) == "方文员"
    monkeypatch.delenv(variable)
    take_common([])
