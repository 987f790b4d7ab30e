"""How the templates of this capability come into the register."""

from __future__ import annotations

from workbench.capabilities.contracts import contract_register, looked_again
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template="contract_register",
        action="import_contracts",
        earliest_counts=True,
        waits_for=contract_register.WAITS_FOR,
        own_act="support",
        look_again=looked_again.look_again,
        check_file=contract_register.check_file,
        sequence_key=contract_register.sequence_key,
        accept=contract_register.accept,
        columns=(
            "contract",
            "number",
            "customer",
            "unit",
            "model",
            "quantity",
            "amount",
            "signed_on",
            "picked_up",
            "cumulative",
            "progress",
        ),
        key=("month", "contract", "number"),
        refers_to="number",
        tables=("contract_line", "register_return", "register_row", "contract_withdrawal"),
        on_accept=contract_register.on_accept,
    ),
)
