"""Grades of customers by their share of the company's sales (大客户管理制度, 第二条、第三条2).

The document gives one number, the share of the company's annual sales that a key account exceeds
(``key_account_share``, dated data of that regulation). It asks for grades A, B and C among key accounts and leaves
their limits to the company: they are given with each call.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from workbench.core.errors import WrongUse

KEY_ACCOUNT, OTHER = "大客户", "一般客户"


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
    shares = tuple(Fraction(str(limit)) for limit in limits) if limits else None

    def grade(share: Fraction) -> str:
        if above is None or share <= above:
            return OTHER
        if shares is None:
            return KEY_ACCOUNT
        return "A" if share >= shares[0] else "B" if share >= shares[1] else "C"

    return ["" if amount is None else grade(amount / company) for amount in exact]
