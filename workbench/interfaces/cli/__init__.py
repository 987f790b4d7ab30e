"""The command line: thin commands over the application. Exit codes: 0, 1 findings, 2 refused, 3 fault."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from workbench.app.options import LANGUAGES, common, take_common
from workbench.app.output import for_people, say_error
from workbench.core.errors import WorkbenchError, WrongUse


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Console entry point ``workbench``."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # pythonw has neither: nobody is there to read
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - until the process ends
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them costs a start, and none is wanted
    with for_people():
        return _run(sys.argv[1:] if argv is None else argv)


def _run(argv: Sequence[str]) -> int:
    import typer
    from typer.exceptions import TyperException

    from workbench.interfaces.cli.menu import localise, program
    from workbench.interfaces.cli.usage import say_usage

    arguments = take_common(list(argv))
    try:
        if (lang := common.lang) not in LANGUAGES:
            common.lang = LANGUAGES[0]
            raise WrongUse("unknown_language", lang=lang)
        return program().main(arguments, prog_name="workbench", standalone_mode=False) or 0
    except TyperException as error:  # wrong options and the like
        if context := getattr(error, "ctx", None):
            localise(context.command)
        say_usage(error)
        return error.exit_code
    except typer.Exit as done:
        return done.exit_code
    except (typer.Abort, KeyboardInterrupt):
        say_error("interrupted")
        return 130
    except WorkbenchError as error:
        from workbench.app.faults import report_refusal

        report_refusal(error)
        return 2
    except Exception as fault:  # noqa: BLE001 - the one place where a fault of ours ends: named, without values of the data
        from workbench.app.faults import is_full_disk, report_fault, report_refusal

        if is_full_disk(fault):
            report_refusal(WorkbenchError("disk_full/files"))
            return 2
        return report_fault(fault)
