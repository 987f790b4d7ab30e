"""What is done with forms beside taking them in: blank ones, obvious slips put right in copies, receipts of files taken in."""

from __future__ import annotations

from datetime import datetime

from workbench.app import context
from workbench.app.inbox import incoming
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.core.errors import FileRefused, WrongUse
from workbench.interfaces.desk.deed import Answer, Asked, Deed, DeskCall, Field, Table
from workbench.interfaces.desk.deeds_files import FILES, written
from workbench.platform.access.actions import import_actions
from workbench.platform.forms.spec import Template, templates
from workbench.platform.forms.tidy import Fix

FIXES = ("文件", "工作表", "单元格", "栏目", "原值", "改为")
HIDDEN = "（涉及名称或电话，见副本）"  # a text may be a person's


def _receipt(call: DeskCall) -> Answer:
    """Receipts of dropped files that the register holds; no other bytes are signed than were received."""
    from workbench.platform.documents.receipt_slip import write
    from workbench.platform.documents.receipts import issue_for

    with incoming(call.files) as came, call.session() as session:
        call.progress.say(text_for("desk/issuing"))
        made = write(issue_for(session, [], came.files), call.folder)
    return Answer([text_for("desk/receipts", count=len(made) // 2)], files=made)


def _fix(call: DeskCall) -> Answer:
    """What can be put right without asking, cell by cell, and copies with it done; the dropped files stay as they are."""
    from workbench.platform.forms.fixing import fix_file

    rows: list[list[str]] = []
    said: list[str] = []
    taken: set[str] = set()
    with incoming(call.files) as came:
        for place, path in enumerate(came.files):
            call.progress.at(text_for("desk/fixing"), place, len(came.files))
            try:
                fixes, _ = fix_file(path, call.folder, taken)
            except FileRefused as no:  # the others go on
                said.append(no.text(common.lang, "excel"))
                continue
            rows += [[path.name, fix.sheet, fix.cell, fix.title, *_values(fix)] for fix in fixes]
    files = written(call.folder)
    told = text_for("desk/fixed" if files else "desk/nothing_to_fix", count=len(rows), copies=len(files))
    tables = [Table("更正之处", FIXES, rows)] if rows else []
    return Answer([told, *said], tables, files=files)


def _values(fix: Fix) -> list[str]:
    if not fix.shown:
        return [HIDDEN, HIDDEN]
    new = fix.new.date().isoformat() if isinstance(fix.new, datetime) else str(fix.new)
    return [str(fix.old), new]


def _blanks(call: DeskCall) -> Answer:
    """One official form, empty, with the numbers in force today; or all of them."""
    from workbench.core.file_names import file_name
    from workbench.platform.forms.write import write_form

    chosen = call.text("form")
    wanted = [form for form in templates().values() if chosen in (ALL, form.title)]
    if not wanted:
        raise WrongUse("desk_missing", field=text_for("desk/form"))
    policy, today = context.policy(), call.now.date()
    for place, form in enumerate(wanted):
        call.progress.at(text_for("desk/preparing"), place, len(wanted))
        write_form(form, call.folder / file_name(form.order, form.title, ending=".xlsx"), policy=policy, on=today)
    files = written(call.folder)
    return Answer([text_for("desk/blanks_made", count=len(files))], files=files)


ALL = "全部空白表"


def _forms(_: Asked) -> list[str]:
    """The titles of the official forms in their order."""

    def place(form: Template) -> str:
        return str(form.order)

    return [*(form.title for form in sorted(templates().values(), key=place)), ALL]


RECEIPT = Deed(_receipt, (FILES,), group="intake", needs=import_actions, label="desk/receipt", tip="desk/receipt_tip")
FIX = Deed(_fix, (FILES,), group="forms", label="desk/fix", tip="desk/fix_tip", locked=True)
BLANKS = Deed(
    _blanks,
    (Field("form", "choice", "desk/form", choices=_forms),),
    group="forms",
    label="desk/blanks",
    tip="desk/blanks_tip",
    locked=True,
)
