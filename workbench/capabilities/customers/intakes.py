"""How the templates of this capability come into the register."""

from __future__ import annotations

from workbench.capabilities.customers import profiles, sales, service_records, weekly_reports
from workbench.capabilities.organization.directory import unit_named
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template=weekly_reports.TEMPLATE,
        columns=weekly_reports.COLUMNS,
        key=("unit", "manager", "week", "happened_on", "customer"),
        check_file=weekly_reports.check_file,
        sequence_key=weekly_reports.sequence_key,
        accept=weekly_reports.accept,
        tables=("weekly_item", "weekly_sheet"),
    ),
    RecordIntake(
        template=profiles.TEMPLATE,
        columns=profiles.COLUMNS,
        key=("customer",),
        check_file=unit_named,
        accept=profiles.accept,
        tables=("customer_profile", "customer_link"),
    ),
    RecordIntake(
        template=service_records.TEMPLATE,
        columns=service_records.COLUMNS,
        key=("number",),
        check_file=unit_named,
        accept=service_records.accept,
        tables=("service_step",),
    ),
    RecordIntake(
        template=sales.TEMPLATE,
        columns=("customer", "code", "amount", "quantity"),
        key=("month", "customer"),
        check_file=sales.check_file,
        sequence_key=lambda submission: submission.form.header["month"],
        accept=sales.accept,
        tables=("customer_sale", "sales_month"),
    ),
)
