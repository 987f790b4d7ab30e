"""`workbench check` and `workbench import`: what comes in."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.app import clock, context
from workbench.app.cluster import cluster_in_use
from workbench.app.context import folder_to_write
from workbench.app.inbox import ReceiptTime, incoming, offer_mail_times, receipt_times
from workbench.app.options import common
from workbench.app.output import print_json, say, say_error, text_for
from workbench.app.passwords import listed_passwords, passwords_that_open
from workbench.app.session import open_session
from workbench.core.errors import RegisterError, WrongUse
from workbench.interfaces.cli.copies import (
    PasswordList,
    Protect,
    as_json,
    print_copies,
)
from workbench.interfaces.cli.params import Files, Json, Workers
from workbench.interfaces.cli.receipts import with_import

if TYPE_CHECKING:
    from workbench.platform.access.session import Session
    from workbench.platform.documents.delivery import Delivered, Handing
    from workbench.platform.forms.passwords import Passwords
    from workbench.platform.intake.outcome import ImportOutcome


@contextmanager
def progress_bar(title: str, total: int, quiet: bool) -> Iterator[Any]:
    """A progress bar on stderr for long work at a terminal."""
    if quiet or not sys.stderr.isatty() or total < 10:
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Console(file=getattr(sys.stderr, "raw", sys.stderr))  # it draws by what others' texts may not hold
    with Progress(console=bar) as progress:
        task = progress.add_task(title, total=total)
        yield lambda: progress.advance(task)


def _print_receipts(receipts: list, json: bool, copies: Sequence[Delivered] | None = None) -> int:
    """Show what became of each file; the exit code says whether a person has to act."""
    if json:
        more = {} if copies is None else {"copies": [as_json(copy) for copy in copies]}
        print_json({"files": [receipt.as_json(common.lang) for receipt in receipts], **more})
    for receipt in receipts:
        for part in receipt.parts_refused():
            place = f"{receipt.place}《{part.sheet}》" if part.sheet else receipt.place
            for finding in part.findings:
                say_error("file_refused", file=place, text=finding.text(common.lang))
        if not json and not receipt.refused:
            _print_receipt(receipt)
    if any(receipt.parts_refused() for receipt in receipts):
        return 2
    return 1 if any(receipt.must_act() for receipt in receipts) else 0


def _print_receipt(receipt: ImportOutcome) -> None:
    """What became of a file, and of the sheets of a book, with the findings; those of a refused sheet are told apart."""
    _say_taken(receipt, receipt.place)
    for sheet in receipt.sheets:
        if not sheet.refused:
            _say_taken(sheet, f"  《{sheet.sheet}》")
    if receipt.untouched:
        say("taken_in/untouched", sheets=[f"《{name}》" for name in receipt.untouched])
    told = [finding for part in receipt.parts_refused() for finding in part.findings]
    for finding in (*receipt.findings, *receipt.remarks):
        if finding in told:
            continue
        clause = f"[{finding.clause}] " if finding.clause else ""
        place = "!".join(filter(None, (finding.sheet, finding.cell)))
        said = text_for(f"severity/{finding.severity.value}")
        print(f"  {said} {place} {clause}{finding.text(common.lang)}")


def _say_taken(receipt: ImportOutcome, place: str) -> None:
    counts = {"accepted": receipt.accepted, "returned": receipt.returned, "unchanged": receipt.unchanged}
    say("taken_in/again" if receipt.unchanged else "taken_in", file=place, **counts)


def _print_summary(receipts: list) -> None:
    """One line for the whole call."""
    say(
        "taken_in/all",
        files=len(receipts),
        accepted=sum(receipt.accepted for receipt in receipts),
        returned=sum(receipt.returned for receipt in receipts),
        refused=sum(receipt.refused for receipt in receipts),
    )


@dataclass(frozen=True)
class _Handouts:
    """What is handed out with an import which stands in the register already."""

    session: Session
    files: Sequence[Path]
    outcomes: Sequence[ImportOutcome]
    opening: Passwords
    handing: Handing | None

    def replies(self, out: Path) -> list[Path]:
        """What goes back to the senders."""
        from workbench.app.replies import write_replies

        policy = self.session.policy
        return [
            reply.path for reply in write_replies(self.files, self.outcomes, out, policy, self.opening, self.handing)
        ]

    def desk(self, out: Path) -> list[Path]:
        """The page and the workbook of the import."""
        from workbench.app.desk import write_desk

        return write_desk(self.session, self.files, self.outcomes, out, clock.now(), self.opening, self.handing)

    def receipts(self, out: Path) -> list[Path]:
        """The slips of what was registered."""
        return with_import(self.session, self.outcomes, out, self.handing)

    def write(self, replies: Path | None, desk: Path | None, receipts: Path | None, quiet: bool) -> int:
        """Write those for which a folder is given. What cannot be written is said, and keeps nothing from the others."""
        code = 0
        for name, out, made in (
            ("reply", replies, self.replies),
            ("desk", desk, self.desk),
            ("receipt", receipts, self.receipts),
        ):
            try:
                paths = [] if out is None else made(out)
            except (OSError, RegisterError, WrongUse) as error:
                if not isinstance(error, OSError) and error.code not in ("disk_full", "receipts_not_written"):
                    raise
                say_error("receipts_not_written" if name == "receipt" else f"{name}_not_written", out=out)
                code = 2
                continue
            for path in [] if quiet else paths:
                say(f"{name}/written", path=path)
        return code


def check(
    files: Files,
    annotate: Annotated[Path | None, typer.Option("--annotate", metavar="FOLDER", callback=folder_to_write)] = None,
    passwords: PasswordList = None,
    workers: Workers = 2,
    json: Json = False,
) -> int:
    """Check filled templates without a register, and point at every cell that is wrong."""
    from workbench.app.checking import check_files

    opening = passwords_that_open(passwords)
    with incoming(files) as came, cluster_in_use() as cluster:
        receipts = check_files(
            came.files, context.policy(), workers=workers, annotate_to=annotate, passwords=opening, cluster=cluster
        )
        came.name_archives(receipts)
    return _print_receipts(receipts, json)


def import_(
    paths: Files,
    received_at: Annotated[str | None, typer.Option("--received-at", metavar="TIME")] = None,
    inbox: Annotated[
        Path | None,
        typer.Option("--inbox", metavar="CSV"),
    ] = None,
    receipts_out: Annotated[Path | None, typer.Option("--receipts", metavar="FOLDER", callback=folder_to_write)] = None,
    replies: Annotated[Path | None, typer.Option("--replies", metavar="FOLDER", callback=folder_to_write)] = None,
    desk: Annotated[Path | None, typer.Option("--desk", metavar="FOLDER", callback=folder_to_write)] = None,
    protect: Protect = False,
    passwords: PasswordList = None,
    workers: Workers = 2,
    json: Json = False,
) -> int:
    """Take in received templates (recognised by their stamp); taking the same file in again changes nothing, unless it
    was received earlier."""
    from workbench.platform.documents.delivery import Handing
    from workbench.platform.intake.batch import Arrival, import_files

    if protect and not (replies or receipts_out or desk):
        raise WrongUse("nothing_to_protect")
    opening = passwords_that_open(passwords)
    default = ReceiptTime.of(received_at)
    with incoming(paths, inbox) as came:
        files = came.files
        times = receipt_times(files, inbox, default, came.inside)
        if received_at is None:
            offer_mail_times(came, times, default)
        arrivals = [Arrival(path, times[path].at, times[path].bare) for path in files]
        with (
            cluster_in_use() as cluster,
            open_session() as session,
            progress_bar(text_for("reading_files"), len(files), json) as progress,
        ):
            if desk:
                session.require("list")  # the page says what waits for whom; refused before anything is taken in
            handing = Handing(session, listed_passwords(passwords)) if protect else None
            receipts = import_files(
                session, arrivals, workers=workers, progress=progress, passwords=opening, cluster=cluster
            )
            came.name_archives(receipts)
            if handing is None or not json:  # a document of its own, with passwords that are told this once, comes last
                code = _print_receipts(receipts, json)
            handouts = _Handouts(session, files, receipts, opening, handing)
            unwritten = handouts.write(replies, desk, receipts_out, quiet=json)
            if handing is not None and json:
                code = _print_receipts(receipts, json, handing.copies)
            elif handing is not None:
                print_copies(handing.copies)
            if not json and len(files) > 1:
                _print_summary(receipts)
    return max(code, unwritten)
