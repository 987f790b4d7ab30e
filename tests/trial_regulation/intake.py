"""Test drives come in on their template; a number the register holds stays as it is."""

from __future__ import annotations

from workbench.platform.intake.record_intake import RecordIntake
from workbench.platform.intake.rows import Row, note_unchanged, store_rows
from workbench.platform.intake.submission import ImportBatch, Submission, returned

CLAUSE = "试驾管理试行办法·三"


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store new test drives."""
    known = set(batch.register.read("test_drive", ["number"])["number"])
    for submission in submissions:

        def examine(row: Row, submission: Submission = submission) -> list[Row]:
            number = row["number"]
            if number in known:
                message = f"试驾 {number} 已登记，未作改动。"
                return note_unchanged(submission, row, "already_registered", message, "number", CLAUSE)
            if row["driven_on"].date() > submission.received_at.date():
                raise returned("in_the_future", "试驾日期晚于接收日期，请核对。", "driven_on", CLAUSE)
            known.add(number)
            own = {name: row[name] for name in ("number", "model", "driven_on", "driver")}
            return [{**own, "unit": submission.form.header["unit"]}]

        store_rows(batch, submission, "test_drive", submission.open_rows(), examine)


INTAKES = (RecordIntake(template="test_drive_record", accept=accept, tables=("test_drive",)),)
