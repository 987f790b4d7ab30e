"""A capability adds a command, a button and a function for cells from its own folder."""

from __future__ import annotations

import pytest

from tests.support import trial_interfaces as trial
from workbench.interfaces.addin import functions
from workbench.interfaces.addin.ribbon import callbacks, ribbon_xml
from workbench.interfaces.addin.wrappers import help_rows, vba_module
from workbench.interfaces.cli import main
from workbench.platform.capability import extended


@pytest.fixture
def on_trial():
    """The program with the trial capability."""
    with extended(trial.CAPABILITY):
        yield


def menu(capsys, *arguments: str) -> list[str]:
    """The lines of a help text."""
    assert main([*arguments, "--help"]) == 0
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_the_command_is_in_the_menu_at_its_weight(on_trial, capsys):
    """Between ``leads`` (80) and ``publish`` (90), with what its declaration says, in both languages."""
    names = [line.split()[0] for line in menu(capsys) if line]
    assert names[names.index("leads") : names.index("publish") + 1] == ["leads", "trial", "publish"]
    assert "trial             Commands on trial." in menu(capsys, "--lang", "en")


def test_the_command_runs(on_trial, capsys):
    """Its function is found by name and called with what typer made of the arguments."""
    assert main(["trial", "double", "21"]) == 0
    assert capsys.readouterr().out == "42\n"
    assert "double  加倍。" in menu(capsys, "trial")


def test_without_the_capability_there_is_no_command(capsys):
    """What is not declared is wrong use."""
    assert main(["trial", "double", "21"]) == 2


def test_the_button_is_in_the_ribbon(on_trial):
    """Ribbon and VBA are made from what is declared."""
    assert '<button id="trial" label="试行"' in ribbon_xml()
    assert "Public Sub Press_trial(control As IRibbonControl)" in callbacks()


def test_the_function_has_a_wrapper_and_can_be_called(on_trial):
    """Its VBA side and its help are generated, and xlwings finds it by name."""
    assert 'XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_TRIAL", Array(number)' in vba_module()
    assert help_rows()[-1] == ["DK_TRIAL", "大客户", "试行。加倍", "数：要加倍的数"]
    assert functions.DK_TRIAL([[2.0, "x"]]) == [[4.0, "#应为数字"]]


def test_without_the_capability_there_is_no_function():
    """A name nobody declares is no function."""
    with pytest.raises(AttributeError):
        functions.DK_TRIAL  # noqa: B018 - the look-up is the test
    assert "DK_TRIAL" not in vba_module()
