"""What the register keeps of leads, and what follows from it for each lead at a moment."""

from __future__ import annotations

from workbench.capabilities.leads.changes import as_they_stand
from workbench.capabilities.leads.versions import (
    RETURNS,
    with_counting_receipt,
    with_first_applications,
    with_link_versions,
    with_new_answers,
    without_customers,
    without_reasons,
)
from workbench.core.frames import Contract
from workbench.platform.register.facts import BOOL, INT, OPTIONAL_INT, TEXT, TIME, FactTable

TABLES = (
    # every version of every accepted row. `filed_at` is the receipt of the version's file,
    # `received_at` the receipt that counts, `ranked_at` its place in the order of 5.1,
    # `returned_at` when the same reporter's row for the same customer was first returned for lack of a contact (5.2),
    # `form_returned_at` and `form_returned_last` when for its form (D18), `short_name` whether the name may be that of
    # several customers of the city (D2)
    FactTable(
        name="lead",
        word="信息",
        facts="leads",
        columns={
            "lead": INT,
            "version": INT,
            "number": TEXT,
            "reporter": TEXT,
            "filed_at": TIME,
            "received_at": TIME,
            "ranked_at": TIME,
            "returned_at": TIME,
            "form_returned_at": TIME,
            "form_returned_last": TIME,
            "reported_on": TIME,
            "document": OPTIONAL_INT,
            "file": TEXT,
            "row": INT,
            "customer": TEXT,
            "customer_key": TEXT,
            "category": TEXT,
            "province": TEXT,
            "city": TEXT,
            "county": TEXT,
            "short_name": BOOL,
            "level": TEXT,
            "model": TEXT,
            "quantity": INT,
            "phone_key": TEXT,
        },
        known_at="filed_at",
        by_lead="lead",
        subject=("lead", "number", "customer_key"),
        template="lead_record",
        added=("received_at", *RETURNS, "short_name"),
        complete=with_counting_receipt,
        without_names=without_customers,
    ),
    # rows that said what their lead said already: where a version that was received before them comes in late, they are
    # one too (D4)
    FactTable(
        name="repeated_row",
        word="重复送来的信息行",
        columns={"lead": INT, "row_id": TEXT, "reported_on": TIME, "at": TIME},
        by_lead="lead",
        rows=False,
    ),
    FactTable(name="returned_row", word="退回的信息行"),
    FactTable(name="return_ground", word="退回原因"),
    # versions that came in a report whose unit code and unit name are those of two units; `named`: the code of the name; without it: a
    # report of their own unit that repeats them
    FactTable(
        name="doubted_reporter",
        word="提报单位存疑",
        facts="doubted_reporters",
        columns={"lead": INT, "document": INT, "row": INT, "named": TEXT, "at": TIME},
        known_at="at",
        by_lead="lead",
        rows=False,
    ),
    FactTable(name="contact_phone", word="联系方式的其他号码", by_lead="lead"),
    FactTable(name="short_name", word="同城可能重名的客户名称", by_lead="lead"),
    FactTable(name="mask", word="隐去的联系方式", by_lead="lead"),
    # suspected pairs of one city: reason is "name" or "phone", score 1..100; it counts while the versions with these
    # documents are the newest of their leads (missing: made by an earlier version of the program, counts always)
    FactTable(
        name="link",
        word="疑似重复",
        facts="links",
        columns={
            "link": OPTIONAL_INT,
            "a": INT,
            "b": INT,
            "reason": TEXT,
            "score": INT,
            "a_document": OPTIONAL_INT,
            "b_document": OPTIONAL_INT,
        },
        by_lead="a",
        added=("a_document", "b_document"),
        complete=with_link_versions,
    ),
    FactTable(name="link_version", word="疑似重复所依据的版本"),
    # a person's decisions: status.Review; `other` is missing where it is on the lead alone
    FactTable(
        name="review",
        word="复核结论",
        facts="reviews",
        columns={"lead": INT, "other": OPTIONAL_INT, "verdict": TEXT, "at": TIME, "by": TEXT},
        known_at="at",
        by_lead="lead",
        template="duplicate_review",
        by_sheet=True,
        cause="workbench.capabilities.leads.causes:reviewed",
        proof="workbench.capabilities.leads.proofs:of_nobody_held",
    ),
    FactTable(
        name="dispatch",
        word="转交",
        facts="dispatches",
        columns={"batch": INT, "lead": INT, "section": TEXT, "at": TIME},
        known_at="at",
        by_lead="lead",
        cause="workbench.capabilities.leads.causes:dispatched",
    ),
    # verdict: status.Verification; `version`: that of the template the answer was written on
    FactTable(
        name="feedback",
        word="甄别反馈",
        facts="feedback",
        columns={
            "feedback": OPTIONAL_INT,
            "lead": INT,
            "section": TEXT,
            "at": TIME,
            "verdict": TEXT,
            "reason": TEXT,
            "expires_on": TIME,
            "person": TEXT,
            "file": TEXT,
            "row": INT,
            "version": TEXT,
        },
        known_at="at",
        by_lead="lead",
        template="verification_feedback",
        added=("version",),
        complete=with_new_answers,
        without_names=without_reasons,
        proof="workbench.capabilities.leads.proofs:of_another_section",
    ),
    FactTable(
        name="application",
        word="项目申报",
        facts="applications",
        columns={"lead": INT, "unit": TEXT, "at": TIME, "quantity": OPTIONAL_INT, "file": TEXT, "row": INT},
        known_at="at",
        by_lead="lead",
        template="project_application",
        complete=with_first_applications,
    ),
    # a contract whose vehicles a person divided among leads of several reporters (D34)
    FactTable(
        name="contract_split",
        word="合同拆分",
        columns={"contract": TEXT, "lead": INT, "at": TIME},
        known_at="at",
        by_lead="lead",
        cause="workbench.capabilities.leads.causes:split",
    ),
    # requests of T20; ``at_once``: it touches nobody else and took effect with its receipt
    FactTable(
        name="lead_change",
        word="信息变更申请",
        facts="changes",
        columns={
            "number": TEXT,
            "lead": INT,
            "matter": TEXT,
            "value": TEXT,
            "unit": TEXT,
            "reason": TEXT,
            "at_once": BOOL,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        by_lead="lead",
        template="lead_change",
        complete=as_they_stand,
        without_names=without_reasons,
        named=("reason",),
    ),
    FactTable(
        name="change_decision",
        word="信息变更决定",
        facts="change_decisions",
        columns={"number": TEXT, "lead": INT, "verdict": TEXT, "at": TIME, "by": TEXT, "reason": TEXT},
        known_at="at",
        by_lead="lead",
        without_names=without_reasons,
        named=("reason",),
    ),
    FactTable(name="transition", word="状态变动", by_lead="lead"),
    # what a contact person agreed to, or (not `stands`) took back; `scope`: words of consents.Scope separated by spaces,
    # `title`, `version`: the text he was shown; `lead`: where the person was found, else he is one of a customer's file
    FactTable(
        name="consent",
        word="客户同意",
        columns={
            "customer_key": TEXT,
            "lead": OPTIONAL_INT,
            "contact_key": TEXT,
            "scope": TEXT,
            "basis": TEXT,
            "stands": BOOL,
            "title": TEXT,
            "version": TEXT,
            "given_on": TIME,
            "evidence": TEXT,
            "reason": TEXT,
            "by": TEXT,
            "at": TIME,
        },
        known_at="at",
        by_lead="lead",
        sealed=("person", "phone"),
        named=("title", "evidence", "reason"),
        customers=("customer_key",),
    ),
)

# what `lifecycle.derive` says of every lead at a moment, one row per lead, indexed by `lead`
STATES: dict[str, str] = {
    "number": TEXT,
    "reporter": TEXT,  # whose it is now (D36)
    "reporter_kind": TEXT,
    "first_reporter": TEXT,
    "passed_on": TEXT,  # when it went over to whom (``holdings.on``), None where it did not
    "received_at": TIME,
    "reported_on": TIME,
    "file": TEXT,
    "row": INT,
    "customer": TEXT,
    "customer_key": TEXT,
    "category": TEXT,
    "province": TEXT,
    "city": TEXT,
    "quantity": INT,
    "status": TEXT,  # status.Status
    "clause": TEXT,  # the clause that decides against or holds the lead, else None
    "duplicate_of": OPTIONAL_INT,  # 重复: the lead that came first
    "held_by": OPTIONAL_INT,  # 待复核: the lead it may duplicate; missing where its own row holds it
    "tie": BOOL,  # its order in 5.1 was decided by date, file name or row
    "valid": BOOL,  # confirmed valid and neither duplicate nor held
    "excluded": TEXT,  # "5.5" where a valid lead does not count, else None
    "counts_in": TEXT,  # month it counts in (5.3), else None
    "project": TEXT,  # project number (6.4), else None
    "section": TEXT,  # in whose term it is, or was answered
    "handler": TEXT,  # the section that has it now (D41)
    "dispatched_at": TIME,
    "due_on": TIME,  # last day of the section's two working days
    "provisional": BOOL,  # the due date rests on an unpublished calendar year
    "answered_at": TIME,  # first feedback
    "late": BOOL,  # answered after due_on, or still open past it
    "person": TEXT,  # 项目责任人 of the feedback
    "expires_on": TIME,
    "confirmed_at": TIME,  # the answer that found it valid, if that stands
    "sought": INT,  # the denominator of conversion: quantity, or what the section verified (D40)
    "applied_at": TIME,
    "signed_on": TIME,
    "contract_quantity": INT,  # all contracts of the lead, up to the moment
    "picked_up": INT,
}
LEAD_STATES = Contract("states of leads", STATES, index="lead")
# what no rule looks at: a quarter is settled without reading it, and so without opening a single name
UNDECIDING = {"lead": ("customer", "model", "phone_key")}
