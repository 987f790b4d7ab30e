"""What a lead's own row decides: clauses 2, 5.2, 5.4 and 5.6."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from workbench.capabilities.organization.kinds import UnitKind
from workbench.core import names, phones, places
from workbench.core.findings import Severity
from workbench.core.frames import empty_texts
from workbench.core.messages import Message
from workbench.platform.regulation.edition import Policy

LEVELS = (places.COUNTY, places.PREFECTURE)  # from low to high
VERDICT_ORDER = ("5.2", "5.4", "5.6", "2", "5.1")  # D22: the first of these names the verdict
SAID = ("row", "reporter_kind", "category", "level", "quantity")  # of a row, in what a rule says of it
SCREENED = ["row", "clause", "code", "message", "severity", "inputs"]
CONTACT_WORDS = {"contact": Message("contact_word/contact"), "phone": Message("contact_word/phone")}
NO_CONTACT = ("missing", "own_contact", "own_phone", "unclear_phone")  # why a row lacks what 5.2 asks for


def missing_contact(rows: pd.DataFrame, policy: Policy) -> dict[str, pd.Series]:
    """5.2: for each column that was indispensable on the day of receipt, whether it says nothing (empty or a placeholder).

    ``rows`` has received_at and, of the columns that can be asked for, those it knows (contact, phone).
    """
    found = {}
    for column in CONTACT_WORDS:
        needed = policy.includes("required_contact", column, rows["received_at"])
        if column in rows and needed.any():
            found[column] = names.is_placeholder(rows[column]) & needed
    return found


def no_contact(rows: pd.DataFrame, policy: Policy) -> dict[str, dict[str, pd.Series]]:
    """5.2, D39: what stands in place of the customer's contact: code → column → in which rows.

    ``rows`` has received_at, contact, phone, and of the report's header reporter_person and reporter_phone (None
    allowed). It is the reporter's own name or phone, or nothing by which somebody can be reached.
    """
    needed = {column: policy.includes("required_contact", column, rows["received_at"]) for column in CONTACT_WORDS}

    def own(column: str, reporter: str, alike: Callable[[str, str], bool]) -> pd.Series:
        reporters = rows[reporter].tolist()
        found = np.zeros(len(rows), dtype=bool)
        if any(reporters):  # without one, as in a table by itself, nothing is anybody's own
            pairs = zip(rows[column].tolist(), reporters, needed[column].tolist(), strict=True)
            found[:] = [bool(need and one and other and alike(str(one), str(other))) for one, other, need in pairs]
        return pd.Series(found, index=rows.index)

    unclear = phones.phone_problem(rows["phone"]).eq("unclear") & needed["phone"]
    return {
        "own_contact": {"contact": own("contact", "reporter_person", names.same_person)},
        "own_phone": {"phone": own("phone", "reporter_phone", phones.only_numbers_of)},
        "unclear_phone": {"phone": unclear},
    }


def missing_level(rows: pd.DataFrame, policy: Policy) -> pd.Series:
    """2: whether a row of the category that a level limits on the day of receipt does not say its level."""
    limited = rows["category"].to_numpy() == policy.choices("taxi_category", rows["received_at"])
    return rows["level"].isna() & limited


def incomplete(rows: pd.DataFrame, policy: Policy) -> dict[str, pd.Series]:
    """For each column the regulation may ask for on the day of receipt, in which rows it is missing (5.2; 2 for the level)."""
    return {**missing_contact(rows, policy), "level": missing_level(rows, policy)}


def below_minimum(quantity: pd.Series, received_at: pd.Series, policy: Policy) -> pd.Series:
    """5.4: whether fewer vehicles are sought than the minimum on the day of receipt (the minimum is enough, D1)."""
    return pd.Series(quantity.to_numpy() < policy.values("minimum_quantity", received_at), index=quantity.index)


def outside_taxi_scope(category: pd.Series, level: pd.Series, received_at: pd.Series, policy: Policy) -> pd.Series:
    """2: whether a taxi lead is of a higher administrative level than may be reported."""
    codes, limits = pd.factorize(policy.choices("taxi_level_limit", received_at), use_na_sentinel=False)
    rank = {word: number for number, word in enumerate(LEVELS)}
    allowed = np.array([rank.get(limit, len(LEVELS)) for limit in limits], dtype=float)[codes]
    actual = level.map(rank).to_numpy(dtype=float, na_value=-1)
    taxi = category.to_numpy() == policy.choices("taxi_category", received_at)
    return pd.Series(taxi & (actual > allowed), index=category.index)


def unproven_level(rows: pd.DataFrame, policy: Policy) -> pd.Series:
    """2: whether a taxi lead is declared of a level that its place does not prove (D10): a prefecture-level city, no county.

    Without the columns province, city and county nothing is compared.
    """
    found = pd.Series(False, index=rows.index)
    if not {"province", "city", "county"} <= set(rows.columns):
        return found
    at = rows["received_at"]
    asked = (rows["category"].to_numpy() == policy.choices("taxi_category", at)) & rows["level"].notna().to_numpy()
    if not asked.any():  # nearly always, outside the trade of taxis
        return found
    asked &= policy.choices("declared_level", at) == "proven"
    asked &= ~outside_taxi_scope(rows["category"], rows["level"], at, policy).to_numpy()
    some = rows[asked]
    by_place = places.level(some["province"], some["city"], some["county"])
    found[some.index] = outside_taxi_scope(some["category"], by_place, some["received_at"], policy)
    return found


def taxi_verdict(
    outside: pd.Series, unproven: pd.Series, kind: pd.Series, received_at: pd.Series, policy: Policy
) -> pd.DataFrame:
    """5.6 and 2: clause that refuses a taxi lead outside the scope, and whether it is held for review instead (D10).

    Departments (and sections) are refused by 5.6. A dealer's is held under clause 2, or
    refused by it where the reading ``dealer_taxi`` is ``invalid``. One whose declared level is ``unproven`` is held
    whoever reports it. Columns clause, held.
    """
    clause, inside = empty_texts(len(outside)), kind.isin([UnitKind.DEPARTMENT, UnitKind.SECTION]).to_numpy()
    concerned = (outside | unproven).to_numpy()
    clause[concerned] = "2"
    clause[concerned & inside] = "5.6"
    refused = inside | (
        (kind == UnitKind.DEALER).to_numpy() & (policy.choices("dealer_taxi", received_at) == "invalid")
    )
    held = pd.Series(unproven.to_numpy() | outside.to_numpy() & ~refused, index=outside.index)
    return pd.DataFrame({"clause": pd.Series(clause, index=outside.index, dtype=object), "held": held})


def own_verdict(leads: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """What each received lead's own row decides, in the order of D22: columns clause (None: nothing) and held.

    Needs columns quantity, category, level, received_at, reporter_kind, and province, city and county for a declared
    level to be compared with. ``held`` is a taxi lead waiting for a person; otherwise a clause means invalid.
    """
    at = leads["received_at"]
    outside = outside_taxi_scope(leads["category"], leads["level"], at, policy)
    result = taxi_verdict(outside, unproven_level(leads, policy), leads["reporter_kind"], at, policy)
    small = below_minimum(leads["quantity"], at, policy)
    result.loc[small, "clause"] = "5.4"
    result.loc[small, "held"] = False
    return result


def screen_rows(rows: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """All findings on T1 rows (D22: every rule speaks): columns row, clause, code, message, severity, inputs.

    ``rows`` has row, reporter_kind (None where unknown), category, level, quantity,
    received_at; where it also has contact and phone, 5.2 speaks; where it has
    province, city and county, the declared level is compared with the place table.
    Sorted by row, then in the order in which verdicts are named. Clauses 2, 5.2, 5.4, 5.6.
    """
    found: list[tuple] = []
    at, said = rows["received_at"], [column for column in SAID if column in rows]

    def add(where: pd.Series, clause: str | None, code: str, message, inputs, severity=Severity.ERROR) -> None:
        places = np.flatnonzero(where.to_numpy())
        if not len(places):
            return
        for place, line in zip(places, rows[said].iloc[places].to_dict("records")):
            text = message(line) if callable(message) else message
            found.append((line["row"], clause, code, text, severity.value, inputs(line, place)))

    for column, missing in missing_contact(rows, policy).items():
        word = CONTACT_WORDS[column]
        message = Message.of("missing_contact", word=word)
        add(missing, "5.2", f"missing_{column}", message, lambda line, place, word=str(word): {"column": word})
    if "phone" in rows:
        known = rows.assign(reporter_person=None, reporter_phone=None)
        unclear = (
            no_contact(known, policy)["unclear_phone"]["phone"] if "contact" in rows else pd.Series(False, rows.index)
        )
        inputs = {"column": str(CONTACT_WORDS["phone"])}
        add(unclear, "5.2", "unclear_phone", Message("unclear_phone"), lambda line, place: inputs)

    @cache  # small numbers of vehicles repeat
    def too_few(quantity: int) -> Message:
        return Message.of("too_few_vehicles", quantity=quantity)

    quantity = rows["quantity"]
    minimum = policy.values("minimum_quantity", at)
    small = below_minimum(quantity.fillna(1 << 31).astype("int64"), at, policy)
    add(
        small,
        "5.4",
        "too_few_vehicles",
        lambda line: too_few(int(line["quantity"])),
        lambda line, place: {"quantity": int(line["quantity"]), "minimum_quantity": int(minimum[place])},
    )
    most = policy.values("doubtful_quantity", at)
    add(
        pd.Series(quantity.fillna(0).to_numpy(dtype="int64") > most, index=rows.index),
        None,
        "doubtful_quantity",
        lambda line: Message.of("doubtful_quantity", quantity=int(line["quantity"])),
        lambda line, place: {"quantity": int(line["quantity"]), "doubtful_quantity": int(most[place])},
        Severity.WARNING,
    )
    outside = outside_taxi_scope(rows["category"], rows["level"], at, policy)
    unproven = unproven_level(rows, policy)
    taxi = taxi_verdict(outside, unproven, rows["reporter_kind"], at, policy)

    def taxi_inputs(line: dict[str, Any], place: int) -> dict[str, Any]:
        return {"category": line["category"], "level": line["level"], "reporter_kind": line["reporter_kind"]}

    add(
        (taxi["clause"] == "5.6") & ~taxi["held"],
        "5.6",
        "taxi_level",
        Message("taxi_level/department"),
        taxi_inputs,
    )
    refused = (taxi["clause"] == "2") & ~taxi["held"]
    add(refused, "2", "taxi_level", Message("taxi_level"), taxi_inputs)
    add(taxi["held"] & ~unproven, "2", "taxi_review", Message("taxi_review"), taxi_inputs)
    add(unproven, "2", "level_unproven", Message("level_unproven"), taxi_inputs)
    if {"province", "city", "county"} <= set(rows.columns):
        declared = rows[rows["level"].notna()]
        by_place = places.level(declared["province"], declared["city"], declared["county"]).reindex(rows.index)
        differs = by_place.notna() & (rows["level"] != by_place) & ~unproven
        message = Message("level_disagrees")
        add(
            differs,
            None,
            "level_disagrees",
            message,
            lambda line, place: {"declared": line["level"], "by_place": by_place.iloc[place]},
            Severity.WARNING,
        )
    rank = {clause: number for number, clause in enumerate(VERDICT_ORDER)}
    found.sort(key=lambda finding: (finding[0], rank.get(finding[1], len(rank))))
    return pd.DataFrame(found, columns=SCREENED, dtype=object).astype({"row": "int64"})
