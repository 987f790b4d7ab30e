"""T1 大客户信息记录表: taking in leads (5.1, 5.2, 5.4, 5.6, 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from workbench.capabilities.leads import named_units
from workbench.capabilities.leads.corrections import PLAIN, SEALED, match_resubmitted
from workbench.capabilities.leads.lead_states import refresh_stored, refreshed_stored
from workbench.capabilities.leads.nearby import COMPARED, keep_names, known_nearby
from workbench.capabilities.leads.reviews import displaces
from workbench.capabilities.leads.row_checks import add_screening, return_incomplete
from workbench.capabilities.leads.screening import CONTACT_WORDS, NO_CONTACT
from workbench.capabilities.leads.similarity import PLACE, close_pairs
from workbench.capabilities.leads.status import Status
from workbench.capabilities.leads.versions import FORM, IDENTITY, LACKING, short_names
from workbench.capabilities.organization.directory import known_units, unit_at, unit_of
from workbench.capabilities.organization.kinds import UnitKind, UnitState
from workbench.core import names, phones
from workbench.core.errors import FileRefused
from workbench.core.findings import Severity
from workbench.core.frames import map_distinct
from workbench.core.messages import Message
from workbench.core.periods import month_bounds, next_month
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission

VERSION_TABLES = ("lead", "mask", "contact_phone", "short_name", "link", "link_version")
FOLLOWED = ("lead", "version", "document", "row", "customer_key", "name_key", *PLACE)  # what ``on_accept`` looks at
TABLES = ("returned_row", "return_ground", "repeated_row", "doubted_reporter", *VERSION_TABLES)


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """Only a listed dealer or department reports leads, and none before the first month of a settled register (D21).

    Raises FileRefused.
    """
    unit = unit_of(batch, submission)
    _not_before_duties(batch, submission)
    cell = submission.form.header_cells.get("unit")
    if unit["kind"] == UnitKind.SECTION:
        raise FileRefused(
            "not_a_reporter", name=unit["name"], file=submission.form.file, sheet=submission.form.sheet, cell=cell
        )
    named_units.check_name(batch, submission)
    _check_date(batch, submission)
    _in_use(batch, submission, cell)


def _check_date(batch: ImportBatch, submission: Submission) -> None:
    """A report date far from the receipt is a slip of the pen; the time of receipt decides (D4)."""
    typed, received = submission.form.header.get("reported_on"), submission.received_at
    days = int(batch.session.policy.value("doubtful_report_days", received.date()))
    if typed is not None and abs((pd.Timestamp(typed).normalize() - pd.Timestamp(received).normalize()).days) > days:
        said = Message.of("doubtful_report_date", typed=pd.Timestamp(typed).date(), received=received.date())
        submission.add_finding("doubtful_report_date", said, column="reported_on", severity=Severity.WARNING)


def _in_use(batch: ImportBatch, submission: Submission, cell: str | None) -> None:
    """A unit out of use reports no more (D36). Raises FileRefused."""
    form = submission.form
    unit = unit_at(batch, form.header["unit"], submission.received_at)
    if unit["state"] == UnitState.INACTIVE:
        key = "unit_inactive/succeeded" if unit["successor"] else "unit_inactive"
        raise FileRefused(
            key,
            name=unit["name"],
            since=unit["since"],
            successor=unit["successor"],
            file=form.file,
            sheet=form.sheet,
            cell=cell,
        )


def _not_before_duties(batch: ImportBatch, submission: Submission) -> None:
    """Duties begin with the month of the first lead (D21): an earlier one would add years of missed ones to what is settled."""
    if not batch.register.count("settlement"):
        return
    first = batch.register.minimum("lead", "filed_at")
    if first is None:
        return
    month = f"{first:%Y-%m}"
    if f"{submission.received_at:%Y-%m}" < month:
        form, at = submission.form, f"{submission.received_at:%Y-%m-%d %H:%M}"
        raise FileRefused("before_duties", at=at, month=month, file=form.file, sheet=form.sheet)


def sequence_key(submission: Submission) -> tuple:
    """Reports of one unit are taken in one after another: a row may be about a lead of any earlier report."""
    return (submission.form.header.get("unit"),)


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Screen the rows of many reports at once and give each its lead, its place in the order of 5.1, its suspected pairs."""
    by_document = {submission.document: submission for submission in submissions}
    return_incomplete(submissions, batch.session.policy)
    rows = _rows(submissions)
    rows["name_key"] = names.customer_key(rows["customer"]).fillna("")
    rows["customer_key"] = batch.register.names.customers(batch.entry, rows["name_key"])
    _keep_returned(batch, rows[rows["returned"]], by_document)
    rows = rows[~rows["returned"]].drop(columns="returned").reset_index(drop=True)
    rows["reporter_kind"] = rows["reporter"].map(known_units(batch)["kind"])
    add_screening(rows, batch.session.policy, by_document)
    rows = rows.fillna({"contact": "", "phone": ""})  # what an edition does not ask for may be empty
    rows["phone_key"] = phone_keys(rows)
    rows = match_resubmitted(batch, rows, by_document)
    if (again := ~rows["document"].isin(by_document)).any():  # it stands again after a file that was brought in late
        rows.loc[again, "phone_key"] = phone_keys(rows[again])
    ranked = _place(batch, rows["filed_at"])
    rows["ranked_at"] = ranked.where(rows["place"].isna() | (ranked <= rows["place"]), rows["place"])
    put_versions(batch, rows.drop(columns=["reporter_kind", "place"]))
    mine = rows[rows["document"].isin(by_document)]
    named_units.keep_doubts(batch, mine, by_document)
    for document, accepted in mine.groupby("document"):
        submission = by_document[document]
        submission.decide(RowVerdict.ACCEPTED, accepted["row"])
        submission.subjects |= dict(zip(accepted["row"].tolist(), accepted["number"], strict=True))


