"""`workbench training …`: trainings and agreements, who is locked out, opening access in an emergency."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.app.output import print_json, print_rows, say, text_for
from workbench.app.session import open_session
from workbench.core.errors import WrongUse
from workbench.interfaces.cli.params import Json

if TYPE_CHECKING:
    from workbench.capabilities.training.partners import Partner
    from workbench.capabilities.training.standing import Standing


def list_(json: Json = False) -> int:
    """List every user's training and agreement with the last day, who is locked out, what was opened; exit code 1 while one is lapsed."""
    from workbench.capabilities.training.standing import list_standings

    with open_session() as session:
        found = list_standings(session)
    if json:
        print_json([_as_json(one) for one in found])
    elif not found:
        say("training/none")
    else:
        print_rows(
            ("user", "role", "needs", "state"), ((one.user, one.role, _needs(one), _state(one)) for one in found)
        )
    return int(any(one.lapsed for one in found))


def _as_json(one: Standing) -> dict[str, Any]:
    return {
        "user": one.user,
        "role": one.role,
        "needs": [{"kind": need.kind, "until": _day(need.until), "ever": need.ever} for need in one.needs],
        "stage": one.stage.value,
        "lapsed": one.lapsed,
        "locked": one.locked,
        "opened_until": one.opened_until and one.opened_until.isoformat(),
    }


def _day(day: date | None) -> str | None:
    return None if day in (None, date.max) else day.isoformat()


def _needs(one: Standing) -> str:
    forever = text_for("training/forever")
    said = [text_for("training/until", kind=need.kind, day=_day(need.until) or forever) for need in one.needs]
    return " ".join(said) or text_for("training/unasked")


def _state(one: Standing) -> str:
    if one.opened_until is not None and one.locked:
        return text_for("training/state_opened", until=one.opened_until)
    if one.lapsed:
        return text_for("training/state_locked" if one.locked else "training/state_spared")
    return text_for(f"training/state_{one.stage.name.lower()}")


def partners(json: Json = False) -> int:
    """List the agreements of dealers and other partners; exit code 1 while one is asked and lacking."""
    from workbench.capabilities.training.partners import list_partners

    with open_session() as session:
        found = list_partners(session)
    if json:
        print_json([_partner(one) for one in found])
    elif not found:
        say("training/no_partners")
    else:
        rows = []
        for one in found:
            until = "—" if one.until is None else _day(one.until) or text_for("training/forever")
            state = text_for("training/bound" if one.bound else "training/not_bound")
            rows.append((one.unit, one.name, until, state))
        print_rows(("unit", "name", "until", "state"), rows)
    return int(any(not one.bound for one in found))


def _partner(one: Partner) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "name": one.name,
        "agreement": one.until is not None,
        "until": _day(one.until),
        "bound": one.bound,
    }


def open_(
    user: Annotated[str, typer.Argument(metavar="USER")],
    until: Annotated[str, typer.Option("--until", metavar="DATE")],
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
) -> int:
    """Open access for a locked user in an emergency, until a day; needs a reason, and another person."""
    from workbench.capabilities.training.openings import open_access

    try:
        day = date.fromisoformat(until.strip())
    except ValueError:
        raise WrongUse("bad_date", text=until) from None
    with open_session() as session:
        open_access(session, user, day, reason)
    say("training/opened_for", account=user, until=day)
    return 0
