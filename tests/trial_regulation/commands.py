"""`workbench test-drives …`."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app.session import open_session

Number = Annotated[str, typer.Argument(metavar="NUMBER")]
Verdict = Annotated[str, typer.Argument(metavar="VERDICT")]
Reason = Annotated[str, typer.Option("--reason", metavar="REASON")]


def strike(number: Number, reason: Reason) -> int:
    """Ask to strike a test drive."""
    from tests.trial_regulation.striking import strike

    with open_session() as session:
        strike(session, number, reason)
    print(f"{number}：已申请作废")
    return 0


def decide(number: Number, verdict: Verdict, reason: Reason) -> int:
    """Decide a request to strike a test drive."""
    from tests.trial_regulation import STRIKING
    from workbench.platform.workflow import procedure

    with open_session() as session:
        procedure.decide(session, STRIKING, number, verdict, session.now, reason)
    print(f"{number}：{verdict}")
    return 0
