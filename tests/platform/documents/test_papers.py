"""Papers signed by people who may sign: what the register did not issue when they say, it does not know."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.insider import Insider
from tests.support.office import CLOCK, lead
from tests.support.staff import PEOPLE
from workbench import capabilities
from workbench.app.policy import load_policy
from workbench.core.calendar import build
from workbench.core.errors import RegisterError
from workbench.platform.access.session import enter
from workbench.platform.documents import papers
from workbench.platform.documents.receipt_slip import write
from workbench.platform.documents.receipts import Receipt
from workbench.platform.regulation.rules_used import differences, rules_used

pytestmark = pytest.mark.slow

CLERK, APPROVER, AUDITOR = "文员", "领导", "审计员"
REPORT = "信息转化率月报_2026-01"
RULE_BOOK = Path(capabilities.__file__).parent / "regulations" / "dkhw080004.yaml"
DEALINGS = ("--period", "2026-01", "--as-of", "2026-04-10")


@pytest.fixture
def filed(become, staffed, prepared) -> Callable:
    """A file received with its receipt, a report made by the clerk; the register's key and its list of papers."""

    def work() -> None:
        path = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
        become(CLERK).run("import", path, "--received-at", "2026-01-05T09:00", "--receipts", "回执", code=0)
        staffed.run("report", "conversion", *DEALINGS, "--out", "报告", code=0)
        become(AUDITOR).run("audit", "key", "--out", "公钥.json", code=0)
        become(None).run("audit", "papers", "--out", "清单.json", code=0)

    become(None)
    prepared(staffed.folder, "papers of a clerk", work)
    return become


@pytest.fixture
def clerk(filed, staffed) -> Insider:
    """The clerk's own keys, as he took them while he was in office."""
    return Insider(staffed.folder / "登记册.db", CLERK, PEOPLE[CLERK][1])


def ways(office, *command: object) -> list[tuple[int, str]]:
    """What a check says with the register, with key and list, and with the key alone: exit code, sentences."""
    found = []
    for more in ((), ("--key", "公钥.json", "--papers", "清单.json"), ("--key", "公钥.json")):
        said = ""
        for code in (0, 1, 2):
            try:
                office.run(*command, *more, code=code)
                found.append((code, office.said))
                break
            except AssertionError:
                said = office.said
        else:
            found.append((-1, said))
    return found


def renew_list(office) -> None:
    """A new list of papers, by the custodian."""
    office(None).run("audit", "papers", "--out", "清单.json", code=0)


def slip(receipt: dict, folder: Path) -> Path:
    """A slip that shows what was signed, as the program lays it out for everybody."""
    folder.mkdir()
    write([Receipt(receipt, None)], folder)
    return next(folder.glob("*.html"))


def signed_receipt(office) -> dict:
    """The receipt that was issued for the file, as it stands in the slip."""
    (page,) = Path("回执").glob("*.html")
    return office.ask("receipt", "verify", page, code=0)["receipt"]


def test_what_was_issued_is_known_to_the_register_and_to_the_list(filed):
    """A receipt and a report of the clerk; with the key alone it is said what that does not show."""
    office = filed(AUDITOR)
    (page,) = Path("回执").glob("*.html")
    for command in (("receipt", "verify", page), ("verify", f"报告/{REPORT}.xlsx")):
        (register, list_, key) = ways(office, *command)
        assert [register[0], list_[0], key[0]] == [0, 0, 0]
        assert "只核对了签名" not in register[1] + list_[1] and "只核对了签名" in key[1]
        assert office.ask(*command, code=0)["recorded"] == "recorded"
        assert office.ask(*command, "--key", "公钥.json", code=0)["recorded"] == "unchecked"
    document = office.ask("verify", f"报告/{REPORT}.xlsx", code=0)
    assert document["rules"] == "same"


@pytest.mark.parametrize("revoked", [False, True], ids=["still serving", "revoked since"])
def test_a_receipt_that_was_signed_afterwards_does_not_count(revoked, filed, clerk):
    """Back-dated by the clerk, with his own key and certificate: genuine by its signature, unknown to the trail."""
    receipt = copy.deepcopy(signed_receipt(filed(AUDITOR)))
    if revoked:
        filed(None).run("users", "revoke", CLERK, code=0)
    receipt |= {"received_at": "2026-01-02T08:00:00", "recorded_at": "2026-01-02T08:00:00"}
    page = slip(clerk.sign("receipt", receipt), Path("补签"))
    renew_list(filed)
    register, list_, key = ways(filed(AUDITOR), "receipt", "verify", page)
    assert [register[0], list_[0], key[0]] == [2, 2, 0]
    assert "登记册没有出具过它" in register[1] and "登记册没有出具过它" in list_[1] and "只核对了签名" in key[1]


