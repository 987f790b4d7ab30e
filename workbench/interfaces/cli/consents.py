"""`workbench consent …`: consents of contact persons, recorded, taken back, listed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from workbench.app.output import print_json, print_table, say
from workbench.app.session import open_session
from workbench.interfaces.cli.copies import as_json, copy_password, print_copies
from workbench.interfaces.cli.customers import word_of
from workbench.interfaces.cli.params import Json
from workbench.interfaces.cli.params import out as out_option
from workbench.platform.reporting.registry import parse_date

Person = Annotated[str, typer.Argument(metavar="LEAD|FILE/ROW")]
Scopes = Annotated[str, typer.Option("--scope", metavar="SCOPES")]


def list_(json: Json = False) -> int:
    """List consents: whose, from where, on what ground, what it covers, how it stands."""
    from workbench.capabilities.privacy.consent_list import listed

    with open_session() as session:
        rows = listed(session)
    print_table(rows, json, "—")
    return 0


def record(
    person: Person,
    text: Annotated[str, typer.Option("--text", metavar="TITLE")],
    version: Annotated[str, typer.Option("--version", metavar="VERSION")],
    on: Annotated[str, typer.Option("--on", metavar="DATE")],
    evidence: Annotated[str, typer.Option("--evidence", metavar="DOCUMENT")],
    scope: Scopes,
    basis: Annotated[str, typer.Option("--basis", metavar="GROUND")] = "本人同意",
) -> int:
    """Record a consent: the text that was shown, its version, the day, the proof, the scope."""
    from workbench.capabilities.leads.consents import Basis, Scope
    from workbench.capabilities.privacy.consents import record

    scopes = [Scope(word_of(each, Scope)) for each in _parts(scope)]
    ground = Basis(word_of(basis, Basis))
    with open_session() as session:
        record(session, person, ground, scopes, title=text, version=version, given_on=_day(on), evidence=evidence)
    say("consent/recorded", person=person, scopes=scopes)
    return 0


def withdraw(
    person: Person,
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
    scope: Scopes = "保存、使用、披露",
    on: Annotated[str | None, typer.Option("--on", metavar="DATE")] = None,
    json: Json = False,
) -> int:
    """Record that a contact person took his consent back; names what was handed out before."""
    from workbench.capabilities.leads.consents import Scope
    from workbench.capabilities.privacy.consents import withdraw

    scopes = [Scope(word_of(each, Scope)) for each in _parts(scope)]
    with open_session() as session:
        done = withdraw(session, person, reason, scopes, None if on is None else _day(on))
    if json:
        print_json(done)
        return 0
    say("consent/withdrawn", person=person, scopes=done["scopes"])
    for sheet in done["dispatched"]:
        say("consent/dispatched", **sheet)
    for given in done["disclosed"]:
        say("consent/disclosed", **given)
    return 0


def file(person: Person, out: Annotated[Path, out_option()] = Path("本人查询"), json: Json = False) -> int:
    """On a contact's own request, write what the register holds of him, under a password."""
    from workbench.capabilities.privacy.own_file import hand_over

    with open_session() as session:
        item = hand_over(session, person, out, copy_password())
    if json:
        print_json(as_json(item))
    else:
        print_copies([item])
    return 0


def _day(text: str) -> date:
    return date.fromisoformat(parse_date(text))


def _parts(text: str) -> list[str]:
    return [part for part in text.replace(",", "、").replace("，", "、").split("、") if part.strip()]
