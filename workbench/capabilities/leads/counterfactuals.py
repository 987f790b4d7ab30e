"""What would have had to be different for a lead: each claim is tried on changed facts before it is made (5.1–5.6, 6.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.projects import days_needed
from workbench.capabilities.leads.status import Review, Status, Verification
from workbench.capabilities.leads.terms import answers_of
from workbench.capabilities.leads.versions import RETURNS
from workbench.core.frames import by_time
from workbench.core.messages import Bilingual, Message
from workbench.core.periods import end_of_day
from workbench.platform.explanation.steps import Counterfactual, day_text
from workbench.platform.register.facts import TIME, Facts, frame
from workbench.platform.regulation.edition import Policy

PLACE = ["province", "city"]
SECOND = timedelta(seconds=1)
UNNAMED = Message("lead/unnamed")


def spaced(number: str) -> Bilingual:
    """A number within a Chinese sentence, set off by spaces."""
    return Bilingual(f" {number} ", number)


@dataclass(frozen=True)
class _Claim:
    """A sentence to be tried: it holds where ``flips`` says so of the lead after ``change`` and not after ``less``.

    ``unnamed``: the keys of ``change`` that would tell of another lead.
    """

    text: Message
    change: dict[str, Any]
    less: dict[str, Any] | None
    flips: Callable[[pd.Series], bool]
    unnamed: tuple[str, ...] = ()


def neighbourhood(facts: Facts, lead: int) -> Facts:
    """The facts of all leads in the lead's province and city, of any category (D2): no other lead can decide about it."""
    newest = facts.leads.sort_values("version", kind="stable").drop_duplicates("lead", keep="last").set_index("lead")
    own = newest.loc[lead, PLACE]
    near = newest.index[(newest[PLACE].eq(own) | (newest[PLACE].isna() & own.isna())).all(axis=1)]
    cut = {name: getattr(facts, name) for name in ("leads", "dispatches", "feedback", "applications", "contracts")}
    cut = {name: table[table["lead"].isin(near)].reset_index(drop=True) for name, table in cut.items()}
    links = facts.links[facts.links["a"].isin(near) & facts.links["b"].isin(near)].reset_index(drop=True)
    reviews = facts.reviews[facts.reviews["lead"].isin(near)].reset_index(drop=True)
    return facts.replace(links=links, reviews=reviews, **cut)


def lead_counterfactuals(
    facts: Facts, states: pd.DataFrame, lead: int, as_of: datetime, policy: Policy, seen: Collection[int] | None = None
) -> tuple[Counterfactual, ...]:
    """The smallest changes that would have given the lead another verdict, each tried by deriving it anew.

    ``facts`` as known at ``as_of``, ``states`` derived from them. Where a change is a number, one unit less was
    tried too and does not do. A lead that is not among ``seen`` (None: all are) is not named.
    """
    near = neighbourhood(facts, lead)
    state = states.loc[lead]
    found = []
    for claim in _claims(near, states, state, lead, as_of, policy, seen):
        then = derive(changed(near, lead, claim.change), as_of, policy).loc[lead]
        if not claim.flips(then):
            continue
        if claim.less and claim.flips(derive(changed(near, lead, claim.less), as_of, policy).loc[lead]):
            continue
        outcome = {"status": then["status"], "clause": then["clause"], "counts_in": then["counts_in"]}
        text = Message.of(
            "if_lead/outcome_counted" if then["counts_in"] else "if_lead/outcome",
            condition=claim.text,
            status=then["status"],
            clause=Message.of("lead/by_clause", clause=then["clause"]) if then["clause"] else "",
            month=then["counts_in"],
        )
        change = {key: value for key, value in claim.change.items() if key not in claim.unnamed}
        found.append(Counterfactual(text, {**change, "number": state["number"]}, outcome))
    return tuple(found)


