"""The contract register as the support section gets it: contracts under way and projects without one (6.5)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.capabilities.contracts.test_contract_register import counted, register, row
from tests.capabilities.contracts.test_contract_register import projects as projects
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.leads.verification import Sections
from workbench.capabilities.organization.kinds import SectionFunction
from workbench.platform.documents.found_marks import is_protected

PREPARED = "prepared_register"


def table(path) -> tuple[list[str], list[list]]:
    """The titles and the filled rows of a workbook."""
    grid = [[cell.value for cell in line] for line in load_workbook(path).worksheets[0].iter_rows()]
    top = next(place for place, line in enumerate(grid) if "合同编号" in line)
    return grid[top], [line for line in grid[top + 1 :] if line[2]]


def test_contracts_under_way_and_new_projects_are_filled_in(projects):
    """A delivered contract and an ended one are not; ids name the line; left as it is, the file changes nothing it must not."""
    lines = [row("公园", 3), row("公园", 4, "HT2", quantity=4), row("农场", 0, "HT3", 执行情况="已解除")]
    register(projects, lines, "02-02T09:00:00")
    before = counted(projects)
    path = projects.folder / "合同登记" / "合同登记汇总表_2026-02.xlsx"
    projects.run("prepare-register", "2026-02", "--as-of", "2026-03-01T08:00:00", "--out", path.parent)
    titles, rows = table(path)
    shown = [dict(zip(titles, line)) for line in rows]
    names = ("合同编号", "客户名称", "单位代码", "车型", "合同数量(台)", "本月提车量(台)")
    assert [tuple(each[name] for name in names) for each in shown] == [
        ("HT1", "江城公园", "D001", "轿车", 10, 0),
        (None, "滨江客运", "D001", None, None, None),
    ]
    numbers = {name: each["number"] for name, each in projects.by_customer().items()}
    assert [each["行标识"] for each in shown] == [
        f"c:HT1|{numbers['江城公园']}|轿车",
        f"n:{numbers['滨江客运']}",
    ]
    got = projects.receive(path, "2026-03-02T09:00:00")
    assert (got["accepted"], got["returned"], got["findings"]) == (1, 0, [])
    assert counted(projects) == before
    with projects.opened() as session:
        assert set(session.register.read("register_return", ["month"])["month"]) == {"2026-01", "2026-02"}


@pytest.mark.slow
def test_it_is_made_on_the_first_day_of_the_next_month(projects):
    """Not before; once, beside the reports, as the command makes it; none any more when the register came in."""

    def prepared(on: str, *more: object) -> list[tuple[str, str, str]]:
        found = projects.ask("due", "--on", on, *more)
        assert not [each["error"] for each in found["ran"] if each["error"]]
        return [(row["period"], row["due_on"], row["state"]) for row in found["tasks"] if row["task"] == PREPARED]

    projects.run("prepare-register", "2026-01", "--as-of", "2026-01-31T23:00:00", "--out", projects.folder / "早")
    assert prepared("2026-01-31") == []
    assert prepared("2026-02-01") == [("2026-01", "2026-02-01", "到期")]
    folder = projects.folder / "报告"
    assert prepared("2026-02-01", "--run", "--out", folder) == [("2026-01", "2026-02-01", "已完成")]
    path = folder / "合同登记" / "合同登记汇总表_2026-01.xlsx"
    titles, rows = table(path)
    assert {line[titles.index("客户名称")] for line in rows} == {
        "江城公园",
        "和县农场",
        "滨江客运",
    }  # nothing but projects
    path.unlink()
    assert prepared("2026-02-02", "--run", "--out", folder) == [("2026-01", "2026-02-01", "已完成")]
    assert not path.exists()
    register(projects, [row("公园", 3)], "02-02T09:00:00")
    assert prepared("2026-02-03") == []


def test_a_month_to_come_is_not_filled_in(projects):
    """By the moment asked for."""
    projects.run("prepare-register", "2026-04", "--as-of", "2026-03-31T23:00:00", code=2)
    assert "2026-04" in projects.said


@pytest.mark.slow
def test_an_unattended_run_hands_it_out_under_the_sections_password(projects, monkeypatch):
    """By the list the environment names; without the section on it nothing is written and the next run makes up for it."""
    listed, folder = projects.folder / "口令.csv", projects.folder / "报告"
    listed.write_text("recipient,password\nS777,别人的口令一句话八个字\n", encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_PASSWORDS", str(listed))

    def ran() -> dict:
        found = projects.ask("due", "--on", "2026-02-01", "--run", "--out", folder)["ran"]
        return next(each for each in found if each["task"] == PREPARED)

    assert "口令清单" in ran()["error"] and not list(folder.rglob("合同登记汇总表*"))
    password = "山谷里传来三声钟响"
    with projects.opened() as session:
        section = Sections(open_snapshot(session).facts.units).with_function(SectionFunction.SUPPORT, date(2026, 2, 1))[
            0
        ]
    listed.write_text(f"recipient,password\n{section},{password}\n", encoding="utf-8")
    (folder / "合同登记").write_text("in the way")
    assert ran()["error"]  # nor is it entered where it cannot be written
    (folder / "合同登记").unlink()
    (path,) = map(Path, ran()["files"])
    assert is_protected(path.read_bytes()) and list(folder.rglob("合同登记汇总表*")) == [path]
    monkeypatch.delenv("WORKBENCH_PASSWORDS")
    taken = projects.ask("import", path, "--received-at", "2026-02-02T09:00:00", "--passwords", listed)["files"][0]
    assert taken["template"] == "contract_register" and taken["findings"] == []
    projects.run("due", "--passwords", listed, code=2)
