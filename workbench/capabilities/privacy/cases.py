"""A disclosure is decided by another than who asked for it and who brought the request in; a disposal by another than who proposed it."""

from __future__ import annotations

from workbench.platform.workflow.case import Case, FourEyes

DISCLOSURE = Case(
    name="disclosure",
    title="客户信息披露",
    request="import",
    form="customer_disclosure",
    decided_by="disclose_approve",
    four_eyes=(
        FourEyes(
            "the applicant, and who imported the request",
            "own_request",
            "workbench.capabilities.privacy.disclosures:who_asked",
        ),
    ),
    effect="Approved: a clerk may hand the approved fields over. A later refusal withdraws the approval; a refusal stays.",
    due="Within the request's own term (有效期至).",
    decisions=(("disclosure_decision", "number"),),
)
DISPOSAL = Case(
    name="disposal",
    title="客户信息销毁",
    request="retention_propose",
    decided_by="retention_decide",
    four_eyes=(FourEyes("who proposed it", "own_disposal", "workbench.capabilities.privacy.disposals:who_proposed"),),
    effect="Approved: a custodian destroys the customer's keys and certifies it, as long as nothing is open and no minimum term runs.",
    due="Within the maximum term of the class (五).",
    decisions=(("disposal_decision", "number"),),
    task="retention",
)
CASES = (DISCLOSURE, DISPOSAL)