def on_accept(batch: ImportBatch, submissions: list[Submission], stored: Mapping[str, pd.DataFrame]) -> None:
    """Derive the statuses of the new leads and say which came second, are held, or are known elsewhere."""
    if "lead" not in stored:
        if "doubted_reporter" in stored:
            refresh_stored(batch, submissions, stored["doubted_reporter"])
        return
    rows, by_document = stored["lead"], {submission.document: submission for submission in submissions}
    keep_names(batch, rows)
    rows = rows[rows["document"].isin(by_document)]
    for leads, states in refreshed_stored(batch, submissions, rows):
        mine = rows[rows["lead"].isin(leads)]
        _add_places(states, mine, by_document)
        _add_behind(states, mine, rows["lead"], by_document)
    _add_elsewhere(batch, rows, by_document)


def put_versions(batch: ImportBatch, rows: pd.DataFrame) -> None:
    """Have versions of leads stored (columns of ``lead``), with what is known by them: ``VERSION_TABLES``."""
    phones_too = _further_phones(rows)
    batch.put("lead", rows)
    batch.put("mask", _masks(rows))
    batch.put("contact_phone", phones_too)
    if batch.register.names.sealed:
        batch.put("short_name", rows.loc[short_names(rows, "name_key"), ["lead", "document"]])
    _put_links(batch, rows, phones_too)


def phone_keys(rows: pd.DataFrame) -> pd.Series:
    """The number by which two leads share a phone; where there is none, a text that no other row has."""
    numbers = phones.phone_number(rows["phone"])
    alone = "无:" + rows["document"].astype(str) + ":" + rows["row"].astype(str)
    return numbers.where(numbers.notna(), rows["phone"]).mask(names.is_placeholder(rows["phone"]), alone)


def _rows(submissions: list[Submission]) -> pd.DataFrame:
    """The rows of reports with what their headers and their receipts add to them."""
    forms = [submission.form for submission in submissions]
    rows = pd.concat([form.rows[[*PLAIN, *SEALED, "returned"]] for form in forms], ignore_index=True)
    received = [pd.Timestamp(submission.received_at) for submission in submissions]
    of_files = pd.DataFrame(
        {
            "document": [submission.document for submission in submissions],
            "reporter": pd.Series([form.header.get("unit") for form in forms], dtype=object),
            "reported_on": [form.header.get("reported_on") for form in forms],
            "filed_at": received,
            "received_at": received,
        }
    )
    which = np.repeat(np.arange(len(forms)), [len(form.rows) for form in forms])
    own = of_files.take(which).reset_index(drop=True)
    rows = rows.assign(returned=rows["returned"].astype(bool), **{name: own[name] for name in own})
    back = rows[rows["returned"]]
    for place, numbers in back.groupby(which[rows["returned"].to_numpy()])["row"]:
        submissions[place].decide(RowVerdict.RETURNED, numbers)
    return rows


def _masks(rows: pd.DataFrame) -> pd.DataFrame:
    """What everybody may see of the contacts; nothing where there is none."""
    unknown = names.is_placeholder(rows["phone"])
    return rows[["lead", "version"]].assign(
        contact=map_distinct(rows["contact"], lambda texts: [*map(names.masked_name, texts)]).mask(
            rows["contact"].eq(""), ""
        ),
        phone=rows["phone_key"].map(phones.masked_phone).mask(unknown, ""),
    )


def _keep_returned(batch: ImportBatch, rows: pd.DataFrame, by_document: dict[int, Submission]) -> None:
    """Remember who brought which customer in a row that was not received, and why it was not (5.2, D18)."""
    rows = rows[rows["customer_key"].ne("")]
    batch.put(
        "returned_row",
        rows[["document", "row", "reporter", "customer_key", "category", "province", "city", "received_at"]],
    )
    lacking = {
        (document, finding.row)
        for document, submission in by_document.items()
        for finding in submission.findings
        if finding.column in CONTACT_WORDS and finding.code in NO_CONTACT
    }
    places = zip(rows["document"], rows["row"], strict=True)
    batch.put(
        "return_ground", rows[["document", "row"]].assign(ground=[LACKING if p in lacking else FORM for p in places])
    )


