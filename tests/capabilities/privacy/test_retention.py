"""Retention and disposal: what is due, proposed by one, approved by another, destroyed; afterwards nothing finds the customer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.customer_office import BUS, BUS_FILE, CONTACT, PHONE, credit_code, profile, sales
from tests.support.office import PASSPHRASE, Office, lead
from tests.support.raw_reading import in_clear, read_all
from tests.support.staff import PEOPLE
from tests.support.vault import Vault
from workbench.platform.register.backup import unpacked
from workbench.platform.register.keys import unlock

pytestmark = pytest.mark.slow

OTHER = "滨江物流集团"
# half a year after the first term of a prospect
LATER = "2027-07-15T09:00:00"


@pytest.fixture
def office(become, set_clock, prepared) -> Office:
    """Two customers' leads, one of them found invalid long ago, the other alive; files, a weekly sheet and sales of the first."""
    office = become("文员")
    set_clock("2026-03-20T09:00:00")
    prepared(office.folder, "customers to dispose of", lambda: fill(office))
    set_clock(LATER)
    return office


def fill(office: Office) -> None:
    """What the register knows of the customer, and of another."""
    rows = [
        lead(BUS, **{"标的量(台)": 1}),
        lead(OTHER, 联系方式="13900001112"),
    ]
    office.receive(office.leads("D001", f"甲_{BUS}.xlsx", rows), "2026-01-05T09:00:00", code=None)
    again = {"客户名称": "江城巴士公司", "上级单位": BUS, "行业": "客运"}
    office.receive(profile(office, BUS_FILE, again), "2026-01-06T09:00:00", code=0)
    office.receive(sales(office, "2026-02", 1000, (BUS, 60)), "2026-03-02T09:00:00", code=0)


def numbers(office: Office) -> dict[str, list[str]]:
    """Who is due, and what stands against it."""
    return {row["customer"]: row["against"] for row in office.ask("retention", "due")}


def propose(office: Office) -> str:
    """The clerk proposes the customer whose consent ended."""
    return office.ask("retention", "propose", BUS, "--reason", "保存期满", code=0)["number"]


def test_what_is_due_names_the_day_and_what_stands_against_it(office):
    """By the class's terms from the last thing recorded; a living lead and an unsettled month stand against it."""
    assert numbers(office) == {}
    told = office.ask("retention", "due", "--on", "2029-03-05")
    rows = {row["customer"]: [row[name] for name in ("kept_as", "last_on", "not_before", "due_on")] for row in told}
    assert rows[OTHER] == ["未成交客户", "2026-01-05", "2027-01-05", "2029-01-05"]
    assert rows[BUS][3] == "2028-01-05", "what was agreed with its contact persons (保存至) comes first"
    against = {row["customer"]: row["against"] for row in told}
    assert against[BUS] == [] and against[OTHER] == ["有未了的信息或合同"]
    office.run("retention", "propose", OTHER, "--reason", "保存期满", code=2)
    assert "有未了的信息或合同" in office.said


def test_a_consent_taken_back_makes_it_due_after_the_minimum_term(office, set_clock):
    """At once where the minimum term is over; before, it is refused."""
    set_clock("2026-03-21T09:00:00")
    number = office.by_customer()[BUS]["number"]
    office.run("consent", "withdraw", number, "--reason", "客户来函")
    office.run("retention", "propose", BUS, "--reason", "撤回同意", code=2)
    assert "2027-03-02" in office.said
    set_clock("2027-03-02T09:00:00")
    assert numbers(office) == {BUS: []}
    listed = office.ask("due", "--on", "2027-03-02", code=None)
    assert "retention" in str(listed) or "保存期满" in str(listed)


def test_who_proposes_does_not_decide_and_nothing_is_destroyed_before(office, become):
    """Four eyes; a declined one stays; destroyed only once approved, by a custodian."""
    number = propose(office)
    office.run("retention", "propose", BUS, "--reason", "再次", code=2)
    become(None).run("retention", "dispose", number, code=2)
    assert "待批准" in office.said
    become("文员").run("retention", "decide", number, "同意", "--reason", "属实", code=2)
    become(None).run("retention", "decide", number, "不同意", "--reason", "仍需核对")
    office.run("retention", "dispose", number, code=2)
    office.run("retention", "decide", number, "同意", "--reason", "属实", code=2)
    own = office.ask("retention", "propose", BUS, "--reason", "期满", code=0)["number"]
    office.run("retention", "decide", own, "同意", "--reason", "属实", code=2)
    assert "您本人提出" in office.said
    assert BUS in become("文员").by_customer()
    assert [row["state"] for row in office.ask("retention", "list")] == ["未批准", "待批准"]
    assert become("审计员").ask("audit", "verify", code=0)["breaches"] == []


