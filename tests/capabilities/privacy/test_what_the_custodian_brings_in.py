"""The custodian brings in what he keeps: loans of documents, disclosures, leaks (T11 to T13), trainings and inspections."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from workbench.app.policy import load_policy
from workbench.platform.access.actions import actions
from workbench.platform.forms.read import Form, read_many
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.intake.record_intake import imported_by

VALUES = {
    "date": date(2026, 3, 2),
    "month": "2026-03",
    "quarter": "2026Q1",
    "year": 2026,
    "integer": 2026,
    "money": 100_000,
}
pytestmark = pytest.mark.slow

CUSTODY = {"archive_loan", "customer_disclosure", "leak_incident"}
OWN = {"training_record", "inspection"}  # by an action of their own


def brought_in_by(role: str) -> set[str]:
    """The templates a role may bring in, by the declarations."""
    return {name for name in templates() if any(role in actions()[action].roles for action in imported_by(name))}


def test_the_table_of_roles_gives_him_these_and_nothing_more():
    """``import_custody`` lets in three templates, for the custodian alone; the clerk brings in everything but what is not his."""
    by_action = {name for name in templates() if "import_custody" in imported_by(name)}
    assert by_action == CUSTODY and actions()["import_custody"].roles == ("custodian",)
    assert brought_in_by("custodian") == CUSTODY | OWN
    assert brought_in_by("clerk") == set(templates())
    assert brought_in_by("auditor") == {"inspection"}
    assert brought_in_by("analyst") == brought_in_by("payer") == set()


def test_what_is_not_his_is_refused_and_stands_in_the_trail(become):
    """Every form there is, without a row, by a custodian who is not alone: refused for his role but for those five."""
    office = become(None)
    refused = set()
    for name, template in templates().items():
        header = {
            part.key: VALUES.get(part.kind, part.offered[0] if part.offered else "D001") for part in template.header
        }
        path = write_form(template, office.folder / f"{name}.xlsx", header, policy=load_policy(), on=date(2026, 3, 2))
        ((_, form),) = read_many([path])
        assert isinstance(form, Form), form
        office.run("import", path, "--received-at", "2026-03-02T09:00:00", code=None)
        if "无权" in office.said:
            refused.add(name)
    assert refused == set(templates()) - CUSTODY - OWN
    wanted = [entry["detail"] for entry in office.ask("audit", "show") if entry["action"] == "refused"]
    assert len(wanted) == len(refused)


def test_the_page_of_roles_says_so():
    """The generated table of docs/roles.md names each template with who brings it in."""
    text = (Path(__file__).parents[3] / "docs" / "roles.md").read_text(encoding="utf-8")
    lines = {line.split("`")[1]: line for line in text.split("## Who brings what in")[1].splitlines() if "`" in line}
    assert set(lines) == set(templates())
    assert {name for name, line in lines.items() if line.split("|")[9].strip() == "✓"} == CUSTODY | OWN
