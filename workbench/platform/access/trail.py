"""The audit trail for people: verify it, show who did what, give its head to be kept elsewhere (S1, S7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from workbench.core.errors import WrongUse
from workbench.core.messages import Bilingual, Message, text_in
from workbench.core.names import customer_key
from workbench.platform.access import persons
from workbench.platform.access.actions import recorded
from workbench.platform.access.session import Session
from workbench.platform.register import free_texts, remembered, stored_files
from workbench.platform.register.audit import FIRST_LINK, Breach
from workbench.platform.register.facts import tables

BACK_DATED = timedelta(days=1)


@dataclass(frozen=True)
class Anchor:
    """A head noted outside: entry, chain (or its beginning), where it stood, and whose it is where that was noted."""

    entry: int
    chain: str
    source: str
    register: str | None = None

    @property
    def head(self) -> str:
        """As it was noted: ``entry:chain``."""
        return f"{self.entry}:{self.chain}"


@dataclass(frozen=True)
class Proof:
    """What a verification found: number of entries, the newest head, breaches, each with a ``message``.

    ``anchors``: the heads compared. ``skipped``: where heads of other registers stood.
    """

    entries: int
    head: str
    anchors: tuple[str, ...]
    breaches: list[dict[str, Any]]
    skipped: tuple[str, ...] = ()


def verify(session: Session, anchors: Sequence[Anchor] = ()) -> Proof:
    """Recompute the whole trail, compare it with heads noted outside, and the files kept beside the register with it.

    Raises RegisterError ``not_allowed``, ``damaged``; WrongUse ``other_register`` where every head is another's.
    """
    session.require("audit")
    register = session.register
    mine = [anchor for anchor in anchors if anchor.register in (None, register.keys.register_id)]
    skipped = tuple(dict.fromkeys(anchor.source for anchor in anchors if anchor not in mine))
    if anchors and not mine:  # nothing would be compared: the register itself may have been exchanged
        raise WrongUse("other_register", names=skipped[:3])
    with register.snapshot():
        whole = persons.whole_breaches(register)
        if not any(breach.code == "schema" for breach in whole):
            whole += stored_files.breaches(register)
        found = [_as_json(breach) for breach in whole]
        rows = register.read("entry", ["entry", "chain"], where={"entry": [anchor.entry for anchor in mine]})
        head, entries = register.head(), register.count("entry")
    chains = {0: FIRST_LINK, **dict(zip(rows["entry"], rows["chain"], strict=True))}
    found += [breach for anchor in mine if (breach := _breach_of(anchor, chains))]
    return Proof(entries, head, tuple(dict.fromkeys(anchor.head for anchor in mine)), found, skipped)


def _as_json(breach: Breach) -> dict[str, Any]:
    values = {"entry": breach.entry, "table": breach.table}
    key = f"breach/{breach.code}"
    if breach.row is not None:
        key, values = f"{key}_row", values | {"row": breach.row}
    return {"code": breach.code, **values, "message": Message.of(key, **values)}


def missed_anchors(session: Session) -> list[Anchor]:
    """The head this machine saw of the register last, where its trail does not go through it."""
    path = session.register.path
    difference = remembered.difference(session.register)
    if difference is None or difference.code == "damaged_note" or (seen := remembered.recall(path)) is None:
        return []
    return [Anchor(seen.entry, seen.head.partition(":")[2], str(remembered.path_of(path)), seen.register)]


def _breach_of(anchor: Anchor, chains: dict[int, str]) -> dict[str, Any] | None:
    """The breach an anchor shows, None where the register holds it."""
    if anchor.entry in chains and str(chains[anchor.entry]).startswith(anchor.chain):
        return None
    key = "breach/other_history" if anchor.entry in chains else "breach/anchor"
    message = Message.of(key, entry=anchor.entry, source=anchor.source)
    return {"code": "anchor", "entry": anchor.entry, "table": None, "message": message}


def head(session: Session) -> dict[str, Any]:
    """The newest head with what it belongs to, to be kept outside: register, register_head, noted_at."""
    session.require("audit")
    return {
        "register": session.register.keys.register_id,
        "register_head": session.register.head(),
        "noted_at": session.now.isoformat(),
    }


def show(
    session: Session,
    *,
    by: str | None = None,
    action: str | None = None,
    lead: str | None = None,
    customer: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    lang: str = "zh",
) -> pd.DataFrame:
    """Entries in order: entry, at, recorded_at, user, action, word and summary (in ``lang``), back_dated, detail.

    ``lead``: a lead's number; ``customer``: a customer's name, all his leads; both: the leads that are both.
    ``action``: its name or its word. ``since`` and ``until`` compare the actual clock. Raises RegisterError
    ``not_allowed``, WrongUse ``unknown_action``, ``unknown_number``, ``unknown_customer``.
    """
    session.require("audit")
    with session.register.snapshot():
        table = session.register.read("entry", ["entry", "at", "recorded_at", "user", "action", "detail"])
        told = free_texts.told(session.register, table["entry"].tolist(), table["detail"].tolist())
        table["detail"] = pd.Series(told, index=table.index, dtype=object)
        touching = pd.Series(True, index=table.index)
        if lead is not None or customer is not None:
            touching = _entries_touching(session, table, _leads(session, lead, customer))
    words = {name: entry.words for name, entry in recorded().items()}
    called = {word for each in words.values() for word in (each.zh, each.en)}
    if action is not None and action not in {*words, *called, *table["action"]}:
        raise WrongUse(
            "unknown_action",
            action=action,
            items=[Bilingual(f"{name}（{word.zh}）", name) for name, word in words.items()],
        )
    meant = {name for name, word in words.items() if action in (name, word.zh, word.en)} | {action}
    table["word"] = table["action"].map(lambda name: getattr(words[name], lang) if name in words else name)
    if by is not None:
        touching &= table["user"].eq(by)
    if action is not None:
        touching &= table["action"].isin(meant)
    if since is not None:
        touching &= table["recorded_at"] >= since
    if until is not None:
        touching &= table["recorded_at"] <= until
    table = table[touching].reset_index(drop=True)
    pairs = list(zip(table["action"], table["detail"], strict=True))
    return table.assign(
        back_dated=(table["recorded_at"] - table["at"]).abs() > BACK_DATED,
        summary=[summary(action, detail, lang) for action, detail in pairs],
        detail=[_shown(action, detail) for action, detail in pairs],
    )


def summary(action: str, detail: dict[str, Any], lang: str = "zh") -> str:
    """An entry's detail in one line and in a language, of the parts its declaration names only."""
    known = recorded().get(action)
    text = text_in(known.in_one_line(detail), lang) if known else ""
    return "".join(character if character.isprintable() else " " for character in text)