@pytest.fixture
def disposed(office, become) -> tuple[Office, list[Path], list]:
    """The customer is disposed of; the office, the certificate's files, and the leads as they were counted before."""
    before = office.ask("leads")
    number = propose(office)
    become(None).run("backup", "--to", "备份")
    office.run("retention", "decide", number, "同意", "--reason", "期满属实")
    done = office.ask("retention", "dispose", number, "--out", "证明", code=0)
    return office, [Path(path) for path in done["files"]], before


TRACES = {BUS, BUS.removesuffix("公司"), CONTACT, PHONE, credit_code(1), "齐法人", "江客"}


def all_keys(office: Office, user: str | None) -> Vault:
    """The register with what one person's slot holds."""
    path = office.folder / "登记册.db"
    if user is None:
        return Vault(path, unlock(path, custodian(path), PASSPHRASE)[1])
    return Vault(path, unlock(path, user, PEOPLE[user][1])[1])


def custodian(path: Path) -> str:
    """Who made the register."""
    return str(json.loads((path.parent / f"{path.name}.keys").read_text(encoding="utf-8"))["slots"][0]["user"])


def test_nobody_finds_the_customer_with_all_the_keys_there_are(disposed):
    """In no cell, sealed or in clear, by a program of one's own with anybody's keys; his parent's name went from another's file
    too, and what is about others is there."""
    office, _, _ = disposed
    traces = TRACES
    for user in (None, *PEOPLE):
        vault = all_keys(office, user)
        opened = read_all(vault)
        assert [trace for trace in traces if trace in opened] == [], user
    assert in_clear(all_keys(office, None), traces) == set()
    vault = all_keys(office, None)
    assert OTHER in read_all(vault) and "江城巴士公司" in read_all(vault)


def test_counts_stay_and_the_trail_proves_it(disposed, become):
    """The same leads with the same statuses; lists and searches show 已销毁; the trail is whole and names who did it."""
    office, _, before = disposed
    shown = become("文员").ask("leads")
    told = [(row["number"], row["status"], row["counts_in"]) for row in shown]
    assert told == [(row["number"], row["status"], row["counts_in"]) for row in before]
    assert [row["customer"] for row in shown] == ["已销毁", OTHER]
    office.run("customers", "show", BUS, code=2)
    assert office.ask("customers", "show", "江城巴士公司")["parent"] in (None, "已销毁")
    assert BUS not in office.run("customers", "worklist", code=None) + office.run("consent", "list")
    checked = become("审计员").ask("audit", "verify", code=0)
    assert checked["breaches"] == []
    trail = [entry["action"] for entry in office.ask("audit", "show")]
    wanted = ["retention_decide", "destroy", "retention_dispose", "retention_certify"]
    assert [action for action in trail if action in wanted] == wanted


def test_the_certificate_is_signed_and_names_what_it_cannot_reach(disposed, become):
    """Genuine by the register; altered it is named; it holds no name; written again it is another genuine one."""
    office, (paper, manifest), _ = disposed
    texts = [str(cell.value) for line in load_workbook(paper).active.iter_rows() for cell in line if cell.value]
    text = "\n".join(texts)
    assert BUS not in text and CONTACT not in text
    for part in ("XH2027-001", "备份", "1 份", "文件", "已分发的副本", "文员"):
        assert part in text, part
    assert become("审计员").ask("verify", paper, code=0)["report"] == "客户信息销毁证明"
    again = become(None).ask("retention", "dispose", "XH2027-001", "--out", "再次", code=0)
    office.run("verify", again["files"][0], code=0)
    altered = office.folder / "改.xlsx"
    altered.write_bytes(paper.read_bytes() + b" ")
    office.run("verify", altered, "--manifest", manifest, code=2)
    assert len(become("审计员").ask("retention", "list")) == 1
    assert office.ask("audit", "verify", code=0)["breaches"] == []


def test_reports_made_afterwards_do_not_name_the_customer(disposed, become):
    """Workbook, page and executed notebook of the reports of customers and of their protection."""
    office, _, _ = disposed
    out = office.folder / "新报告"
    become("领导").run("report", "大客户分级报告", "--period", "2027Q2", "--out", out)
    become("审计员").run("report", "客户信息管理检查报告", "--period", "2027-06", "--out", out)
    texts = []
    for path in out.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                texts += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        elif path.is_file():
            texts.append(path.read_bytes().decode("utf-8", "replace"))
    assert len(texts) > 20
    texts = [text.replace("第三方联系", "") for text in texts]  # words of a form, not a name
    assert {trace for trace in TRACES for text in texts if trace in text} == set()


