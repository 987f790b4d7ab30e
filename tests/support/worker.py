"""What tests run in processes of their own: a writer that goes on until told to stop, an importer to be killed."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path

import pandas as pd


def write(path: str, name: str, seconds: str) -> None:
    """Commit documents with two leads each for some seconds; print how many."""
    from tests.support.vault import PASSPHRASE, USER, deed, document, lead
    from workbench.platform.register.keys import unlock
    from workbench.platform.register.store import Register

    _, keys = unlock(Path(path), USER, PASSPHRASE)
    with Register.open(Path(path), keys) as register:
        say("ready")
        sys.stdin.readline()
        done, end = 0, time.monotonic() + float(seconds)
        while time.monotonic() < end:
            with deed(register, writer=name) as entry:
                file = document(0, sha256=f"{name}-{done}", name=name)
                first = (register.maximum("lead", "lead") or 0) + 1
                number = int(entry.append("document", pd.DataFrame([file]).drop(columns="document"))[0])
                entry.append("lead", pd.DataFrame([lead(first, number), lead(first + 1, number)]))
            done += 1
        say(f"done {done}")


def import_batches(path: str, passphrase: str, folder: str) -> None:
    """Import two files at a time, saying each batch once it is committed. Files are read before the start."""
    from workbench.app.policy import load_policy
    from workbench.platform.access.session import enter
    from workbench.platform.forms.read import read_many
    from workbench.platform.intake import batch as intake

    files = sorted(Path(folder).glob("*.xlsx"))
    forms = dict(read_many(files))
    intake.read_many = lambda paths, **_: [(item, forms[item]) for item in paths]
    with enter(Path(path), None, passphrase, load_policy(), datetime(2026, 1, 5, 12)) as session:
        say("ready")
        for start in range(0, len(files), 2):
            batch = files[start : start + 2]
            receipts = intake.import_files(session, [intake.Arrival(file, datetime(2026, 1, 5, 9)) for file in batch])
            if any(receipt.accepted for receipt in receipts):
                say(f"done {start // 2}")
    say("end")


def rotate(path: str, user: str, passphrase: str) -> None:
    """Rotate the keys again and again, saying each rotation that was done."""
    from workbench.app.policy import load_policy
    from workbench.platform.access import users as people
    from workbench.platform.access.session import enter

    policy = load_policy()
    say("ready")
    while True:
        with enter(Path(path), user, passphrase, policy, datetime(2026, 1, 5, 12)) as session:
            people.rotate(session)
        say("done")


def visit(path: str, user: str, passphrase: str, seconds: str) -> None:
    """Open, write one entry and close, for some seconds, whenever the register lets one; print how many were kept."""
    from workbench.app.policy import load_policy
    from workbench.core.errors import RegisterError
    from workbench.platform.access.session import enter

    policy, moment, kept = load_policy(), datetime(2026, 1, 5, 12), 0
    say("ready")
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        try:
            with enter(Path(path), user, passphrase, policy, moment) as session:
                with session.transaction("close", moment, month="2026-01"):
                    pass
                kept += 1
        except RegisterError as refused:
            if refused.code not in ("renewed", "busy", "not_a_register"):
                raise
        time.sleep(0.05)
    say(f"kept {kept}")


def renew(path: str, kind: str, customers: str) -> None:
    """Bring a register over, or destroy the keys of customers (divided by commas), saying when it is done."""
    from tests.support.vault import MOMENT, PASSPHRASE, USER
    from workbench.platform.register import destruction, resealing
    from workbench.platform.register.keys import unlock
    from workbench.platform.register.store import Register
    from workbench.platform.register.subjects import name_of_customer

    _, keys = unlock(Path(path), USER, PASSPHRASE)
    with Register.open(Path(path), keys) as register:
        say("ready")
        if kind == "bring_over":
            resealing.bring_over(register, user=USER, now=MOMENT)
        else:
            names = [name_of_customer(name) for name in customers.split(",")]
            destruction.destroy(register, names, user=USER, now=MOMENT, reason="到期")
    say("done")


def say(text: str) -> None:
    """One line the test reads at once."""
    print(text, flush=True)


if __name__ == "__main__":
    jobs = {"write": write, "import": import_batches, "rotate": rotate, "visit": visit, "renew": renew}
    jobs[sys.argv[1]](*sys.argv[2:])