def _claims(
    near: Facts,
    states: pd.DataFrame,
    state: pd.Series,
    lead: int,
    as_of: datetime,
    policy: Policy,
    seen: Collection[int] | None,
) -> Iterator[_Claim]:
    clause, status = state["clause"], state["status"]
    enough: dict[str, Any]
    less: dict[str, Any]
    if clause == "5.4":
        minimum = policy.value("minimum_quantity", state["received_at"])
        text = Message.of("if_lead/quantity", more=minimum - state["quantity"], total=minimum)
        enough, less = ({"kind": "quantity", "to": size} for size in (minimum, minimum - 1))
        yield _Claim(text, enough, less, lambda then: then["clause"] != "5.4")
    elif clause in ("5.6", "2"):
        limit = policy.value("taxi_level_limit", state["received_at"])
        text = Message.of("if_lead/level", level=limit)
        yield _Claim(text, {"kind": "level", "to": limit}, None, lambda then: then["clause"] != clause)
    change: dict[str, Any]
    if status == Status.HELD and pd.isna(state["held_by"]):
        change = {"kind": "review", "of": None, "verdict": Review.ADMITTED.value, "at": as_of.isoformat()}
        text = Message.of("if_lead/admitted", verdict=Review.ADMITTED.value)
        yield _Claim(text, change, None, lambda then: then["clause"] != clause)
    elif status == Status.DUPLICATE:
        first = int(state["duplicate_of"])
        yield from _after_another(states.loc[first], as_of, hidden=seen is not None and first not in seen)
    elif status == Status.HELD:
        other = int(state["held_by"])
        change = {"kind": "review", "of": other, "verdict": Review.DIFFERENT.value, "at": as_of.isoformat()}
        hidden = seen is not None and other not in seen
        name = UNNAMED if hidden else spaced(states.at[other, "number"])
        yield _Claim(
            Message.of("if_lead/different", other=name, verdict=Review.DIFFERENT.value),
            change,
            None,
            lambda then: then["status"] != Status.HELD or then["held_by"] != other,
            ("of",) if hidden else (),
        )
    elif state["excluded"] == "5.5":
        yield from _too_late(near, state, lead, policy)
    elif status in (Status.WAITING, Status.VALID) or clause == "6.3":
        until = as_of.date().isoformat()
        dated = {Status.WAITING: "if_lead/answered", Status.VALID: "if_lead/dated"}.get(status, "if_lead/found_valid")
        change = {"kind": "answer", "expires_on": until, "at": as_of.isoformat()}
        yield _Claim(Message(dated), change, None, lambda then: then["project"] is not None)
    elif status == Status.EXPIRED:
        last = state["expires_on"]
        text = Message.of("if_lead/signed", day=day_text(last))
        enough, less = (
            {"kind": "contract", "signed_on": f"{day:%Y-%m-%d}", "at": as_of.isoformat()}
            for day in (last, last + timedelta(days=1))
        )
        yield _Claim(text, enough, less, lambda then: then["status"] != Status.EXPIRED)


def _after_another(first: pd.Series, as_of: datetime, *, hidden: bool) -> Iterator[_Claim]:
    """5.1: to have been there before the first report, or after it had run out; of a hidden one only its receipt is named."""

    def free(then: pd.Series) -> bool:
        return then["status"] != Status.DUPLICATE

    ranked = first["received_at"].to_pydatetime()
    name = UNNAMED if hidden else Bilingual(f" {first['number']}", first["number"])
    text = Message.of("if_lead/before", at=day_text(ranked), other=name)
    before, after = ({"kind": "received", "at": at.isoformat()} for at in (ranked - SECOND, ranked + SECOND))
    yield _Claim(text, before, after, free)
    if not hidden and pd.notna(first["expires_on"]) and first["expires_on"] + timedelta(days=1) <= as_of:
        over = first["expires_on"].to_pydatetime()
        text = Message.of("if_lead/after", number=first["number"], day=day_text(over))
        later, earlier = (
            {"kind": "received", "at": at.isoformat()}
            for at in (over + timedelta(days=1), end_of_day(over).replace(microsecond=0))
        )
        yield _Claim(text, later, earlier, free)


