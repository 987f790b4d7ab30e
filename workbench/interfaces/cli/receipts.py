"""`workbench receipt …`, `workbench verify` and `workbench audit key`: what is signed, and how anybody checks it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.app.context import output_folder
from workbench.app.inbox import Incoming, incoming
from workbench.app.options import common
from workbench.app.output import print_json, say, say_error, text_for
from workbench.app.passwords import listed_passwords
from workbench.app.session import open_session
from workbench.core.errors import WrongUse
from workbench.interfaces.cli.copies import (
    PasswordFile,
    PasswordList,
    Protect,
    as_json,
    password_of,
    print_copies,
)
from workbench.interfaces.cli.params import Json

if TYPE_CHECKING:
    from workbench.platform.access.session import Session
    from workbench.platform.documents.delivery import Handing
    from workbench.platform.documents.papers import Papers
    from workbench.platform.documents.receipts import Receipt
    from workbench.platform.documents.signatures import TrustedKey
    from workbench.platform.intake.outcome import ImportOutcome

Key = Annotated[
    str | None,
    typer.Option("--key", metavar="KEY"),
]


PapersList = Annotated[Path | None, typer.Option("--papers", metavar="FILE")]


def known(key: str | None, papers: Path | None) -> tuple[TrustedKey, Papers | None]:
    """The public key to check with and what is known of the register's papers: from the key given and the list, if there
    is one, else from the register in use."""
    from workbench.platform.documents.papers import of_trusted, read
    from workbench.platform.documents.signatures import read_trusted_key

    if key is not None:
        trusted = read_trusted_key(key)
        return trusted, None if papers is None else read(papers, trusted)
    if not common.register:
        raise WrongUse("no_key")
    with open_session() as session:
        return of_trusted(session)


def say_how_far(recorded: str) -> None:
    """What a check could not find out about a paper that is genuine by its signature."""
    if recorded != "recorded":
        say_error(f"paper_{recorded}")


def hand_out(receipts: list[Receipt], out: Path, handing: Handing | None = None) -> list[Path]:
    """Write the slips of receipts that are issued already; with ``handing`` under passwords.

    Raises WrongUse ``receipts_not_written``.
    """
    from workbench.platform.documents.receipt_slip import write

    try:
        return write(receipts, out, handing)
    except OSError:
        raise WrongUse("receipts_not_written", out=out) from None


def with_import(
    session: Session, outcomes: Sequence[ImportOutcome], out: Path, handing: Handing | None = None
) -> list[Path]:
    """The slips of files that were just taken in, or had been before; the files themselves need not be there any more."""
    from workbench.platform.documents.receipts import held, issue

    known = held(session, [outcome.sha256 for outcome in outcomes if outcome.sha256])
    return hand_out(issue(session, [number for own in known.values() for number in own]), out, handing)


def make(
    references: Annotated[
        list[str] | None,
        typer.Argument(metavar="NUMBER|SHA-256"),
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option("--file", metavar="FILE", exists=True, dir_okay=False),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", callback=output_folder)] = Path("回执"),
    protect: Protect = False,
    passwords: PasswordList = None,
    json: Json = False,
) -> int:
    """Issue receipts, again if needed: a workbook and a printable page per file."""
    from workbench.platform.documents.delivery import Handing
    from workbench.platform.documents.receipts import issue_for

    if passwords and not protect:
        raise WrongUse("passwords_without_protect")
    if not references and not file:
        raise WrongUse("no_reference")
    with incoming(file) if file else nullcontext(Incoming([])) as came, open_session() as session:
        handing = Handing(session, listed_passwords(passwords)) if protect else None
        issued = issue_for(session, references or [], came.files)
        paths = hand_out(issued, out, handing)
    if json:
        copies = {"copies": [as_json(copy) for copy in handing.copies]} if handing else {}
        print_json(
            {"receipts": [receipt.signed for receipt in issued], "files": [str(path) for path in paths], **copies}
        )
    elif handing:
        print_copies(handing.copies)
    else:
        for path in paths:
            print(path)
    return 0


def verify_slip(
    slip: Annotated[Path, typer.Argument(metavar="RECEIPT")],
    key: Key = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE")] = None,
    papers: PapersList = None,
    password_file: PasswordFile = None,
    json: Json = False,
) -> int:
    """Verify a receipt: signature, content, and which rows of the file are those received; no register needed."""
    from workbench.platform.access.roles import title_words
    from workbench.platform.documents.receipt_check import verify

    trusted, of_register = known(key, papers)
    found = verify(slip, trusted, file, of_register, password_of(password_file))
    signed, block = found.signed, found.signed["signature"]
    missing = [row for row, at in found.fits.items() if at is None]
    if json:
        print_json(
            {
                "genuine": True,
                "recorded": found.recorded,
                "as_signed": found.as_signed,
                "same_file": found.same_file,
                "rows": found.fits,
                "receipt": signed,
            }
        )
    else:
        say("receipt/signed", user=block["user"], title=title_words(block["role"]), register=signed["register"])
        say("receipt/file", file=signed["file"], sha256=signed["sha256"], received_at=signed["received_at"])
        if found.same_file:
            say("receipt/same_file")
        elif found.same_file is False and found.fits:
            say("receipt/other_file")
            for row, at in found.fits.items():
                say("receipt/row_fits" if at else "receipt/row_does_not_fit", row=row, at=at)
        for item in signed["rows"]:
            place = text_for("receipt/place", place=item["place"]) if item["place"] else ""
            clause = text_for("receipt/clause", clause=item["clause"]) if item["clause"] else ""
            number = item["number"] or ""
            row = f"{item['sheet']}!{item['row']}" if "sheet" in item else item["row"]
            say("receipt/row", row=row, verdict=item["verdict"], clause=clause, place=place, number=number)
    say_how_far(found.recorded)
    if not found.as_signed:
        say_error("receipt_altered")
    if found.same_file is False and not found.fits:
        say_error("not_the_received_file")
    return 0 if found.as_signed and found.same_file is not False and not missing else 1


def key(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE")] = None,
) -> int:
    """Print the register's public key, with which receipts, manifests and copies are verified; it is no secret,
    note it elsewhere.
    """
    import json as json_module

    from workbench.interfaces.cli.trail import keep
    from workbench.platform.documents.signatures import public_key

    with open_session() as session:
        text = json_module.dumps(public_key(session), ensure_ascii=False, indent=1)
    return keep(text, out)


def papers(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE")] = None,
) -> int:
    """Export the signed list of certificates and digests, with which papers are verified without the register."""
    import json as json_module

    from workbench.interfaces.cli.trail import keep
    from workbench.platform.documents.papers import export

    with open_session() as session:
        text = json_module.dumps(export(session), ensure_ascii=False, indent=1)
    return keep(text, out)
