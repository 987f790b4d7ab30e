"""Work of every kind, played in a file and on a server, with and without a cluster: the same to the byte, whatever comes out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.support import every_template
from tests.support.cluster import DaskCluster
from tests.support.fixtures.postgres import PostgresServer
from tests.support.office import PASSPHRASE, Office
from tests.support.report_runs import WHEN
from tests.support.same_play import PlayedOffice, same_random_values
from tests.support.standing import STANDING
from workbench.capabilities.leads import divided
from workbench.platform.intake.record_intake import intakes
from workbench.platform.register import key_file, moving
from workbench.platform.register.keys import unlock
from workbench.platform.register.store import Register
from workbench.platform.reporting.registry import reports

pytestmark = [pytest.mark.slow, pytest.mark.process]
AFTER = "2026-04-20T18:00:00"
ASKED = (
    ("leads", "--as-of", AFTER, "--json"),
    ("settle", "2026Q1", "--as-of", AFTER, "--json"),
    ("settlement", "status", "--json"),
    ("explain", "D001", "--quarter", "2026Q1", "--json"),
    ("customers", "list", "--json"),
    ("changes", "list", "--json"),
    ("due", "--on", "2026-04-20", "--done", "--json"),
    ("audit", "show", "--json"),
    ("audit", "head"),
    ("audit", "verify", "--json"),
)
PUBLISHED = ("2026-01-10", "2026-01-20", "2026-01-30", "2026-02-10")
REPORTS = "报告"


def play(office: PlayedOffice) -> None:
    """A row of every official template, good and bad, reviewed, dispatched, answered, published, settled and handed back."""
    told = every_template.units_and_targets(office) | every_template.leads(office) | every_template.business(office)
    for day in PUBLISHED:
        office.published(day, f"{day}T17:00:00")
    told |= every_template.disclosures(office) | every_template.people(office) | every_template.changes(office)
    told |= every_template.money(office) | every_template.of_customers(office) | {"service_record"}
    assert told == {intake.template for intake in intakes()}
    STANDING.move_on(AFTER)
    office.run("prepare-register", "2026-02", "--as-of", AFTER, "--out", "合同登记")
    office.run("review", "--out", "复核", code=None)
    office.run(
        "books",
        "make",
        "weekly_book",
        "--unit",
        "S002",
        "--manager",
        "许走访",
        "--week",
        "2026-04-20",
        "--out",
        "工作簿",
    )
    for period in ("2026-01", "2026Q1"):
        office.run("statement", "--all", "--period", period, "--as-of", AFTER, "--out", f"对账单{period}")
    for arguments in ASKED:
        office.run(*arguments, code=None)


def report(office: PlayedOffice) -> None:
    """Every report as a workbook and a page, each in a process of its own that opens the register anew."""
    for each in reports():
        if each.alias in ("whatif", "card"):  # have commands of their own
            continue
        period = WHEN.get(each.alias, ("2026-03", None))[0]
        office.run("report", each.alias, "--period", period, "--as-of", AFTER, "--out", REPORTS)


class Places:
    """One register with its users, which stands at as many places as there are plays."""

    def __init__(self, staffed: Office, postgres: PostgresServer, monkeypatch, folder: Path) -> None:
        self.staffed, self.postgres, self.monkeypatch, self.folder = staffed, postgres, monkeypatch, folder

    def play(self, name: str, *, server: bool, cluster: str | None, original: PlayedOffice | None) -> PlayedOffice:
        """Copy the register to a place, with its keys, and play there."""
        folder, patch = self.folder / name, self.monkeypatch
        folder.mkdir()
        here, place = self.staffed.folder / "登记册.db", folder / "登记册.db"
        if server:
            place.write_text(self.postgres.url(self.postgres.database()))
            _, keys = unlock(here, None, PASSPHRASE)
            with Register.open(here, keys) as register:
                moving.make_room(place)
                moving.copy(register, place)
            key_file.write(place, key_file.read(here), keys.file)
        else:
            for path in (here, key_file.path_of(here)):
                (folder / path.name).write_bytes(path.read_bytes())
        patch.setenv("WORKBENCH_STATE", str(folder.with_suffix(".state")))
        patch.setenv("WORKBENCH_REGISTER", str(place))
        patch.delenv("WORKBENCH_CLUSTER", raising=False)
        if cluster:
            patch.setenv("WORKBENCH_CLUSTER", cluster)
            patch.setattr(divided, "WORTHWHILE", 1)  # few leads are divided, too
            patch.setattr(divided, "MOST", 2)
        patch.chdir(folder)
        STANDING.moment = datetime(2026, 1, 2, 8)
        office = PlayedOffice(folder, self.staffed.blanks, self.staffed.capture, original)
        with pytest.MonkeyPatch.context() as drawing:
            same_random_values(drawing)
            play(office)
        return office


@pytest.fixture
def places(staffed, postgres, set_clock, monkeypatch, tmp_path_factory) -> Places:
    """The office's register before its first lead, ready to be put elsewhere."""
    set_clock("2026-01-02T08:00:00")
    return Places(staffed, postgres, monkeypatch, tmp_path_factory.mktemp("plays"))


def test_work_of_every_kind_is_the_same_to_the_byte(places: Places, cluster: DaskCluster):
    """What every command says, every file that is left, and the trail's head, which stands for every row with its sealed bytes."""
    first = places.play("文件", server=False, cluster=None, original=None)
    report(first)
    expected = first.left()
    assert sum(name.endswith(".xlsx") for name in expected) > 40
    for name, workers in (("服务器", None), ("服务器与集群", cluster.address)):
        other = places.play(name, server=True, cluster=workers, original=first)
        if workers:
            report(other)
        assert other.said_all == first.said_all[: len(other.said_all)], name
        without = () if workers else tuple(path for path in expected if path.startswith(f"{REPORTS}/"))
        assert other.left() == {path: digest for path, digest in expected.items() if path not in without}, name
