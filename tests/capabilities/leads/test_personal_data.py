"""Personal data in full: after the entry is committed, for a reason, for those whose it is to see."""

from __future__ import annotations

import pytest

from tests.support.ledger import NUMBER
from tests.support.vault import CONTACTS, PHONES, lead
from workbench.capabilities.leads.personal_data import FIELDS, reveal
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.register import audit

REASON = "客户来电核对"


def code_of(*arguments, **options) -> str:
    """The code a reveal is refused with."""
    with pytest.raises((RegisterError, WrongUse)) as refused:
        reveal(*arguments, **options)
    return refused.value.code


def test_the_newest_version_is_shown(ledger):
    """A corrected contact, not the one it replaced."""
    ledger.write("import", lead={**lead(1, 1), "lead_version": 50, "version": 2, "contact": "钱新任"})
    with ledger.session("clerk") as session:
        assert reveal(session, NUMBER, REASON) == {
            "contact": "钱新任",
            "phone": PHONES[0],
            "content": None,
            "remark": "经刘密联介绍",
        }
    assert ledger.kept("reveal") == [{"number": NUMBER, "fields": FIELDS, "reason": REASON}]


def test_nothing_is_shown_where_the_entry_cannot_be_written(ledger, monkeypatch):
    """The values wait for the commit."""

    def broken(*_: object) -> str:
        raise OSError

    monkeypatch.setattr(audit, "link", broken)
    said = ledger.run("reveal", NUMBER, "--reason", REASON, code=3) + ledger.said
    assert not [value for value in (*CONTACTS, *PHONES) if value in said]
    monkeypatch.undo()
    assert ledger.kept("reveal") == []


@pytest.mark.parametrize(
    "reason",
    [
        "打13900001111",
        "打139 0000 1111",
        "打139-0000-1111",
        "打139.0000.1111",
        "打139–0000–1111",
        "打(0551)628-812",
        "打１３９００００１１１１",
        "628812",
        "工号 20260105",
        "见 DK202601-000011390000",
        "DK13900001111",
    ],
)
def test_a_phone_in_the_reason_is_refused_however_it_is_written(reason, ledger):
    """It would stay in the trail in clear; the values are not opened either."""
    with ledger.session("clerk") as session:
        assert code_of(session, NUMBER, reason) == "personal_reason"
    assert ledger.kept("reveal") == []


@pytest.mark.parametrize(
    "reason", ["与 DK202601-00002 疑似重复", "2026-01-05 客户来电", "2026/1/5 来电", "核对 12 台", "张联系来电"]
)
def test_lead_numbers_dates_and_names_are_reasons(reason, ledger):
    """What people write when they say why."""
    with ledger.session("clerk") as session:
        assert reveal(session, NUMBER, reason)["phone"] == PHONES[0]


@pytest.mark.parametrize("reason", ["", " ", "\n\t", "　"])
def test_an_empty_reason_is_refused(reason, ledger):
    """Spaces are none."""
    with ledger.session("clerk") as session:
        assert code_of(session, NUMBER, reason) == "no_reason"
    assert ledger.kept("reveal") == []


def test_a_slot_without_the_key_shows_nothing(ledger):
    """Whatever its role says; there is no entry of a look that did not happen."""
    with ledger.session("clerk", cleared=False) as session:
        assert code_of(session, NUMBER, REASON) == "no_field_key"
    assert ledger.kept("reveal") == []