@pytest.mark.parametrize("revoked", [False, True], ids=["still serving", "revoked since"])
def test_a_report_altered_and_signed_anew_does_not_count(revoked, filed, clerk):
    """Another number in the workbook, its digest in a manifest signed anew; nor can it be delivered."""
    if revoked:
        filed(None).run("users", "revoke", CLERK, code=0)
    shutil.copytree("报告", "改过")
    workbook, manifest = (Path("改过") / f"{REPORT}{ending}" for ending in (".xlsx", ".manifest.json"))
    book = load_workbook(workbook)
    book.worksheets[0]["A1"] = "改过"
    book.save(workbook)
    document = json.loads(manifest.read_text(encoding="utf-8"))
    document["files"][workbook.name] = sha256(workbook.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(clerk.sign("manifest", document), ensure_ascii=False), encoding="utf-8")
    renew_list(filed)
    register, list_, key = ways(filed(AUDITOR), "verify", workbook)
    assert [register[0], list_[0], key[0]] == [2, 2, 0]
    assert "登记册没有出具过它" in register[1] and "登记册没有出具过它" in list_[1]
    filed(APPROVER).run("deliver", workbook, "--to", "张总", code=2)
    assert "登记册没有出具过它" in filed(APPROVER).said


def test_a_digest_written_into_the_trail_by_hand_does_not_make_a_paper(filed, clerk):
    """Into an entry of his own of before, or in the approver's name: neither holds together."""
    receipt = signed_receipt(filed(AUDITOR))
    signed = clerk.sign("receipt", {**receipt, "received_at": "2026-01-02T08:00:00"})
    digest = sha256(json.dumps(signed, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    page = slip(signed, Path("补签"))
    with clerk.raw() as file:
        number, detail = file.execute("SELECT entry, detail FROM entry WHERE action = 'receipt'").fetchone()
        kept = json.loads(detail)
        kept["digests"].append(digest)
        file.execute("UPDATE entry SET detail = ? WHERE entry = ?", (json.dumps(kept, ensure_ascii=False), number))
    filed(AUDITOR).run("receipt", "verify", page, code=2)
    clerk.write("receipt", user=APPROVER, detail={"documents": [2], "digests": [digest]})
    filed(AUDITOR).run("receipt", "verify", page, code=2)


def test_a_copy_is_known_by_its_ticket(filed, clerk):
    """The delivered copy; and not one whose ticket the clerk signed for somebody else."""
    office = filed(APPROVER)
    copies = office.ask("deliver", f"报告/{REPORT}.xlsx", "--to", "张总", "--out", "分发", code=0)
    with _opened() as session:
        known = papers.of(session)
        (ticket,) = session.register.read("delivery", ["ticket"])["ticket"]
    assert copies and known.check("deliver", ticket, "x") == papers.RECORDED
    with pytest.raises(RegisterError) as refused:
        known.check("deliver", clerk.sign("delivery", {**ticket, "recipient": "李总"}), "x")
    assert refused.value.code == "not_recorded"


def _opened():
    """The auditor's session."""
    return enter(Path("登记册.db"), AUDITOR, PEOPLE[AUDITOR][1], load_policy(), CLOCK)


def test_certificates_run_from_and_until(filed):
    """By the entries of the trail; a revocation ends one, a new key of the same user begins another."""
    with _opened() as session:
        before = {each.user: each for each in papers.of(session).certificates}
    assert before[CLERK].until is None and before[CLERK].since > 1
    filed(None).run("users", "revoke", CLERK, code=0)
    with _opened() as session:
        after = {each.user: each for each in papers.of(session).certificates}
        assert after[CLERK].until == session.register.maximum("entry", "entry", {"action": "user_revoke"})
    assert after[CLERK].since == before[CLERK].since and after[AUDITOR].until is None


def test_only_a_custodian_can_sign_a_list_and_an_altered_one_is_refused(filed, clerk):
    """The auditor holds no house key; a list altered, of another register, or none at all says so; an old one too."""
    office = filed(AUDITOR)
    office.run("audit", "papers", code=2)
    assert "只有信息管理员能签发" in office.said
    (page,) = Path("回执").glob("*.html")
    whole = json.loads(Path("清单.json").read_text(encoding="utf-8"))
    digest = next(iter(whole["papers"]))
    for changes, said in (
        ({"papers": {**whole["papers"], "0" * 64: whole["papers"][digest]}}, "被改动过"),
        ({"since": 99}, "被改动过"),
        ({"house": "0" * 64}, "另一份登记册"),
        ({"head": "x"}, "不是本程序导出的凭证清单"),
        ({"certificates": 5}, "不是本程序导出的凭证清单"),
    ):
        Path("假清单.json").write_text(json.dumps({**whole, **changes}), encoding="utf-8")
        office.run("receipt", "verify", page, "--key", "公钥.json", "--papers", "假清单.json", code=2)
        assert said in office.said, changes
    filed(CLERK).run("receipt", "make", "2", "--out", "再一份", code=0)
    (newer,) = Path("再一份").glob("*.html")
    office = filed(AUDITOR)
    office.run("receipt", "verify", newer, "--key", "公钥.json", "--papers", "清单.json", code=2)
    assert "晚于所给的凭证清单" in office.said


def test_papers_of_before_are_genuine_as_far_as_can_be_known():
    """From a time when the register did not enter them: by who was certified then, and by nobody else."""
    block = {"user": "甲", "key": "k1"}
    since, head = 20, 30
    certificates = (
        papers.Certificate("甲", "clerk", "k1", 5, 12),
        papers.Certificate("乙", "clerk", "k2", 5, None),
    )
    known = papers.Papers("r", head, since, certificates, {})

    def outcome(entry: int, signer: dict = block, of: papers.Papers = known) -> str:
        try:
            return of.check("receipt", {"signature": signer, "register_head": f"{entry}:abc"}, "x")
        except RegisterError as refused:
            return refused.code

    assert [outcome(entry) for entry in (3, 11, 12, 19, 20, 31)] == [
        "earlier",  # before anybody signed a roster
        "earlier",
        *["not_recorded"] * 3,  # revoked by then; and from when on everything was entered
        "other_history",
    ]
    assert outcome(19, {"user": "乙", "key": "k2"}) == "earlier"
    assert outcome(11, {"user": "丙", "key": "k3"}) == "not_recorded"
    assert outcome(19, of=papers.Papers("r", head, since, (), {})) == "earlier"  # never brought over


def test_a_doctored_rule_book_does_not_verify_as_its_edition(filed, monkeypatch):
    """Ninefold rewards under the number of edition 4: signed, entered in the trail, and named when it is checked."""
    text = RULE_BOOK.read_text(encoding="utf-8")
    ninefold = re.sub(r"(name: \w*reward\w*,[^}]* value: )(\d+)", lambda found: f"{found[1]}{9 * int(found[2])}", text)
    assert ninefold != text
    Path("改过的制度.yaml").write_text(ninefold, encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_POLICY", str(Path("改过的制度.yaml").resolve()))
    office = filed(CLERK)
    office.run("report", "conversion", *DEALINGS, "--out", "改制报告", code=0)
    office.run("verify", f"改制报告/{REPORT}.xlsx", code=0)  # who uses the same file sees no difference
    monkeypatch.delenv("WORKBENCH_POLICY")
    renew_list(filed)
    for code, said in ways(filed(AUDITOR), "verify", f"改制报告/{REPORT}.xlsx"):
        assert code == 2 and "自称按 DKHW080004/4 编制" in said


def test_what_differs_is_named_and_what_is_new_is_not():
    """Numbers, readings and the calendar up to the day; a later edition and a calendar that knows more make no difference."""
    policy, day = load_policy(), CLOCK.date()
    used = json.loads(json.dumps(rules_used(policy, day)))
    assert differences(used, policy) == []
    name = next(name for name in policy.parameters if isinstance(policy.value(name, day), int))
    other = policy.with_parameters(**{name: policy.value(name, day) * 9 + 1})
    assert differences(used, other) == [name]
    later = day + timedelta(days=1)
    assert differences(used, policy.with_parameters(later, **{name: 7})) == []
    assert differences(used, policy.with_calendar(build([(later.replace(year=2027), "休")]))) == []
    worked = rules_used(policy.with_calendar(build([(CLOCK.date().replace(day=20), "休")])), day)
    assert differences(worked, policy) == ["calendar"]
    with pytest.raises(ValueError, match="digest"):
        differences({**used, "policy": "0" * 64}, policy)