def _shown(action: str, detail: dict[str, Any]) -> dict[str, Any]:
    """An entry's detail without what is withheld from the trail's readers."""
    known = recorded().get(action)
    withheld = {"roster", *(known.withheld if known else ())}
    return {key: value for key, value in detail.items() if key not in withheld}


def _leads(session: Session, number: str | None, customer: str | None) -> pd.DataFrame:
    """The leads meant, by their table: lead and number."""
    table, (lead, its_number, customers_key) = _subject()
    where: dict[str, Any] = {}
    if customer is not None:
        (key,) = session.register.names.known_customers([customer_key(pd.Series([customer], dtype=object)).iloc[0]])
        where[customers_key] = key
        if key is None or session.register.count(table, where) == 0:
            raise WrongUse("unknown_customer")
    if number is not None:
        if session.register.count(table, {its_number: number}) == 0:
            raise WrongUse("unknown_number", number=number)
        where[its_number] = number
    found = session.register.read(table, [lead, its_number], where=where).drop_duplicates()
    return found.set_axis(["lead", "number"], axis="columns")


def _subject() -> tuple[str, tuple[str, str, str]]:
    """The table that holds the leads, and its columns of a lead, its number and its customer's key."""
    return next((table.name, table.subject) for table in tables().values() if table.subject)


def tables_by_lead() -> list[str]:
    """The tables of the register whose rows name a lead, or its number, in a column called as in the leads' own table."""
    _, (lead, _, _) = _subject()
    return [table.name for table in tables().values() if lead in (table.by_lead, table.by_lead_number)]


def _entries_touching(session: Session, table: pd.DataFrame, leads: pd.DataFrame) -> pd.Series:
    """Whether each entry wrote a row of these leads, or opened their personal data."""
    entries: set[int] = set()
    _, (column, _, _) = _subject()
    for name in tables_by_lead():
        by_number = tables()[name].by_lead_number
        rows = session.register.read(name, ["entry"], where={column: leads["number" if by_number else "lead"].tolist()})
        entries |= set(rows["entry"])
    opened = table["detail"].map(lambda detail: detail.get("number") in set(leads["number"]))
    return table["entry"].isin(entries) | opened
