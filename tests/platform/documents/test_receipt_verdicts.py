"""What a signed receipt says of each row is what the import did with it, for every template."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.support import every_template
from tests.support.office import Office
from workbench.platform.intake.record_intake import intakes
from workbench.platform.intake.submission import RowVerdict
from workbench.platform.intake.verdicts import verdicts


@pytest.fixture
def office(staffed) -> Office:
    """The office. What imports of before verdicts were recorded say stands in the kept registers of earlier versions."""
    return staffed


@pytest.mark.slow
def test_a_receipt_says_of_each_row_what_the_import_did(office):
    """Accepted, returned and unchanged rows of every template, as the command says them and as the receipt signs them."""
    told = (
        every_template.units_and_targets(office)
        | every_template.leads(office)
        | every_template.business(office)
        | every_template.disclosures(office)
        | every_template.people(office)
    )
    told |= (
        every_template.changes(office)
        | every_template.money(office)
        | every_template.of_customers(office)
        | {"service_record"}
    )  # T9 holds rows of T7 alone
    assert told == {intake.template for intake in intakes()}
    assert office.ask("audit", "verify", code=0)["breaches"] == []


class Shelf:
    """A register as an earlier version left it: findings, facts, no verdicts."""

    def __init__(self, findings: list[tuple], stored: list[int]) -> None:
        self.tables = {
            "row_verdict": pd.DataFrame({"verdicts": []}),
            "finding": pd.DataFrame(findings, columns=["row", "code", "severity"]).astype({"row": "Int64"}),
            "allocation": pd.DataFrame({"row": stored}),
        }

    def read(self, table: str, columns: list[str], where: dict) -> pd.DataFrame:
        """A table, whatever its document."""
        return self.tables[table]


@pytest.mark.parametrize(
    ("findings", "stored", "returned", "expected"),
    [
        ([(7, "shares_differ", "error")], [], 2, {7: "退回", 8: "退回", 9: "退回"}),
        ([(7, "shares_differ", "error")], [9], 2, {7: "退回", 8: "退回", 9: "接收"}),
        ([], [8, 9], 0, {7: "未变", 8: "接收", 9: "接收"}),
        ([(7, "shares_differ", "error")], [], 2, {7: "退回", 8: "未记", 9: "未记"}),
    ],
    ids=["all returned", "one department accepted", "one unchanged", "cannot be told"],
)
def test_a_file_imported_before_says_no_more_than_is_known(findings, stored, returned, expected):
    """The finding on a group's first row speaks for the group; where the numbers do not decide, nothing is claimed."""
    count = 3 if set(expected.values()) == {"退回"} else returned
    document = {"document": 1, "template": "bonus_allocation", "returned": count}
    got = verdicts(Shelf(findings, stored), document, {7, 8, 9})
    assert got == {row: RowVerdict(verdict) for row, verdict in expected.items()}
