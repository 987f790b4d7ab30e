"""Electronic originals by the commands: kept, fetched with a reason, verified, backed up and put back; who may."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capabilities.archive.test_archive import BUS, document, index
from tests.support.backups import opened
from tests.support.office import lead
from workbench.platform.access.trail import verify
from workbench.platform.access.users import destroy_customers
from workbench.platform.register import backup, stored_files

SCAN, SECOND = b"%PDF-1.4 " + "扫描件".encode() * 4000, b"%PDF-1.4 second"


def fill(office) -> None:
    """An index of two documents of two customers, and an original of the first."""
    rows = [document("DA-001"), document("DA-002", 客户名称="滨江公司")]
    office.receive(index(office, *rows), "2026-03-09T09:00:00", code=0)
    office.run("archive", "add", scan(office), "--number", "DA-001", code=0)


def scan(office, raw: bytes = SCAN, name: str = "江城客运合同.pdf") -> Path:
    path = office.folder / name
    path.write_bytes(raw)
    return path


@pytest.fixture
def archived(staffed, prepared):
    """An office with an original."""
    prepared(staffed.folder, "an original", lambda: fill(staffed))
    return staffed


def stored(office) -> list[Path]:
    return sorted((office.folder / "登记册.db.documents").iterdir())


def fetch(office, number: str = "DA-001", out: str = "取出.pdf", code: int = 0) -> str:
    return office.run("archive", "get", number, "--reason", "核对合同", "--out", office.folder / out, code=code)


def test_an_original_is_kept_and_fetched_and_the_trail_says_who_and_why(archived):
    """By its number into a folder or to a file; a later one counts, the same one again is no news."""
    fetch(archived)
    assert (archived.folder / "取出.pdf").read_bytes() == SCAN
    (archived.folder / "夹").mkdir()
    assert fetch(archived, out="夹").strip().endswith("DA-001.pdf")
    archived.run("archive", "add", scan(archived), "--number", "DA-001", code=0)
    assert len(stored(archived)) == 1
    archived.run("archive", "add", scan(archived, SECOND), "--number", "DA-001", code=0)
    fetch(archived, out="又.pdf")
    assert (archived.folder / "又.pdf").read_bytes() == SECOND and len(stored(archived)) == 2
    entries = archived.ask("audit", "show", "--action", "archive_get")
    assert len(entries) == 3 and "核对合同" in str(entries)
    assert len(archived.ask("audit", "show", "--action", "archive_add")) == 2
    told = {row["number"]: row["original"] for row in archived.ask("archive", "index")}
    assert told == {"DA-001": True, "DA-002": False}


def test_what_cannot_be_is_refused(archived):
    """No reason, a number nobody has, no original yet, a file that stands there; nothing is written then."""
    archived.run("archive", "get", "DA-001", "--reason", " ", code=2)
    fetch(archived, "DA-009", code=2)
    fetch(archived, "DA-002", code=2)
    archived.run("archive", "add", archived.folder / "没有.pdf", "--number", "DA-001", code=2)
    archived.run("archive", "add", scan(archived), "--number", "DA-009", code=2)
    assert not (archived.folder / "取出.pdf").exists()
    fetch(archived, out="江城客运合同.pdf", code=2)
    assert (archived.folder / "江城客运合同.pdf").read_bytes() == SCAN


def test_an_original_altered_or_missing_is_named_by_number_and_by_the_trail(archived):
    """`archive verify` and `audit verify` say so, fetching refuses; adding it again mends it."""
    (path,) = stored(archived)
    raw = path.read_bytes()
    assert archived.ask("archive", "verify", code=0) == []
    path.write_bytes(raw[:-1])
    for problem, spoil in (("file_changed", lambda: None), ("file_missing", path.unlink)):
        spoil()
        assert [(row["number"], row["problem"]) for row in archived.ask("archive", "verify", code=1)] == [
            ("DA-001", problem)
        ]
        (breach,) = archived.ask("audit", "verify", code=1)["breaches"]
        assert (breach["code"], breach["table"]) == (problem, "stored_file")
        fetch(archived, code=2)
    assert "DA-001" in archived.run("archive", "verify", code=1)
    archived.run("archive", "add", scan(archived), "--number", "DA-001", code=0)
    assert path.read_bytes() == raw
    assert archived.ask("audit", "verify", code=0)["breaches"] == []


@pytest.mark.slow
def test_a_backup_takes_originals_along_and_puts_them_back(archived):
    """Restored elsewhere the original opens; a backup that lacks one, or holds another, is none."""
    made = Path(archived.ask("backup", "--to", archived.folder / "备份", code=0)["file"])
    archived.run("backup", "test", "--from", archived.folder / "备份", code=0)
    target = archived.folder / "新" / "恢复.db"
    target.parent.mkdir()
    archived.run("restore", made, "--to", target, code=0)
    assert [path.read_bytes() for path in stored_files.folder_of(target).iterdir()] == [
        path.read_bytes() for path in stored(archived)
    ]
    with opened(target) as session:
        assert verify(session).breaches == []
        (file,) = stored_files.known(session.register)
        stored_files.unseal(session.register, file, archived.folder / "新" / "原件.pdf")
    assert (archived.folder / "新" / "原件.pdf").read_bytes() == SCAN
    for number, change in enumerate(
        (lambda raw: raw[:-1], lambda raw: raw[:50] + bytes([raw[50] ^ 1]) + raw[51:], None)
    ):
        forged = rebuilt(made, archived.folder / f"伪{number}.wbk", change)
        said = archived.run("restore", forged, "--to", archived.folder / f"册{number}.db", code=2)
        assert said == "" and not (archived.folder / f"册{number}.db").exists()


def rebuilt(made: Path, target: Path, change) -> Path:
    """A backup with its stored file changed, or left out."""
    with backup.zipfile.ZipFile(made) as source, backup.zipfile.ZipFile(target, "w") as copy:
        for part in source.infolist():
            raw = source.read(part)
            if part.filename.startswith(backup.FILES):
                if change is None:
                    continue
                raw = change(raw)
            copy.writestr(part, raw)
    return target


@pytest.mark.slow
def test_a_backup_of_a_register_that_lost_an_original_says_so_and_is_whole_otherwise(archived):
    """The register is backed up all the same; the command says what is not in it; restored, the loss is still named."""
    (path,) = stored(archived)
    path.unlink()
    told = archived.ask("backup", "--to", archived.folder / "备份", code=1)
    assert told["lost"] == 1
    archived.run("backup", "test", "--from", archived.folder / "备份", code=0)
    target = archived.folder / "恢复.db"
    archived.run("restore", told["file"], "--to", target, code=0)
    with opened(target) as session:
        assert [breach["code"] for breach in verify(session).breaches] == ["file_missing"]


@pytest.mark.slow
def test_a_destroyed_customers_originals_open_nowhere_and_are_in_no_later_backup(archived):
    """Fetching refuses, verifying finds nothing amiss; neither the disk nor a backup made since holds the file."""
    beside = stored_files.folder_of(archived.folder / "登记册.db")
    assert len(list(beside.iterdir())) == 1
    with opened(archived.folder / "登记册.db") as session:
        assert destroy_customers(session, [BUS], "保存期满") == 1
    assert list(beside.iterdir()) == []
    fetch(archived, code=2)
    archived.run("archive", "add", scan(archived), "--number", "DA-001", code=2)
    assert archived.ask("archive", "verify", code=0) == []
    made = Path(archived.ask("backup", "--to", archived.folder / "备份", code=0)["file"])
    with backup.zipfile.ZipFile(made) as source:
        assert [name for name in source.namelist() if name.startswith(backup.FILES)] == []


@pytest.mark.slow
def test_who_may_keep_and_fetch_originals(staffed, become):
    """Clerk and custodian keep; clerk and verifier fetch, the latter of his own section's customers; nobody else does."""
    become("文员")
    fill(staffed)
    staffed.receive(staffed.leads("D001", "信息.xlsx", [lead(BUS)]), "2026-03-10T09:00:00", code=0)
    staffed.run("dispatch", "--at", "2026-03-10T10:00:00", "--out", staffed.folder / "转交")
    fetch(staffed, out="文员.pdf")
    become("核实员")
    fetch(staffed, out="核实员.pdf")
    assert (staffed.folder / "核实员.pdf").read_bytes() == SCAN
    for user in ("政府核实员", "审计员", "分析员", "领导"):
        become(user)
        fetch(staffed, out="别人.pdf", code=2)
        staffed.run("archive", "add", scan(staffed), "--number", "DA-002", code=2)
    become(None)
    staffed.run("archive", "add", scan(staffed), "--number", "DA-002", code=0)
    fetch(staffed, out="别人.pdf", code=2)
    become("审计员")
    assert staffed.ask("archive", "verify", code=0) == []
    assert staffed.ask("audit", "verify", code=0)["breaches"] == []
    assert not (staffed.folder / "别人.pdf").exists()
