"""A register of version 0.1 opens, its papers are genuine, and what was printed from it is printed again (data/v0_1)."""

from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.compatibility.office import UPDATE, Office, differing

pytestmark = pytest.mark.slow

DATA = Path(__file__).parent / "data" / "v0_1"
CUSTODIAN, CLERK, SECTION, SUPPORT, ANALYST = "程保管", "方文员", "冯核实", "陈支持", "苏分析"
MANAGER, PAYER, AUDITOR, REVOKED, RECOVERY = "秦审批", "钱出纳", "沈审计", "范离任", "恢复口令"
PASSPHRASES = {  # of people who do not exist, for data that is made up
    CUSTODIAN: "山间小站的灯还亮着 0.1 custodian",
    CLERK: "清晨的集市飘着豆浆香 0.1 clerk",
    "王核实": "雨后青苔爬满了台阶 0.1 verifier",
    SECTION: "石桥下的流水声很轻 0.1 verifier",
    SUPPORT: "院子里的枣树结果了 0.1 support",
    ANALYST: "蓝色的帆船绕过灯塔 0.1 analyst",
    MANAGER: "山谷里传来三声钟响 0.1 approver",
    PAYER: "屋檐下的燕子又回来 0.1 payer",
    AUDITOR: "旧书店门口的石狮子 0.1 auditor",
    REVOKED: "渡口的老船工收了桨 0.1 leaver",
    RECOVERY: "2DQTM-V6XEG-AQXDN-A5MVH-8SYH6-MSXXM",
}
SCHEMAS = range(1, 7)
COPY_PASSWORD = "灯塔下的三只海鸥 0.1 copy"
ZLIB = "1.2.13"  # what the kept workbooks were packed by
AS_OF = ("--as-of", "2026-05-08T12:00:00")  # all commands are given their time: the clock goes on
Q1, Q2 = ("--quarter", "2026Q1", *AS_OF), ("--quarter", "2026Q2", *AS_OF)
APRIL = ("--as-of", "2026-04-10T18:00:00")

