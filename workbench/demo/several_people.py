"""The demo's second register, in which three people work: a disclosure and a disposal, which take more than one person.

The company's own register has one user, who may do everything, so that whoever plays the demo can. Here a clerk asks, an
approver agrees to a disclosure, and a custodian agrees to a disposal and carries it out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

from workbench.capabilities.privacy import disclosures, disposals
from workbench.demo import company
from workbench.demo.submissions import Submission, write_submission
from workbench.platform.access.session import Session, create, enter
from workbench.platform.access.users import add, random_code
from workbench.platform.documents.delivery import Delivered
from workbench.platform.intake.batch import Arrival, import_files
from workbench.platform.regulation.edition import Policy

SEED = 20080318
CUSTODIAN, CLERK, APPROVER = "信息管理员", "市场策略科", "分管领导"
REGISTER, RECEIVED, DISCLOSED, DISPOSED = "登记册_三人.db", "收件", "披露", "销毁证明"
REQUEST = "PL2026-001"


@dataclass(frozen=True)
class Second:
    """What was left: the register, the copy that was handed to a recipient, and the files of the certificate."""

    register: Path
    copy: Delivered
    certificate: list[Path]


def play_second(out: Path, policy: Policy, passphrase: str, units: list[dict[str, Any]]) -> Second:
    """From the first users to the certificate, at simulated times; ``units``: rows of T6.

    The custodian has the demo's passphrase; those of the other two are made and forgotten, and the custodian can set new
    ones. Raises what the commands raise.
    """
    out.mkdir(parents=True)
    play = _Play(out, policy, {CUSTODIAN: passphrase, CLERK: random_code(4, 5), APPROVER: random_code(4, 5)})
    play.begin()
    play.receive(play.earlier(units))
    play.receive(play.later())
    copy = play.disclose()
    return Second(play.register, copy, play.dispose())


class _Play:
    def __init__(self, out: Path, policy: Policy, passphrases: dict[str, str]) -> None:
        self.out, self.policy, self.passphrases = out, policy, passphrases
        self.register = out / REGISTER
        self.random = Random(SEED)
        self.unit: dict[str, Any] = {}

    def begin(self) -> None:
        """Three users, each with a passphrase of his own."""
        at = datetime(2025, 1, 2, 9)
        mine = self.passphrases[CUSTODIAN]
        with create(self.register, CUSTODIAN, mine, self.policy, at, simulation=True) as session:
            add(session, CLERK, "clerk", self.passphrases[CLERK])
            add(session, APPROVER, "approver", self.passphrases[APPROVER])

    def _as(self, user: str, at: datetime) -> Session:
        return enter(self.register, user, self.passphrases[user], self.policy, at, simulation=True)

    # -- what came in
    def earlier(self, units: list[dict[str, Any]]) -> list[Submission]:
        """The year before: somebody who wanted two vehicles (第5.4条: invalid) and let his data be kept for a year."""
        self.unit = next(row for row in units if row["kind"] == "部门")
        self.gone = self._customer(quantity=2)
        at = datetime(2025, 1, 8, 10)
        profile = {
            "seq": "1",
            "customer": self.gone.customer,
            "contact": self.gone.contact,
            "contact_title": "科长",
            "phone": self.gone.phone,
            "part": "采购",
            "basis": "本人同意",
            "evidence": "客户同意书（2025年1月7日）",
            "purpose": "业务联系",
            "keep_until": date(2026, 1, 31),
        }
        head = {"unit": self.unit["code"], "department": "销售", "filled_on": at.date()}
        return [
            Submission("organization", "单位名录.xlsx", {}, units, datetime(2025, 1, 2, 10)),
            self._report(self.gone, at),
            Submission("customer_profile", "大客户档案_2025.xlsx", head, [profile], at.replace(hour=11)),
        ]

    def later(self) -> list[Submission]:
        """A lead of this year, whose contact agrees to being named to a trading centre."""
        self.kept = self._customer(quantity=12)
        return [self._report(self.kept, datetime(2026, 2, 9, 10))]

    def _customer(self, quantity: int) -> company.Customer:
        found = company.customer(self.random, "安徽省", "合肥市")
        while found.category != "企事业单位":
            found = company.customer(self.random, "安徽省", "合肥市")
        return replace(found, quantity=quantity)

    def _report(self, customer: company.Customer, at: datetime) -> Submission:
        row = {
            **asdict(customer),
            "seq": "1",
            "contact_title": "科长",
            "model": self.random.choice(company.MODELS),
            "method": "公开招标",
            "source": "上门走访",
            "consent": "是",
        }
        head = {
            "unit": self.unit["code"],
            "unit_name": self.unit["name"],
            "reported_on": at.date(),
            "reporter_person": company.person(self.random),
            "reporter_phone": company.phone(self.random),
        }
        return Submission("lead_record", f"大客户信息_{at:%Y%m%d}.xlsx", head, [row], at)

    def receive(self, submissions: list[Submission]) -> None:
        """The clerk brings them in; none of them has anything to return."""
        last = max(each.received_at for each in submissions)
        arrivals = [
            Arrival(write_submission(each, self.out / RECEIVED, self.policy), each.received_at) for each in submissions
        ]
        with self._as(CLERK, last) as session:
            for receipt in import_files(session, arrivals):
                if receipt.refused or receipt.returned:
                    raise RuntimeError(f"the demo's own {receipt.file} was not taken in")

    # -- what three people do
    def disclose(self) -> Delivered:
        """Asked for on T12 with the contact's consent, approved by another, handed over under a password."""
        asked = datetime(2026, 2, 10, 9)
        with self._as(CLERK, asked) as session:
            leads = session.register.read("lead", ["number", "customer"])
        row = {
            "seq": "1",
            "number": REQUEST,
            "lead": leads.set_index("customer").at[self.kept.customer, "number"],
            "recipient": "合肥市公共资源交易中心",
            "basis": "客户同意",
            "evidence": "同意披露函（2026年2月9日）",
            "purpose": "核验采购项目",
            "content": "联系方式",
            "valid_until": date(2026, 3, 31),
        }
        head = {"unit": self.unit["code"], "applicant": company.person(self.random), "applied_on": asked.date()}
        self.receive([Submission("customer_disclosure", "披露申请.xlsx", head, [row], asked)])
        with self._as(APPROVER, asked.replace(hour=14)) as session:
            disclosures.decide(session, REQUEST, "同意", "同意披露函在卷")
        with self._as(CLERK, asked.replace(hour=15)) as session:
            copy = disclosures.hand_over(session, REQUEST, self.out / DISCLOSED, protect=True).copy
        assert copy is not None
        return copy

    def dispose(self) -> list[Path]:
        """The term of the year before is over: proposed by the clerk, approved and carried out by the custodian."""
        due = datetime(2026, 2, 11, 9)
        with self._as(CLERK, due) as session:
            number = disposals.propose(session, self.gone.customer, "保存期满")
        with self._as(CUSTODIAN, due.replace(hour=10)) as session:
            disposals.decide(session, number, disposals.AGREED, "期满属实，无未了事项")
            return disposals.dispose(session, number, self.out / DISPOSED)
