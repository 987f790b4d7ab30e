"""When customer information may be disclosed, and on what terms (顾客信息管理制度 七)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import pandas as pd

from workbench.core.names import is_placeholder
from workbench.platform.regulation.edition import Policy

REGULATION = "顾客信息管理制度"
CLAUSE = f"{REGULATION}·七"
NO_GROUND, NO_CONSENT, NO_DOCUMENT = "no_ground", "no_consent", "no_document"
TAKEN_BACK = "consent_withdrawn"
# what only repeats that the customer lets his contact be kept (客户同意 of T1), or names no document
_BARE = re.compile(r"(?:是|有|客户|本人|对方|已|均|口头|电话|书面|当面|表示|都|可以|允许|同意|知情|了)+")
_OF_KEEPING = re.compile(r"留存|保存|保留|收集|登记|信息记录表|附件2|T1")
_OF_DISCLOSING = re.compile(r"披露|提供|转交|告知|公开")


def refusal(
    ground: str, consented: bool, document: str | None, on: date, policy: Policy, *, withdrawn: bool = False
) -> str | None:
    """七: why a disclosure on a ground (客户同意, 法律规定) is not allowed on a day; None where it is.

    ``consented``: the customer lets his contact be kept; ``document``: what the request names (依据文件). That a contact
    may be kept does not say that it may be passed on: a consent to that is a document of its own. ``no_ground``: the
    ground is none of those that are accepted; ``no_consent``: it takes a consent, and the customer does not even let the
    contact be kept; ``consent_withdrawn``: the contact took his consent to disclosures back (``withdrawn``);
    ``no_document``: no consent to the disclosure is named.
    """
    if ground not in (policy.value("disclosure_grounds", on) or []):
        return NO_GROUND
    if ground not in (policy.value("consent_grounds", on) or []):
        return None
    if withdrawn:
        return TAKEN_BACK
    if not consented:
        return NO_CONSENT
    return None if is_of_disclosing(document) else NO_DOCUMENT


def is_of_disclosing(document: str | None) -> bool:
    """Whether a text names a consent to a disclosure: a document, and not the one about keeping the contact."""
    text = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", document or ""))
    if not text or is_placeholder(pd.Series([text], dtype=object)).iloc[0] or _BARE.fullmatch(text):
        return False
    return not _OF_KEEPING.search(text) or bool(_OF_DISCLOSING.search(text))


def terms(on: date, policy: Policy) -> list[str]:
    """七: what a recipient is bound to, as the note of a disclosure says it on a day."""
    return policy.value("disclosure_terms", on) or []