# file → who printed it, exit code, command
PRINTED = {
    "leads.json": (CLERK, 0, "leads", "--json", *AS_OF),
    "leads_analyst.json": (ANALYST, 0, "leads", "--json", *AS_OF),
    "leads_section.json": (SECTION, 0, "leads", "--json", *AS_OF),
    "leads_support.txt": (SUPPORT, 0, "leads", "--month", "2026-03", *APRIL),
    "reviews.json": (CLERK, 1, "review", "--json", *AS_OF),
    "settle_2026Q1.json": (CLERK, 0, "settle", "2026Q1", "--json", *AS_OF),
    "settle_2026Q1.txt": (MANAGER, 0, "settle", "2026Q1", *AS_OF),
    "settle_2026Q2.json": (CLERK, 0, "settle", "2026Q2", "--json", *AS_OF),
    "whatif_2026Q1.txt": (ANALYST, 0, "whatif", "2026Q1", "--set", "dealer_conversion_rate=60%", *AS_OF),
    "settlement_status.json": (MANAGER, 0, "settlement", "status", "--json"),
    "payable_2026Q1.json": (PAYER, 0, "settlement", "payable", "2026Q1", "--json"),
    "appeals.json": (MANAGER, 0, "appeals", "list", "--json"),
    "disclosures.json": (AUDITOR, 0, "disclosures", "list", "--json"),
    "deliveries.json": (MANAGER, 0, "deliver", "list", "--json"),
    "targets_history.json": (CLERK, 0, "targets", "history", "--json"),
    "targets_forecast.json": (CLERK, 0, "targets", "forecast", "--year", "2026", "--json", *AS_OF),
    "due.json": (CLERK, 1, "due", "--on", "2026-05-08", "--json"),
    "users.json": (CUSTODIAN, 0, "users", "list", "--json"),
    "audit_show.txt": (AUDITOR, 0, "audit", "show"),
    "audit_verify.json": (AUDITOR, 0, "audit", "verify", "--anchor", "head_20260415.json", "--json"),
    "reveal_masked.txt": (ANALYST, 0, "reveal", "DK202601-00001"),
    "explain_lead_project.txt": (CLERK, 0, "explain", "DK202602-00031", *AS_OF),
    "explain_lead_conversion.txt": (CLERK, 0, "explain", "DK202602-00030", *AS_OF),
    "explain_lead_duplicate.txt": (CLERK, 0, "explain", "DK202602-00028", *AS_OF),
    "explain_lead_small.txt": (ANALYST, 0, "explain", "DK202601-00002", *AS_OF),
    "explain_line_project.txt": (CLERK, 0, "explain", "7.1.1/D004/DK202602-00031", *Q1),
    "explain_line_leak.txt": (CLERK, 0, "explain", "7.3.4/许企/XL2026-001", *Q1),
    "explain_line_late_publication.txt": (CLERK, 0, "explain", "7.3.2b/郑策/2026-02-28", *Q1),
    "explain_line_adjusted.txt": (CLERK, 0, "explain", "7.2.2/B003/DK202601-00018", *Q2),
    "explain_department.txt": (CLERK, 0, "explain", "B002", *Q1),
    "explain_total.txt": (CLERK, 0, "explain", "合计", *Q1),
}
# which → report and period, who made it, as of when, what else
REPORTS = {
    "publication": ("信息提报情况通报_2026-04-20", CLERK, "--as-of", "2026-04-20T17:00:00"),
    "targets": ("月度目标分解与完成情况_2026-03", CLERK, *APRIL),
    "conversion": ("信息转化率月报_2026-04", CLERK, *AS_OF),
    "development": ("开发计划_2026-05-08", ANALYST, *AS_OF),
    "settlement": ("季度奖惩核算报告_2026Q1", CLERK, *AS_OF),
    "settlement_open": ("季度奖惩核算报告_2026Q2", CLERK, *AS_OF),
    "marks": ("诚信黑点告知书_2026Q1", MANAGER, *AS_OF),
    "reminders": ("到期提醒_2026-04-21", CLERK, "--as-of", "2026-04-21T09:00:00"),
    "whatif": (
        "测算对比_2026Q1",
        CLERK,
        *AS_OF,
        "--set",
        "dealer_conversion_rate=60%",
        "--reading",
        "overdue_unit=dispatch",
    ),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    """The kept files, copied once: what uses this reads only."""
    return Office.copy(DATA, tmp_path_factory.mktemp("office"), PASSPHRASES)


@pytest.fixture
def own(tmp_path) -> Office:
    """A copy to work on."""
    return Office.copy(DATA, tmp_path / "office", PASSPHRASES)


def blessed(name: str) -> Path:
    """The file a report has to be like: the one of the day, or what was put into ``expected`` in its place since."""
    changed = DATA / "expected" / name
    return changed if changed.exists() else DATA / "reports" / name


@pytest.mark.parametrize("name", PRINTED)
def test_what_was_printed_is_printed_again(name, office):
    """Statuses, amounts, explanations, the trail, the people: to the letter, by whoever may see it."""
    user, code, *arguments = PRINTED[name]
    said, kept = office.run(user, *arguments, code=code), DATA / "printed" / name
    if UPDATE:
        kept.write_text(said, encoding="utf-8", newline="\n")
    assert said == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("which", REPORTS)
def test_a_report_made_again_is_the_same(which, office):
    """Workbook and page hold neither the moment of the run nor its place, so every byte is the same.

    The executed notebook says when its cells ran; the manifest differs by that file's hash and its own signature, and
    says the version of the program. What the manifest says the report rests on is compared.
    """
    name, user, *arguments = REPORTS[which]
    title, period = name.split("_")
    command = ("whatif", period) if which == "whatif" else ("report", title, "--period", period)
    office.run(user, *command, *arguments, "--out", "again")
    for end in (".xlsx", ".html"):
        made, kept = office.folder / "again" / (name + end), blessed(name + end)
        if UPDATE and differing(made, kept):
            (DATA / "expected").mkdir(exist_ok=True)
            shutil.copyfile(made, kept := DATA / "expected" / kept.name)
        assert differing(made, kept) == []
        if zlib.ZLIB_RUNTIME_VERSION == ZLIB:  # another one packs the same parts into other bytes
            assert made.read_bytes() == kept.read_bytes()
    said, says = (
        json.loads((folder / f"{name}.manifest.json").read_text(encoding="utf-8"))
        for folder in (DATA / "reports", office.folder / "again")
    )
    for key in ("report", "period", "edition", "as_of", "register", "register_head", "parameters", "by"):
        assert says[key] == said[key]


def test_everybody_opens_the_register(office):
    """Each with his own passphrase; all but the two named here printed something above."""
    people = {row["user"] for row in office.ask(CUSTODIAN, "users", "list")}
    assert people == set(PASSPHRASES) - {REVOKED} == {user for user, *_ in PRINTED.values()} | {"王核实", RECOVERY}
    assert len(office.ask("王核实", "leads", *AS_OF)) > 10


def test_the_revoked_user_is_refused(own):
    """Also with the key file of before: the register has other keys since."""
    assert "没有用户" in own.run(REVOKED, "leads", code=2)
    folder = own.folder / "register"
    shutil.copyfile(folder / "before_the_revocation.keys", folder / "登记册.db.keys")
    own.run(REVOKED, "leads", code=2)
    own.run(CLERK, "leads", code=2)


def test_the_sealed_passphrase_gives_a_lost_one_back(own):
    """With nothing but the recovery passphrase."""
    lost = {"WORKBENCH_NEW_PASSPHRASE": "河对岸的风车慢慢地转 anew"}
    own.run(RECOVERY, "users", "passphrase", CLERK, **lost)
    own.run(CLERK, "leads", code=2)
    own.run(CLERK, "leads", WORKBENCH_PASSPHRASE=lost["WORKBENCH_NEW_PASSPHRASE"])


def test_wrong_passphrases_are_remembered(own):
    """Those that waited beside the register come into the trail when it is opened, with one of today."""
    waiting = own.folder / "register" / "登记册.db.tries"
    shutil.copyfile(DATA / "wrong_passphrases.tries", waiting)
    assert "口令不正确" in own.run(AUDITOR, "audit", "show", code=2, WORKBENCH_PASSPHRASE=PASSPHRASES[CLERK])
    (row,) = own.ask(AUDITOR, "audit", "show", "--action", "wrong_passphrase")
    assert row["summary"] == "3 次"
    assert not waiting.exists()


@pytest.mark.parametrize(
    ("number", "contact"),
    [("DK202601-00001", "13920260001"), ("DK202601-00005", "13920269999"), ("DK202605-00072", "13920260072")],
)
def test_contacts_are_opened_again(number, contact, own):
    """Sealed under the first keys, corrected, and under the keys since the rotation."""
    assert own.ask(CLERK, "reveal", number, "--reason", "核对")["phone"] == contact
    assert own.ask(AUDITOR, "audit", "show", "--action", "reveal")[-1]["user"] == CLERK


def test_the_trail_reaches_everything_noted_outside(office):
    """Heads, signed manifests and the backup are anchors; nothing was altered."""
    anchors = ("head_20260415.json", "head_20260508.json", "reports", "backups", "delivered")
    found = office.ask(AUDITOR, "audit", "verify", *(part for each in anchors for part in ("--anchor", each)))
    made = office.ask(AUDITOR, "audit", "show", "--action", "report")  # of these files by other tests
    assert found["entries"] - len(made) == 139
    assert (found["breaches"], found["skipped"]) == ([], [])
    assert len(found["anchors"]) == 4


@pytest.mark.parametrize("end", ["html", "xlsx"])
@pytest.mark.parametrize("document", [3, 5, 67, 68])
def test_a_receipt_is_genuine(document, end, office):
    """By the public key alone, with and without the original; another file is told apart.

    What a slip shows is compared with each layout slips ever had (``LAYOUTS`` in ``receipt_slip``): where one is changed
    on purpose, the former one stays in that list.
    """
    (slip,) = (office.folder / "receipts").glob(f"*_{document:06d}_*.{end}")
    check = ("receipt", "verify", slip, "--key", "public_key.json")
    found = office.ask(None, *check)
    assert (found["genuine"], found["as_signed"], found["same_file"]) == (True, True, None)
    original = f"received/{found['receipt']['file']}"
    assert office.ask(None, *check, "--file", original)["same_file"] is True
    again = office.folder / "saved again.xlsx"
    load_workbook(office.folder / original).save(again)
    found = office.ask(None, *check, "--file", again, code=1)
    assert found["same_file"] is False
    assert (None in found["rows"].values(), bool(found["rows"])) == (False, end == "xlsx")


@pytest.mark.parametrize("which", REPORTS)
def test_a_report_of_the_day_is_genuine(which, office):
    """Workbook, page and manifest, by the public key; an altered one is refused."""
    name, user, *_ = REPORTS[which]
    for end in (".xlsx", ".html", ".manifest.json"):
        found = office.ask(None, "verify", f"reports/{name}{end}", "--key", "public_key.json")
        assert (found["genuine"], found["user"]) == (True, user)
    altered = office.folder / "reports" / f"别名_{name}.html"
    altered.write_bytes((DATA / "reports" / f"{name}.html").read_bytes().replace(b"2026", b"2027", 1))
    office.run(
        None, "verify", altered, "--manifest", f"reports/{name}.manifest.json", "--key", "public_key.json", code=2
    )


def test_a_delivered_copy_is_known(own):
    """Under its password: whose it is, that it is untouched and of this register's history, and where it leads."""
    (copy,) = (own.folder / "delivered").glob("*副本*.xlsx")
    found = own.ask(AUDITOR, "verify", copy, WORKBENCH_COPY_PASSWORD=COPY_PASSWORD)
    assert (found["genuine"], found["recipient"], found["code"]) == (True, "赵副总", copy.stem[-9:])
    assert own.ask(CLERK, "verify", "delivered/诚信黑点告知书_2026Q1.xlsx")["genuine"]
    for told, how in (((copy,), {"sealed"}), (("--code", found["code"]), {"mark"})):
        traces = own.ask(MANAGER, "deliver", "trace", *told, WORKBENCH_COPY_PASSWORD=COPY_PASSWORD)
        assert {trace["how"] for trace in traces} == how
        assert {(trace["recipient"], trace["user"]) for trace in traces} == {("赵副总", CLERK)}


def test_the_backup_is_whole_and_put_back(own):
    """Tested beside the register, and restored without it: confirmed by another person, work goes on."""
    assert own.ask(CUSTODIAN, "backup", "test", "--to", "backups")["file"].endswith("登记册_20260508-110000.wbk")
    shutil.rmtree(own.folder / "register")
    (own.folder / "back").mkdir()
    own.run(CUSTODIAN, "restore", "backups/登记册_20260508-110000.wbk", "--to", "back/登记册.db")
    back = Office(own.folder, PASSPHRASES, "back/登记册.db")
    assert back.run(CLERK, "leads", "--json", *AS_OF) == (DATA / "printed" / "leads.json").read_text(encoding="utf-8")
    back.run(CLERK, "confirm-restore", "--reason", "与原件逐项核对")
    back.run(CLERK, "decide", "DK202604-00071", "不重复", "--reason", "两家单位")
    back.run(AUDITOR, "audit", "verify", "--anchor", "head_20260415.json", "--anchor", "backups")


def test_what_came_in_then_is_known(own):
    """Every kind of file that was taken in, again: nothing changes."""
    before = own.ask(AUDITOR, "audit", "verify")["head"]
    again = ("import", "received", "--received-at", "2026-05-09T09:00:00", "--workers", "1")
    files = own.ask(CLERK, *again, code=None)["files"]
    assert len(files) == 13 and {(file["accepted"], file["returned"]) for file in files} == {(0, 0)}
    assert own.ask(AUDITOR, "audit", "verify")["head"] == before


def test_what_was_handed_out_comes_back(own):
    """Feedback and review workbooks of version 0.1, filled since; and a quarter's work goes on under its keys."""
    late = ("--received-at", "2026-05-11T09:00:00", "--workers", "1")
    (file,) = own.ask(SECTION, "import", *(own.folder / "outstanding").glob("*S002*"), *late, code=None)["files"]
    assert (file["accepted"], file["returned"]) == (1, 0)
    files = own.ask(CLERK, "import", "outstanding", *late, code=None)["files"]
    assert sorted(file["accepted"] for file in files) == [0, 1, 1]
    statuses = {row["number"]: row["status"] for row in own.ask(CLERK, "leads", "--as-of", "2026-05-11T10:00:00")}
    assert {statuses[f"DK20260{number}"] for number in ("4-00071", "5-00072", "5-00073")} == {"已接收", "已立项"}
    own.run(CLERK, "dispatch", "--at", "2026-05-11T16:00:00", "--out", "转交")
    own.run(AUDITOR, "audit", "verify", "--anchor", "head_20260508.json")


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_register_of_an_earlier_schema_says_what_it_said(schema, tmp_path):
    """Brought up to date on opening; history, statuses and the approved quarter stay as that program printed them."""
    stem = f"earlier/schema{schema}"
    office = Office.copy(DATA / "earlier", tmp_path / "earlier", PASSPHRASES, f"schema{schema}.db")
    printed = {
        name: json.loads((DATA / f"{stem}.{name}.json").read_text(encoding="utf-8")) for name in ("leads", "2026Q1")
    }
    for _ in range(2):
        found = office.ask(CUSTODIAN, "audit", "verify", "--anchor", f"schema{schema}.head.json")
        assert (found["breaches"], len(found["anchors"])) == ([], 1)
    assert office.ask(CUSTODIAN, "leads", "--as-of", "2026-04-16T09:00:00") == printed["leads"]
    settled = office.ask(CUSTODIAN, "settle", "2026Q1", "--as-of", "2026-04-16T09:00:00")
    for key in ("quarter", "edition", "lines", "totals"):
        assert settled[key] == printed["2026Q1"][key]


REVEALED = ("DK202601-00001", "DK202601-00005", "DK202605-00072")


def test_it_is_brought_over_by_its_custodian(own):
    """A roster and keys of the customers, by one command: what is printed, revealed and proven is the same, old heads hold."""
    before = [own.ask(CLERK, "reveal", number, "--reason", "核对") for number in REVEALED]
    status = (DATA / "printed" / "settlement_status.json").read_text(encoding="utf-8")
    own.run(CLERK, "upgrade", code=2)
    own.run(CUSTODIAN, "upgrade")
    assert [own.ask(CLERK, "reveal", number, "--reason", "核对") for number in REVEALED] == before
    for name in ("leads.json", "leads_analyst.json", "settle_2026Q1.json", "settle_2026Q2.json", "appeals.json"):
        user, code, *arguments = PRINTED[name]
        assert own.run(user, *arguments, code=code) == (DATA / "printed" / name).read_text(encoding="utf-8")
    anchors = ("head_20260415.json", "head_20260508.json", "reports", "backups", "delivered")
    found = own.ask(AUDITOR, "audit", "verify", *(part for each in anchors for part in ("--anchor", each)))
    assert (found["breaches"], len(found["anchors"])) == ([], 4)
    for action in ("customer_keys", "customer_names"):
        assert own.ask(AUDITOR, "audit", "show", "--action", action)[0]["user"] == CUSTODIAN
    command = PRINTED["settlement_status.json"][2:]
    assert own.run(MANAGER, *command) == status
    unread = [{**row, "reason": None} for row in json.loads(status)]  # what people type is sealed to who needs no names
    assert json.loads(own.run(PAYER, *command)) == unread
    own.run(CUSTODIAN, "upgrade", code=2)
    own.run(CUSTODIAN, "rotate")
    assert [own.ask(CLERK, "reveal", number, "--reason", "核对") for number in REVEALED] == before
    assert own.ask(AUDITOR, "audit", "verify", "--anchor", "head_20260415.json")["breaches"] == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_an_earlier_schema_is_brought_over_too(schema, tmp_path):
    """The same statuses and the same approved quarter as that program printed."""
    stem = f"earlier/schema{schema}"
    office = Office.copy(DATA / "earlier", tmp_path / "earlier", PASSPHRASES, f"schema{schema}.db")
    office.run(CUSTODIAN, "upgrade")
    found = office.ask(CUSTODIAN, "audit", "verify", "--anchor", f"schema{schema}.head.json")
    assert (found["breaches"], len(found["anchors"])) == ([], 1)
    leads = json.loads((DATA / f"{stem}.leads.json").read_text(encoding="utf-8"))
    assert office.ask(CUSTODIAN, "leads", "--as-of", "2026-04-16T09:00:00") == leads
    settled = office.ask(CUSTODIAN, "settle", "2026Q1", "--as-of", "2026-04-16T09:00:00")
    printed = json.loads((DATA / f"{stem}.2026Q1.json").read_text(encoding="utf-8"))
    assert {key: settled[key] for key in ("lines", "totals")} == {key: printed[key] for key in ("lines", "totals")}
