"""xlwings' library without Windows, as far as its contract goes, and the add-in's VBA that asks it for Python.

After xlwingsdll/xlwingsdll/config.cpp: a server for each different command; a start waits, on Excel's own thread, until the
server answers, its process has ended, or 1200 tenths of a second are over; ``$(CLSID)`` is a class of this Excel's own.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
import uuid
from pathlib import Path

from pyopenvba.apps.excel import ExcelApplication

from tests.support.source import ROOT
from workbench.interfaces.addin.computer import NAME

ADDIN = ROOT / "excel" / NAME
# what Windows would lend to the server: it answers by putting a file of its class's name into a folder
LENT = """
import os, sys, time
from pathlib import Path
import xlwings
def serve(clsid):
    Path(os.environ["ANSWERS"], clsid).touch()
    time.sleep(600)
xlwings.serve = serve
"""


def replaced(text: str, **bodies: str) -> str:
    """VBA with other bodies of these private procedures."""
    for name, body in bodies.items():
        text, count = re.subn(
            rf"(?ms)^(Private (Function|Sub) {name}\b[^\n]*\n).*?^(End \2)",
            lambda found, body=body: f"{found[1]}    {body}\n{found[3]}",
            text,
        )
        assert count == 1, name
    return text


class Library:
    """One Excel's copy of the library. ``answers``: an empty folder; ``lent``: what each Python runs before anything else."""

    def __init__(self, answers: Path, lent: str = LENT) -> None:
        self.answers, self.servers, self.classes = answers, {}, {}
        self.waited: list[float] = []
        (answers / "sitecustomize.py").write_text(lent, encoding="utf-8")

    def activate(self, command: str) -> bool:
        """As ``XLPyDLLActivateAuto``: whether a server answers this command; one that lives is not started again."""
        running = self.servers.get(command)
        if running is not None and running.poll() is None:
            return True
        name = self.classes.setdefault(command, uuid.uuid4().hex)
        (self.answers / name).unlink(missing_ok=True)
        path = os.pathsep.join([str(self.answers), str(ROOT)])
        began = time.monotonic()
        try:
            process = subprocess.Popen(
                shlex.split(command.replace("$(CLSID)", name)),
                env={**os.environ, "PYTHONPATH": path, "ANSWERS": str(self.answers)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            return False
        self.servers[command] = process
        try:
            for _ in range(1200):
                if (self.answers / name).exists():
                    return True
                if process.poll() is not None:
                    return False
                time.sleep(0.1)
            return False
        finally:
            self.waited.append(time.monotonic() - began)

    def close(self) -> None:
        """Excel ends: so do its servers."""
        for process in self.servers.values():
            process.kill()
            process.wait()


def asking(text: str, interpreter: str, answer: int = 0) -> ExcelApplication:
    """An Excel with the add-in's module ``DK_Functions``, in which the library says ``answer`` and prints the command.

    ``Ask`` asks for Python as a cell or a button does.
    """
    text = replaced(text.replace("\r\n", "\n"), Interpreter=f'Interpreter = "{interpreter}"', Exists="Exists = True")
    text = re.sub(r"(?ms)^#If Win64 Then\n.*?^#End If\n", 'Private Const LIBRARY As String = "x.dll"\n', text, count=1)
    text = re.sub(r"(?m)^Private Declare .*\n", "", text)
    text = text.replace("    AllowSetForegroundWindow -1\n", "")
    text += f"""
Private Function ActivateAuto(ByRef result As Variant, Optional ByVal config As String = "", Optional ByVal mode As Long = 1) As Long
    Debug.Print config
    result = "x"
    ActivateAuto = {answer}
End Function
Private Function LoadLibrary(ByVal path As String) As Long
    LoadLibrary = 1
End Function
Sub Ask()
    Dim found
    On Error GoTo failed
    found = XLPy
    Exit Sub
failed:
    Debug.Print Err.Description
End Sub
"""
    app = ExcelApplication.open(ADDIN, with_vba=False)
    app.add_module(text, name="DK_Functions")
    return app
