"""A deed is done whole or not at all: rows, statuses and the trail stay as they were."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import psycopg
import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from tests.support.office import PASSPHRASE, contract, lead
from tests.support.vault import MOMENT, USER, Vault, deed, document, write_pair
from tests.support.vault import lead as stored_lead
from workbench.app.policy import load_policy
from workbench.capabilities.contracts import contract_register as contracts
from workbench.core.errors import RegisterError
from workbench.platform.access.session import enter
from workbench.platform.intake import batch as intake
from workbench.platform.register.store import Register


def everything(register: Register) -> dict[str, list[tuple]]:
    """Every row of every table as stored."""
    return {table: register._fetch(f'SELECT * FROM "{table}" ORDER BY 1') for table in sorted(register._tables)}


@pytest.mark.parametrize(
    "fault", [ValueError("x"), KeyboardInterrupt(), SystemExit(3), MemoryError(), RegisterError("busy")]
)
def test_an_exception_inside_a_deed_leaves_no_trace(vault, fault):
    """Whatever was raised comes out unchanged, and the register is byte for byte the same rows."""
    with vault.open() as register:
        before, head = everything(register), register.head()
        with pytest.raises(type(fault)) as raised, deed(register) as entry:
            entry.append("document", pd.DataFrame([document(3)]))
            entry.append("lead", pd.DataFrame([stored_lead(5, 3), stored_lead(6, 3)]))
            entry.replace_state(pd.DataFrame({"lead": [2, 5], "status": ["无效", "有效"], "clause": ["5.4", None]}))
            assert register.count("lead") == 6
            raise fault
        assert raised.value is fault
        assert everything(register) == before
        assert register.head() == head
        write_pair(register, 3)
        assert register.read("entry")["entry"].tolist() == [1, 2, 3]
        assert register.verify_audit() == []
    with vault.open() as register:
        assert register.verify_audit() == []


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("document", document(3, sha256=None)),  # a file that is not told apart by its content
        ("lead", stored_lead(1, 1)),  # the same version again
        ("lead", stored_lead(7, 99)),  # of a document that is not there
        ("lead", {**stored_lead(7, 1), "customer": None}),  # an indispensable value
        ("document", document(1, sha256="another")),  # a number that is taken
    ],
)
def test_what_the_tables_forbid_undoes_the_deed(vault, table, row):
    """Twins, orphans and gaps are faults of ours; nothing of the deed stays."""
    with vault.open() as register:
        before = everything(register)
        with pytest.raises((sqlcipher.IntegrityError, psycopg.IntegrityError)), deed(register) as entry:
            entry.append("document", pd.DataFrame([document(4)]))
            entry.append(table, pd.DataFrame([row]))
        assert everything(register) == before
        assert register.verify_audit() == []


def test_a_detail_that_cannot_be_kept_undoes_the_deed(vault):
    """The audit entry itself is part of the transaction."""
    with vault.open() as register:
        before = everything(register)
        with pytest.raises(TypeError), deed(register, what=object()) as entry:
            entry.append("document", pd.DataFrame([document(3)]))
        assert everything(register) == before
        write_pair(register, 3)


def test_others_see_nothing_before_the_end(vault):
    """A second reader sees the deed only when it is done, and then all of it."""
    with vault.open() as writer, vault.open() as reader:
        with deed(writer) as entry:
            entry.append("document", pd.DataFrame([document(3)]))
            assert reader.count("document") == 2
        assert reader.count("document") == 3
        assert reader.count("entry") == 3


def test_a_snapshot_stays_as_it_was(vault):
    """Inside a snapshot several readings fit together although another one writes in between."""
    with vault.open() as writer, vault.open() as reader:
        with reader.snapshot():
            assert reader.count("document") == 2
            write_pair(writer, 3)
            assert (reader.count("document"), reader.count("lead"), reader.head()[:2]) == (2, 4, "2:")
            assert reader.verify_audit() == []
        assert (reader.count("document"), reader.count("lead"), reader.head()[:2]) == (3, 6, "3:")
        with pytest.raises(ValueError, match="x"), reader.snapshot():
            raise ValueError("x")
        write_pair(reader, 4)


@pytest.fixture
def session(staffed):
    """The office's register, opened as its user."""
    with enter(staffed.folder / "登记册.db", None, PASSPHRASE, load_policy(), datetime(2026, 1, 5, 9)) as opened:
        yield opened


