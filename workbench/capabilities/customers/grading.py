"""Grades of customers by their share of the company's sales (大客户管理制度, 第二条、第三条2).

The document gives one number, the share of the company's annual sales that a key account exceeds
(``key_account_share``, dated data of that regulation). It asks for grades A, B and C among key accounts and leaves
their limits, and further standards, to the company: dated data too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from workbench.core.errors import WrongUse
from workbench.platform.regulation.edition import Policy

KEY_ACCOUNT, OTHER = "大客户", "一般客户"
A, B, C = "A", "B", "C"


@dataclass(frozen=True)
class Terms:
    """What grades go by on a day: shares as fractions, ``own_sales`` in yuan; None where a number is not in force."""

    above: Fraction | None
    a: Fraction | None = None
    b: Fraction | None = None
    own_sales: int | None = None

    @classmethod
    def on(cls, day: date, policy: Policy) -> Terms:
        """二, 三.2: the numbers in force on a day."""
        names = ("key_account_share", "grade_a_share", "grade_b_share", "own_sales")
        return cls(*(policy.value(name, day) for name in names))

    def graded(self, share: Fraction) -> str:
        """三.2: A, B or C of a key account, by its share of the company's sales; the limits themselves are included."""
        if self.a is not None and share >= self.a:
            return A
        return B if self.b is not None and share >= self.b else C


class Ground(StrEnum):
    """Why a customer is a key account: its share, the company's own standard, or a ground it was named on."""

    SHARE = "销售占比"
    OWN_STANDARD = "自定标准"
    INFLUENCE = "影响"
    STRATEGY = "战略"
    IMAGE = "形象"


TO_BE_NAMED = (Ground.INFLUENCE, Ground.STRATEGY, Ground.IMAGE)


def ground_of(share: Fraction, sales: Fraction, named: str | None, terms: Terms) -> Ground | None:
    """二: why a customer is a key account: its share (more than the limit), the company's own standard (that much sales in
    yuan), or the ground it was ``named`` on; None where it is none.
    """
    if terms.above is not None and share > terms.above:
        return Ground.SHARE
    if terms.own_sales is not None and sales >= terms.own_sales:
        return Ground.OWN_STANDARD
    return None if named is None else Ground(named)


def grades(
    sales: Sequence[float | None],
    above: Fraction | None,
    total: float | None = None,
    limits: tuple[float, float] | None = None,
) -> list[str]:
    """A, B, C (or 大客户 without ``limits``) for key accounts, 一般客户 for others, an empty text where sales are None.

    ``above``: the share that a key account exceeds (``key_account_share``); where it is None nobody is one.
    ``total``: the company's annual sales, by default the sum of ``sales``; ``limits``: the shares from which a key
    account is A and B. Raises WrongUse ``no_total`` for negative sales or a total below their sum.
    """
    exact = [None if amount is None else Fraction(str(amount)) for amount in sales]
    whole = sum(amount for amount in exact if amount is not None)
    company = whole if total is None else Fraction(str(total))
    if company <= 0 or company < whole or any(amount is not None and amount < 0 for amount in exact):
        raise WrongUse("no_total")
    a, b = (Fraction(str(limit)) for limit in limits) if limits else (None, None)
    terms = Terms(above, a, b)

    def grade(amount: Fraction) -> str:
        if ground_of(amount / company, amount, None, terms) is None:
            return OTHER
        return terms.graded(amount / company) if limits else KEY_ACCOUNT

    return ["" if amount is None else grade(amount) for amount in exact]
