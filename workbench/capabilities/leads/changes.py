"""Changes of leads that a person asked for or decided on (T20), as the rules look at them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from workbench.capabilities.leads.status import Verification
from workbench.core.frames import places_of, spread
from workbench.platform.register.facts import Facts, Read, frame
from workbench.platform.register.store import Register


class Matter(StrEnum):
    """What T20 asks for."""

    WITHDRAW = "撤回"
    PROLONG = "延长到期日期"
    ANOTHER_PURCHASE = "另一次采购"
    HAND_OVER = "转交其他科室"
    NEW_REPORTER = "更改提报单位"
    NOT_THE_SAME = "取消重复认定"
    THE_SAME = "认定重复"
    SPLIT = "合同拆分"


AGREED, DECLINED = "同意", "不同意"
ASKED = ["number", "lead", "matter", "value", "unit", "reason", "at_once", "at"]
EFFECTIVE = ["number", "lead", "matter", "value", "unit", "reason", "at"]
SAME = ["lead", "matter", "value", "unit"]


def effective(facts: Facts) -> pd.DataFrame:
    """Changes that have taken effect, in the order in which they did: columns EFFECTIVE.

    ``at``: the receipt of a request that needs no decision, else the decision in its favour; ``reason`` likewise.
    """
    asked = facts.changes
    if asked.empty:
        return asked.reindex(columns=EFFECTIVE)
    granted = facts.change_decisions
    granted = granted[granted["verdict"] == AGREED].drop_duplicates("number", keep="last").set_index("number")
    decided = asked["number"].isin(granted.index)
    found = asked[decided | asked["at_once"]].copy()
    for column in ("at", "reason"):
        decided_on = granted[column].reindex(found["number"]).to_numpy()
        found[column] = found[column].where(found["at_once"], decided_on)
    return found[EFFECTIVE].sort_values("at", kind="stable", ignore_index=True)


def with_consent(asked: pd.DataFrame, read: Read) -> pd.DataFrame:
    """The requests, where a withdrawal took effect at once although the lead was a project by then: it takes the section's
    consent (D35), for the answer that made it one was received before and brought in later (D4).
    """
    mine = asked[asked["at_once"].astype(bool) & asked["matter"].eq(Matter.WITHDRAW)]
    if mine.empty:
        return asked
    answers = read("feedback", ["lead", "verdict", "expires_on", "at", "document"])
    answers = answers[answers["lead"].isin(mine["lead"]) & answers["verdict"].ne(Verification.NOT_OURS)]
    pairs = mine.reset_index()[["index", "lead", "at", "document"]].merge(answers, on="lead", suffixes=("", "_said"))
    pairs = pairs[pairs["at_said"] <= pairs["at"]].sort_values("at_said", kind="stable")
    last = pairs.drop_duplicates("index", keep="last")
    project = last["verdict"].eq(Verification.VALID) & last["expires_on"].notna()
    late = last.loc[project & (last["document_said"] > last["document"]), "index"]
    return asked.assign(at_once=asked["at_once"].astype(bool) & ~asked.index.isin(late))


def as_they_stand(asked: pd.DataFrame, read: Read) -> pd.DataFrame:
    """Requests as rules look at them: ``with_consent``, each ``asked_once``."""
    return asked_once(with_consent(asked, read), read)


def asked_once(asked: pd.DataFrame, read: Read) -> pd.DataFrame:
    """The requests without those that ask again for what waited for its decision when they were received.

    They are kept in the register because the one before them may be taken back, or come in late (D4). What was asked
    several times is called by the number that was decided on, else by the one that was given first.
    """
    decided = _decided(read)
    again = _repeats(asked, decided)
    called: dict[Any, str] = {}
    for first in set(again.values()):
        numbers = asked.loc[sorted([first, *(place for place in again if again[place] == first)]), "number"]
        called[first] = next((number for number in numbers if number in decided.index), numbers.iloc[0])
    named = [called.get(place, number) for place, number in asked["number"].items()]
    return asked.assign(number=named).drop(index=list(again)) if again else asked


def _decided(read: Read) -> pd.Series:
    """When each number was decided on."""
    return read("change_decision", ["number", "at"]).drop_duplicates("number").set_index("number")["at"]


def _repeats(asked: pd.DataFrame, decided: pd.Series) -> dict[Any, Any]:
    """The requests that ask again for what waits for its decision, each with the one that asked first (by the index)."""
    waiting = asked[~asked["at_once"].astype(bool)]
    keys = waiting[SAME].fillna("")
    waiting = waiting[keys.duplicated(keep=False)]
    again: dict[Any, Any] = {}
    for _, own in waiting.groupby([keys.loc[waiting.index, name] for name in SAME], sort=False):
        first, ended = None, None
        for place, at, number in own.sort_values("at", kind="stable")[["at", "number"]].itertuples(name=None):
            verdict = decided.get(number)
            if first is None or (ended is not None and (ended <= at or verdict is not None)):
                first, ended = place, verdict
            else:
                again[place], ended = first, ended if verdict is None else verdict
    return again


def asked_by(register: Register, number: str) -> list[int]:
    """The entries that brought in a request, or asked for the same while it waited, before it was decided on."""
    asked = with_consent(register.read("lead_change", [*ASKED, "document", "entry"], every=True), register.read)
    again = _repeats(asked, _decided(register.read))
    first = {again.get(place, place) for place in asked.index[asked["number"] == number]}
    places = [place for place in asked.index if again.get(place, place) in first or asked.at[place, "number"] == number]
    entries = asked.loc[places, "entry"].tolist()
    decision = register.minimum("change_decision", "entry", {"number": number})
    return entries if decision is None else [entry for entry in entries if entry < decision]


def requests(register: Register, number: str | None = None) -> pd.DataFrame:
    """The requests of a register in the order they came in: columns ASKED, document and entry; one by its number, or all."""
    found = as_they_stand(register.read("lead_change", [*ASKED, "document", "entry"]), register.read)
    return found if number is None else found[found["number"] == number]


def next_number(register: Register, at: datetime) -> str:
    """The number of a new request: its month and its place among all that ever came, those taken back included."""
    return request_number(at, numbers_given(register) + 1)


def numbers_given(register: Register) -> int:
    """How many requests ever came, those taken back included."""
    return len(register.read("lead_change", ["number"], every=True))


def request_number(at: datetime, place: int) -> str:
    """The number of a request by its month and place."""
    return f"BG{at:%Y%m}-{place:04d}"


def withdrawn_at(changes: pd.DataFrame, index: pd.Index) -> np.ndarray:
    """D35: since when each lead of ``index`` is withdrawn (NaT: it is not)."""
    first = changes[changes["matter"] == Matter.WITHDRAW].drop_duplicates("lead")
    return spread(first["at"].astype("datetime64[us]"), places_of(first["lead"].astype("int64"), index), len(index))


def _said_valid(feedback: pd.DataFrame, lead: int, at: pd.Timestamp) -> bool:
    own = feedback[(feedback["lead"] == lead) & (feedback["at"] <= at)].sort_values("at", kind="stable")
    return bool(len(own)) and own["verdict"].iloc[-1] == Verification.VALID


def prolonged(feedback: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """D32: the sections' answers and, after them, each prolonging as an answer that names the later day.

    One of a lead that no answer standing then says is valid (its file was taken back) prolongs nothing.
    """
    longer = changes[changes["matter"] == Matter.PROLONG]
    longer = longer[[_said_valid(feedback, *asked) for asked in zip(longer["lead"], longer["at"], strict=True)]]
    if longer.empty:
        return feedback
    rows = [
        {
            "lead": row.lead,
            "section": row.unit,
            "at": row.at,
            "verdict": Verification.VALID.value,
            "expires_on": pd.Timestamp(row.value),
            "row": 0,
        }
        for row in longer.itertuples()
    ]
    return pd.concat([feedback, frame("feedback", rows)], ignore_index=True)
