"""The folders a demonstration leaves."""

from __future__ import annotations

INBOX, DISPATCH, REVIEW, REPORTS, BLANKS = "1_收件", "2_转交", "3_复核", "4_报告", "0_空白模板"
SECOND = "6_披露与销毁"  # a register of its own, in which three people work
