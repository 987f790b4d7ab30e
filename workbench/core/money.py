"""Amounts of money in fen, as they are shown."""

from __future__ import annotations


def yuan_of(fen: int) -> str:
    """An amount in yuan with its fen: 1234567 → 12,345.67."""
    sign, amount = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{amount // 100:,}.{amount % 100:02d}"
