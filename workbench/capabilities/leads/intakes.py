"""How the templates of this capability come into the register."""

from __future__ import annotations

from workbench.capabilities.leads import (
    applications,
    change_requests,
    corrections,
    feedback,
    lead_receipts,
    lead_records,
    reviews,
)
from workbench.capabilities.leads.lead_states import refresh_leads
from workbench.capabilities.organization.directory import unit_named
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template="lead_record",
        needs_time=True,
        earliest_counts=True,
        waits_for=frozenset({"already_dispatched"}),
        columns=(*corrections.PLAIN, *corrections.SEALED),
        check_file=lead_records.check_file,
        sequence_key=lead_records.sequence_key,
        accept=lead_records.accept,
        tables=lead_records.TABLES,
        on_accept=lead_records.on_accept,
        check=lead_records.as_findings,
        receipt=lead_receipts.receipt,
        receipt_notes=frozenset({"unchanged", "corrected", "received_first"}),
        receipt_omits=frozenset({"duplicate", "suspected", "displaces", "comes_first"}),
    ),
    RecordIntake(
        template="duplicate_review",
        columns=("number", "other", "verdict", "reason"),
        key=("number",),
        refers_to="number",
        accept=reviews.accept,
        tables=("review",),
        on_accept=refresh_leads,
    ),
    RecordIntake(
        template="verification_feedback",
        columns=("number", *feedback.READ_BACK, "remark"),
        key=("number",),
        refers_to="number",
        action="import_feedback",
        earliest_counts=True,
        waits_for=feedback.WAITS_FOR,
        own_act="verifier",
        check_file=feedback.check_file,
        sequence_key=feedback.sequence_key,
        accept=feedback.accept,
        tables=("feedback",),
        on_accept=feedback.on_accept,
    ),
    RecordIntake(
        template="project_application",
        columns=("number", "customer", "model", "quantity", "support", "signs_on"),
        key=("number",),
        refers_to="number",
        check_file=unit_named,
        earliest_counts=True,
        waits_for=applications.WAITS_FOR,
        sequence_key=applications.sequence_key,
        accept=applications.accept,
        tables=("application",),
        on_accept=applications.on_accept,
    ),
    RecordIntake(
        template="lead_change",
        columns=("number", "customer", "matter", "value", "reason"),
        key=("number", "matter"),
        refers_to="number",
        action="import_change",
        earliest_counts=True,
        waits_for=change_requests.WAITS_FOR,
        own_act="verifier",
        after=("contract_register",),
        check_file=change_requests.check_file,
        accept=change_requests.accept,
        tables=("lead_change", "dispatch"),
        on_accept=change_requests.on_accept,
    ),
)