def _too_late(near: Facts, state: pd.Series, lead: int, policy: Policy) -> Iterator[_Claim]:
    """5.5: to have reported some days earlier, or applied some days later."""

    def counts(then: pd.Series) -> bool:
        return then["excluded"] is None and then["counts_in"] is not None

    applied = state["applied_at"].to_pydatetime()
    received_at, applied_at = (pd.Series([at]).astype(TIME) for at in (state["received_at"], applied))
    needed = int(days_needed(received_at, applied_at, policy)[0])
    days = needed - (applied.date() - state["received_at"].date()).days
    enough, less = ({"kind": "earlier", "days": number} for number in (days, days - 1))
    latest = applied.date() - timedelta(days=needed)
    yield _Claim(Message.of("if_lead/earlier", days=days, latest=latest), enough, less, counts)
    later = state["received_at"].date() + timedelta(days=needed)
    enough, less = ({"kind": "applied", "not_before": day.isoformat()} for day in (later, later - timedelta(days=1)))
    yield _Claim(Message.of("if_lead/applied_later", day=later), enough, less, counts)


def changed(facts: Facts, lead: int, change: dict[str, Any]) -> Facts:
    """The facts with one thing about a lead changed, as ``change`` says."""
    own = facts.leads["lead"] == lead
    kind = change["kind"]
    if kind in ("quantity", "level"):
        return facts.replace(leads=facts.leads.assign(**{kind: facts.leads[kind].mask(own, change["to"])}))
    if kind == "received":
        at = pd.Timestamp(change["at"]).as_unit("us")
        times = {name: facts.leads[name].mask(own, at) for name in ("filed_at", "received_at", "ranked_at")}
        never = {name: facts.leads[name].mask(own) for name in RETURNS}
        return facts.replace(leads=facts.leads.assign(**times, **never))
    if kind == "earlier":
        names = ("filed_at", "received_at", "ranked_at", *RETURNS)
        times = {
            name: facts.leads[name].mask(own, facts.leads[name] - timedelta(days=change["days"])) for name in names
        }
        return facts.replace(leads=facts.leads.assign(**times))
    if kind == "applied":
        table, day = facts.applications, pd.Timestamp(change["not_before"]).as_unit("us")
        early = (table["lead"] == lead) & (table["at"] < day)
        return facts.replace(applications=table.assign(at=table["at"].mask(early, day)))
    if kind == "review":
        row = {"lead": lead, "other": change["of"], "verdict": change["verdict"], "at": change["at"], "by": ""}
        return facts.replace(reviews=_with(facts, "reviews", row))
    if kind == "contract":
        row = {
            "month": change["at"][:7],
            "contract": "—",
            "lead": lead,
            "unit": "",
            "quantity": 1,
            "picked_up": 0,
            "signed_on": change["signed_on"],
            "at": change["at"],
            "file": "—",
            "row": 0,
        }
        return facts.replace(contracts=_with(facts, "contracts", row))
    return facts.replace(feedback=_answered(facts, lead, change))


def _with(facts: Facts, table: str, row: dict[str, Any]) -> pd.DataFrame:
    """A table with one row more."""
    return pd.concat([getattr(facts, table), frame(table, [row])], ignore_index=True)


def _answered(facts: Facts, lead: int, change: dict[str, Any]) -> pd.DataFrame:
    """The last answer as 有效 with an expiry date; a new one where nothing was answered."""
    table = facts.feedback
    own = by_time(answers_of(table[table["lead"] == lead]), ["lead"])
    if own.empty:
        row = {
            "lead": lead,
            "section": "",
            "at": change["at"],
            "verdict": Verification.VALID.value,
            "expires_on": change["expires_on"],
            "file": "—",
            "row": 0,
        }
        return _with(facts, "feedback", row)
    last = table.index == own.index[-1]
    until = pd.Timestamp(change["expires_on"]).as_unit("us")
    return table.assign(
        verdict=table["verdict"].mask(last, Verification.VALID.value), expires_on=table["expires_on"].mask(last, until)
    )
