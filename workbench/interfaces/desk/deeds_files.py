"""Files that are dropped on the desk page: checked without a register, or taken in with replies and marked copies."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from workbench.app import context
from workbench.app.desk import result, taken_in, write_desk
from workbench.app.inbox import ReceiptTime, incoming
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.app.passwords import passwords_that_open
from workbench.core.errors import WrongUse
from workbench.interfaces.desk.deed import Answer, Deed, DeskCall, Field, Table
from workbench.platform.access.actions import import_actions
from workbench.platform.forms.annotate import WORDS
from workbench.platform.forms.passwords import Passwords
from workbench.platform.intake.outcome import ImportOutcome

AT_ONCE = 8  # files that are checked between two looks at the button that cancels
RESULTS = ("文件", "结果", "接收（行）", "退回（行）", "未变（行）")
FINDINGS = ("文件", "级别", "工作表", "单元格", "条款", "问题与处理")
FILES = Field("files", "files", "desk/files")
PASSWORD = Field("password", "secret", "desk/password_of_files", needed=False)


def _check(call: DeskCall) -> Answer:
    """Check dropped files without a register; marked copies of those with findings, slips for those not read."""
    from workbench.app.checking import check_files

    policy, opening, marked = context.policy(), _passwords(call), call.folder / "批注副本"
    outcomes: list[ImportOutcome] = []
    with incoming(call.files) as came:
        total = len(came.files)
        for place in range(0, total, AT_ONCE):
            call.progress.at(text_for("desk/checking"), place, total)
            part = came.files[place : place + AT_ONCE]
            # a folder for each part: a later one would not know which names are taken
            folder = marked / str(place // AT_ONCE + 1) if total > AT_ONCE else marked
            outcomes += check_files(part, policy, annotate_to=folder, passwords=opening)
        call.progress.at(text_for("desk/checking"), total, total)
        came.name_archives(outcomes)
    wrong = sum(outcome.must_act() for outcome in outcomes)
    said = text_for("desk/checked", files=len(outcomes), wrong=wrong)
    return Answer([said], _tables(outcomes, checked=True), files=written(call.folder))


def _take_in(call: DeskCall) -> Answer:
    """Take dropped files in, as received now or when it is said; page, workbook and ready replies to take away."""
    from workbench.platform.intake.batch import Arrival, import_files

    receipt = ReceiptTime.of(call.text("received_at") or None)
    opening = _passwords(call)
    with incoming(call.files) as came, call.session() as session:
        session.require("list")  # the page says what waits for whom; refused before anything is taken in
        if not came.files:
            raise WrongUse("desk_no_files")
        call.progress.say(text_for("desk/taking_in"))  # from here on it is done as a whole
        arrivals = [Arrival(path, receipt.at, receipt.bare) for path in came.files]
        read = count(1)

        def one_read() -> None:
            call.progress.at(text_for("desk/taking_in"), next(read), len(arrivals))

        outcomes = import_files(session, arrivals, passwords=opening, progress=one_read)
        came.name_archives(outcomes)
        call.deed = taken_in(outcomes)
        write_desk(session, came.files, outcomes, call.folder, call.now, opening)
    return Answer([call.deed], _tables(outcomes), files=written(call.folder))


def _passwords(call: DeskCall) -> Passwords:
    """What opens files under a password: those of the environment, and the one that was typed."""
    known = passwords_that_open(None)
    typed = call.given.get("password", "")
    return Passwords((*known.listed, ("", typed))) if typed else known


def _tables(outcomes: Sequence[ImportOutcome], checked: bool = False) -> list[Table]:
    """A row each file, then a row each finding, in the files' order."""
    rows = [
        [
            each.place,
            _verdict(each) if checked else result(each),
            *(str(count or "") for count in (each.accepted, each.returned, each.unchanged)),
        ]
        for each in outcomes
    ]
    found = [
        [
            each.place,
            WORDS[finding.severity],
            finding.sheet or "",
            finding.cell or "",
            finding.clause or "",
            finding.text(common.lang),
        ]
        for each in outcomes
        for finding in (*each.findings, *each.remarks)
    ]
    tables = [Table("每个文件的结果", RESULTS, rows)]
    return [*tables, Table("需要处理的问题", FINDINGS, found)] if found else tables


def _verdict(outcome: ImportOutcome) -> str:
    """What a check says of a file, in a word."""
    if outcome.refused:
        return "未读取"
    return "需处理" if outcome.must_act() else "通过"


def written(folder: Path) -> list[Path]:
    """The files in a folder, those at its top first."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(found, key=lambda path: (len(path.parts), path))


CHECK = Deed(_check, (FILES, PASSWORD), group="forms", label="desk/check", tip="desk/check_tip", locked=True)
TAKE_IN = Deed(
    _take_in,
    (FILES, Field("received_at", "text", "desk/received_at", needed=False), PASSWORD),
    group="intake",
    needs=import_actions,
    label="desk/take_in",
    tip="desk/take_in_tip",
)