def arrivals(office) -> list[intake.Arrival]:
    """Three reports and a contract register that refers to none of them."""
    files = [office.leads("D001", f"批{n}.xlsx", [lead(f"江城第{n}公司", 联系方式=f"1390000111{n}")]) for n in range(3)]
    files.append(
        office.file(
            "合同登记汇总表",
            "合同.xlsx",
            {"月份": "2026-01", "编制人": "陈持", "编制日期": datetime(2026, 2, 2)},
            [contract("DK202601-00001", "江城第0公司", datetime(2026, 1, 20), 5)],
        )
    )
    return [intake.Arrival(path, datetime(2026, 1, 5, 9, place)) for place, path in enumerate(files)]


def test_a_batch_is_one_transaction(staffed, session):
    """Several files make one entry of the trail, which names every one of them."""
    receipts = intake.import_files(session, arrivals(staffed))
    assert [receipt.refused for receipt in receipts] == [False] * 4
    entries = session.register.read("entry")
    assert entries["action"].tolist() == ["init", "import", "import"]
    assert len(entries["detail"].iloc[-1]["files"]) == 4
    for table in ("document", "lead", "transition", "register_row"):
        rows = session.register.read(table, ["entry"])["entry"]
        assert set(rows[rows > 2]) == {3}, table
    assert session.register.count("register_return") == 0  # its only row was returned: the month is not back (D44)
    assert session.register.verify_audit() == []


def test_the_same_bytes_again_change_nothing(staffed, session):
    """A copy under another name, later, beside its original or alone: known by its content, nothing is written."""
    batch = arrivals(staffed)
    intake.import_files(session, batch)
    before = everything(session.register)
    copies = []
    for arrival in batch:
        path = arrival.path.with_name(f"副本_{arrival.path.name}")
        path.write_bytes(arrival.path.read_bytes())
        copies.append(intake.Arrival(path, arrival.received_at + timedelta(hours=1)))
    for again in (batch, copies, [*batch, *copies], copies[:1]):
        receipts = intake.import_files(session, again)
        assert [[each.code for each in receipt.findings] for receipt in receipts] == [["already_imported"]] * len(again)
        assert everything(session.register) == before


def test_a_fault_at_the_end_of_a_batch_undoes_all_of_it(staffed, session, monkeypatch):
    """The leads of the first files are gone as well when the last file fails; the batch then goes in whole."""
    batch, before = arrivals(staffed), everything(session.register)

    def broken(*_: object) -> None:
        assert session.register.count("lead") == 3
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(contracts._Month, "accept", broken)
        with pytest.raises(RuntimeError, match="broken"):
            intake.import_files(session, batch)
    assert everything(session.register) == before
    assert session.register.verify_audit() == []
    intake.import_files(session, batch)
    assert session.register.count("lead") == 3


def test_a_batch_of_refused_files_writes_no_entry(staffed, session):
    """Nothing taken in, nothing written, not even in the trail."""
    before = everything(session.register)
    unknown = staffed.folder / "收件" / "坏.xlsx"
    unknown.parent.mkdir(exist_ok=True)
    unknown.write_bytes(b"no workbook")
    section = staffed.leads("S001", "科室.xlsx", [lead("某公司")])
    refused = [intake.Arrival(path, datetime(2026, 1, 5, 9)) for path in (unknown, section)]
    assert [receipt.refused for receipt in intake.import_files(session, refused)] == [True, True]
    assert everything(session.register) == before


def test_the_same_rows_by_the_same_person_are_the_same_deed_twice(tmp_path):
    """Two registers with equal deeds differ in every key, hash and ciphertext, and agree in what they say."""
    registers = [Vault.make(tmp_path / f"{name}.db", pairs=1) for name in "甲乙"]
    heads, phones = [], []
    for vault in registers:
        with vault.open() as register:
            heads.append(register.head())
            phones.append(register.read("lead", ["contact", "phone", "filed_at"]))
            assert register.read("entry")["user"].tolist() == [USER]
            assert register.read("entry")["at"].tolist() == [MOMENT]
    assert heads[0] != heads[1]
    assert phones[0].equals(phones[1])
