"""The declarations by which templates come into the register."""

from __future__ import annotations

import pytest

from workbench.platform.capability import Capability, extended
from workbench.platform.intake.record_intake import RecordIntake, imported_by, intake_of, intakes

ORDER = [
    "organization",
    "people",
    "target_breakdown",
    "training_record",
    "lead_record",
    "duplicate_review",
    "verification_feedback",
    "project_application",
    "contract_register",
    "lead_change",
    "leak_incident",
    "bonus_allocation",
    "weekly_report",
    "customer_profile",
    "service_record",
    "customer_sales",
    "archive_index",
    "archive_loan",
    "service_flow",
    "customer_disclosure",
    "reward_appeal",
    "inspection",
]


def intake(template: str, *after: str) -> RecordIntake:
    """A declaration that stores nothing."""
    return RecordIntake(template=template, accept=lambda batch, submissions: None, tables=(), after=after)


def capability(*declared: RecordIntake) -> Capability:
    """A capability with these intakes."""
    return Capability(name="trial", title="试行", intakes=declared)


def test_a_batch_is_worked_through_in_this_order():
    """Directory and targets first, what refers to leads after them, appeals last."""
    assert [each.template for each in intakes()] == ORDER


def test_another_capability_adds_its_own():
    """At the end, or behind the template it names and those that wait for it too; it goes when the capability goes."""
    with extended(capability(intake("visit"), intake("census", "organization"))):
        assert [each.template for each in intakes()] == [*ORDER[:4], "census", *ORDER[4:], "visit"]
        assert intake_of("visit") is not None
    assert intake_of("visit") is None


def test_intakes_that_wait_for_each_other_are_an_error():
    """They would never be taken in."""
    with extended(capability(intake("one", "two"), intake("two", "one"))), pytest.raises(ValueError, match="one"):
        intakes()


def test_who_may_bring_a_template_in():
    """Everybody who may import, and for two templates those who may bring in just these."""
    assert imported_by("lead_record") == ("import",)
    assert imported_by("verification_feedback") == ("import", "import_feedback")
    assert imported_by("contract_register") == ("import", "import_contracts")