def _place(batch: ImportBatch, received: pd.Series) -> pd.Series:
    """The place in the order of 5.1: the receipt, or the first open moment where its month is closed (D4)."""
    closed = set(batch.register.read("closure", ["month"])["month"])
    ranked = received.astype("datetime64[us]")
    while closed:
        shut = ranked.dt.strftime("%Y-%m").isin(closed)
        if not shut.any():
            break
        ranked = ranked.where(~shut, ranked.map(_next_month_start))
    return ranked


def _next_month_start(moment: datetime) -> pd.Timestamp:
    return pd.Timestamp(month_bounds(next_month(f"{moment:%Y-%m}"))[0])


def _further_phones(rows: pd.DataFrame) -> pd.DataFrame:
    """What the contacts of the rows are known by beside their first number: columns lead, document, number."""
    found = rows[["lead", "document"]].assign(number=[phones.further_numbers(text) for text in rows["phone"]])
    return found.explode("number").dropna(subset=["number"]).reset_index(drop=True)


def _put_links(batch: ImportBatch, rows: pd.DataFrame, phones_too: pd.DataFrame) -> None:
    """Suspected pairs of the new rows among themselves and with the leads of the same places, with the versions compared."""
    register = batch.register
    keyed = rows[COMPARED].assign(phone_key=register.blind(rows["phone_key"]), customer_key=rows["name_key"])
    mine = phones_too.assign(number=register.blind(phones_too["number"]))
    known, further = known_nearby(register, keyed, mine, batch.entry)  # old versions too
    pairs = close_pairs(keyed, known, pd.concat([further, mine]))
    pairs["link"] = range(first := (register.maximum("link", "link") or 0) + 1, first + len(pairs))
    batch.put("link", pairs)
    batch.put("link_version", pairs)


def _add_places(states: pd.DataFrame, rows: pd.DataFrame, by_document: dict[int, Submission]) -> None:
    """Say which of the new rows came second (5.1) or are held for a person (D2)."""
    mine = states.reindex(rows["lead"])
    second = mine["status"].isin([Status.DUPLICATE, Status.HELD]).to_numpy()
    numbers, reporters = states["number"], states["reporter"]
    places = zip(rows.loc[second, "lead"], rows.loc[second, "document"], rows.loc[second, "row"], strict=True)
    for state, (state_lead, document, row) in zip(mine[second].to_dict("records"), places, strict=True):
        submission = by_document[document]
        place = {"row": int(row), "column": "customer", "number": state["number"]}
        if state["status"] == Status.DUPLICATE:
            first = numbers.get(state["duplicate_of"])
            own = reporters.get(state["duplicate_of"]) == state["reporter"]
            submission.add_finding(
                "duplicate",
                Message.of("duplicate/own" if own else "duplicate/of_another_unit", first=first),
                clause="5.1",
                severity=Severity.NOTE,
                **place,
            )
        elif pd.notna(state["held_by"]):
            first = numbers.get(state["held_by"])
            own = reporters.get(state["held_by"]) == state["reporter"]
            if displaces(states, state_lead):
                submission.add_finding("displaces", Message.of("displaces", first=first), clause="5.1", **place)
            else:
                said = Message.of("suspected/own" if own else "suspected", first=first)
                submission.add_finding("suspected", said, clause="5.1", **place)
        if state["tie"]:
            submission.add_finding(
                "tie",
                Message.of("tie"),
                clause="5.1",
                severity=Severity.WARNING,
                **place,
            )


def _add_behind(states: pd.DataFrame, rows: pd.DataFrame, new: pd.Series, by_document: dict[int, Submission]) -> None:
    """Name the leads that new ones come before, though they were entered first (D4). ``new``: all leads that came with them."""
    fresh = rows[rows["version"] == 1]
    second = states[states["duplicate_of"].isin(fresh["lead"]) & ~states.index.isin(new)]
    for row in fresh[fresh["lead"].isin(second["duplicate_of"])].to_dict("records"):
        behind = second[second["duplicate_of"] == row["lead"]]
        by_document[row["document"]].add_finding(
            "comes_first",
            Message.of("comes_first", numbers="、".join(behind["number"])),
            row=int(row["row"]),
            column="customer",
            clause="5.1",
            severity=Severity.NOTE,
        )


def _add_elsewhere(batch: ImportBatch, rows: pd.DataFrame, by_document: dict[int, Submission]) -> None:
    """Note customers that another lead knows in another place: another lead, not held (D2)."""
    named = {"customer_key": sorted(set(rows["customer_key"]))}
    known = batch.register.read("lead", ["lead", "version", *IDENTITY], where=named)
    known = known.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last")
    spread = known.drop_duplicates(["customer_key", *PLACE])["customer_key"].value_counts()
    several = rows[rows["customer_key"].map(spread).fillna(0) > 1]
    for row in several.to_dict("records"):
        by_document[row["document"]].add_finding(
            "customer_elsewhere",
            Message.of("customer_elsewhere"),
            row=int(row["row"]),
            column="customer",
            severity=Severity.NOTE,
        )