def test_only_who_may(office, become):
    """Approvers look; verifiers and analysts neither look nor propose."""
    become("领导").run("retention", "due", code=0)
    office.run("retention", "propose", BUS, "--reason", "期满", code=2)
    for user in ("核实员", "分析员"):
        become(user).run("retention", "due", code=2)


def found_in_backup(office: Office, path: Path) -> set[str]:
    """What of the customer a backup gives with all keys of all present users, read by a program of one's own."""
    found: set[str] = set()
    with unpacked(path, office.folder) as (copy, _):
        for user in (None, *PEOPLE):
            vault = Vault(copy, all_keys(office, user).keys)
            opened = read_all(vault)
            found |= {trace for trace in TRACES if trace in opened}
        return found | {f"{table}.{column}" for table, column in in_clear(vault, TRACES)}


def months_after(first: str, count: int) -> Iterator[str]:
    """The same day of the months that follow."""
    year, month = int(first[:4]), int(first[5:7])
    for more in range(1, count + 1):
        yield f"{year + (month + more - 1) // 12}-{(month + more - 1) % 12 + 1:02d}{first[7:]}"


def test_a_backup_of_before_is_pruned_by_its_term_and_none_gives_the_customer_back(disposed, set_clock):
    """The one made before the disposal still holds him, as the certificate says; twelve monthly ones later it is gone."""
    office, _, _ = disposed
    folder = office.folder / "备份"
    (before,) = folder.glob("*.wbk")
    assert {BUS, CONTACT, PHONE} <= found_in_backup(office, before)
    for moment in months_after(LATER, 12):
        assert before.exists(), moment
        set_clock(moment)
        office.run("backup", "--to", folder)
    assert not before.exists()
    left = sorted(folder.glob("*.wbk"))
    assert len(left) == 12
    assert [found_in_backup(office, path) for path in (left[0], left[-1])] == [set(), set()]
    target = office.folder / "恢复.db"
    office.run("restore", left[0], "--to", target)
    vault = Vault(target, all_keys(office, None).keys)
    assert not any(trace in read_all(vault) for trace in TRACES)


@pytest.mark.parametrize(
    "step",
    ["disposals.destroy_customers", "disposals._certified", "certificate.sign_manifest", "certificate.write_whole"],
)
def test_killed_at_any_step_the_same_command_finishes_it(step, office, become):
    """kill -9 before the destruction, between it and the certificate, and within the certificate: nothing is half done."""
    before = office.ask("leads")
    number = propose(office)
    become(None).run("retention", "decide", number, "同意", "--reason", "期满属实")
    program = (
        "import os, signal, sys\n"
        "from datetime import datetime\n"
        "from workbench.app import clock\n"
        "from workbench.capabilities.privacy import certificate, disposals\n"
        "from workbench.interfaces.cli import main\n"
        f"clock.now = lambda: datetime.fromisoformat('{LATER}')\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"{step} = die\n"
        f"sys.exit(main(['retention', 'dispose', '{number}', '--out', '证明']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=office.folder, env=os.environ.copy())
    assert done.returncode == -9
    gone = step != "disposals.destroy_customers"
    vault = all_keys(office, None)
    assert (BUS in read_all(vault)) is not gone
    assert [row["state"] for row in office.ask("retention", "list")] == [
        "已销毁" if "certificate" in step else "已批准"
    ]
    assert list((office.folder / "证明").glob("*.json")) == [], "no certificate counts before it is whole"
    files = [Path(path) for path in office.ask("retention", "dispose", number, "--out", "证明", code=0)["files"]]
    assert become("审计员").ask("verify", files[0], code=0)["report"] == "客户信息销毁证明"
    assert office.ask("audit", "verify", code=0)["breaches"] == []
    trail = [entry["action"] for entry in office.ask("audit", "show")]
    assert [trail.count(action) for action in ("destroy", "retention_dispose")] == [1, 1]
    (told,) = office.ask("retention", "list")
    assert (told["state"], told["done_by"]) == ("已销毁", custodian(office.folder / "登记册.db"))
    vault = all_keys(office, None)
    opened = read_all(vault)
    assert not [trace for trace in TRACES if trace in opened] and OTHER in opened
    shown = become("文员").ask("leads")
    assert [row["status"] for row in shown] == [row["status"] for row in before]
