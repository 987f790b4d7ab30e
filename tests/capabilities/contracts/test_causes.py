"""Rows by which lines, files or decisions count no more: without what may have caused them the trail's own check names them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.insider import AT, Insider
from tests.support.machines import another_machine
from tests.support.office import PASSPHRASE, Office
from workbench.platform.access import persons
from workbench.platform.register import key_file

pytestmark = pytest.mark.slow

FILES = {"files": {"a" * 64: ["contract_register", 1, 0]}}
HEADER = {"month": "2026-01", "mode": "补报"}


def line(insider: Insider) -> tuple[int, int, str]:
    """A contract line: its file, its row, the file's receipt."""
    with insider.raw() as file:
        found: tuple[int, int, str] = file.execute(
            "SELECT l.document, l.row, d.received_at FROM contract_line l JOIN document d ON d.document = l.document"
        ).fetchone()
    return found


def received(at: str, template: str = "contract_register") -> dict:
    """A file that is said to have come in."""
    names = {"sha256": "a" * 64, "name": "x", "template": template, "version": "4.1"}
    return {**names, "received_at": at, "header": HEADER, "accepted": 1, "returned": 0}


def returned(insider: Insider) -> dict:
    """The row that says that the contract's line counts no more."""
    document, row, at = line(insider)
    return {"kind": "line_given_back", "fields": {"given_back": document, "line": row, "back": True, "at": at}}


def gives_back_with_nothing(insider: Insider) -> tuple[int, str]:
    """An import of no file."""
    return insider.write("import", detail=FILES, record=returned(insider)), "line_given_back"


def gives_back_with_a_later_file(insider: Insider) -> tuple[int, str]:
    """A file that was received after the line can have nothing to do with it."""
    came = received("2026-04-02T09:00:00")
    return insider.write("import", detail=FILES, document=came, record=returned(insider)), "line_given_back"


def gives_back_with_a_file_about_others(insider: Insider) -> tuple[int, str]:
    """A file that was received before it, and is about no lead of the contract."""
    came = received("2026-01-03T09:00:00")
    return insider.write("import", detail=FILES, document=came, record=returned(insider)), "line_given_back"


def gives_back_with_a_decision_on_another(insider: Insider) -> tuple[int, str]:
    """A decision on a lead that has nothing to do with the contract's."""
    with insider.raw() as file:
        (other,) = file.execute("SELECT lead FROM lead WHERE category = '驾校'").fetchone()
    row = {"lead": other, "verdict": "受理", "at": "2026-01-05T12:00:00", "by": insider.user, "reason": "x"}
    return insider.write("decide", detail={"number": "x"}, review=row, record=returned(insider)), "line_given_back"


def replaces_a_line_by_a_file_of_before(insider: Insider) -> tuple[int, str]:
    """A register that came in long ago replaces nothing now."""
    document, _, at = line(insider)
    fields = {"month": "2026-01", "contract": "HT-1", "lead": 1, "model": "轿车", "at": at}
    row = {"kind": "contract_withdrawal", "document": document, "fields": fields}
    return insider.write("import", detail=FILES, record=row), "contract_withdrawal"


def takes_back_what_nobody_asked_for(insider: Insider) -> tuple[int, str]:
    """A file is taken back without a request and a decision on it."""
    fields = {"withdrawn": line(insider)[0], "at": AT, "by": insider.user, "reason": None}
    row = {"kind": "import_withdrawal", "fields": fields}
    return insider.write("withdraw_import", detail={"number": "x"}, record=row), "import_withdrawal"


def has_another_file_count_instead(insider: Insider) -> tuple[int, str]:
    """A file that came in before is said to be a copy of another."""
    with insider.raw() as file:
        (first,) = file.execute("SELECT min(document) FROM document").fetchone()
    row = {"kind": "earlier_copy", "fields": {"later": line(insider)[0], "earlier": first, "at": AT}}
    return insider.write("import", detail=FILES, record=row), "earlier_copy"


def decides_under_a_request_about_another(insider: Insider) -> tuple[int, str]:
    """Who may decide on requests decides on leads that nobody asked about."""
    row = {"lead": 1, "other": 2, "verdict": "重复", "at": AT, "by": insider.user, "reason": "x"}
    return insider.write("decide_change", detail={"number": "x"}, review=row), "review"


def hands_over_under_a_request_about_another(insider: Insider) -> tuple[int, str]:
    """Or hands one over to another section, which begins its term anew."""
    row = {"batch": 99, "lead": 1, "section": "S001", "at": AT}
    return insider.write("decide_change", detail={"number": "x"}, dispatch=row), "dispatch"


ATTACKS = (
    gives_back_with_nothing,
    gives_back_with_a_later_file,
    gives_back_with_a_file_about_others,
    gives_back_with_a_decision_on_another,
    replaces_a_line_by_a_file_of_before,
    takes_back_what_nobody_asked_for,
    has_another_file_count_instead,
    decides_under_a_request_about_another,
    hands_over_under_a_request_about_another,
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_rows_that_nothing_caused_are_named(attack: Callable, first_quarter: Office, tmp_path):
    """Honestly chained and signed, under an entry that may hold such rows; with the entry and the table."""
    path = first_quarter.folder / "登记册.db"
    insider = Insider(path, str(key_file.read(path)["slots"][0]["user"]), PASSPHRASE)
    with first_quarter.opened() as session:
        assert persons.whole_breaches(session.register) == []
    number, table = attack(insider)
    with another_machine(tmp_path), first_quarter.opened() as session:
        found = [(each.code, each.entry, each.table) for each in persons.whole_breaches(session.register)]
    assert ("cause", number, table) in found
