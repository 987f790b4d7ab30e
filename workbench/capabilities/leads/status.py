"""Statuses of leads, verdicts of their verification, verdicts of their review."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The status of a lead, in the order of its life."""

    RETURNED = "不予接收"
    RECEIVED = "已接收"
    INVALID = "无效"
    DUPLICATE = "重复"
    HELD = "待复核"
    WAITING = "待甄别"
    VALID = "有效"
    PROJECT = "已立项"
    APPLIED = "已申报"
    SIGNED = "已签约"
    DELIVERING = "提车中"
    COMPLETED = "已完成"
    ENDED = "已解除"
    EXPIRED = "已到期"
    WITHDRAWN = "已撤回"


class Verification(StrEnum):
    """A section's answer on a lead (T5, 6.3); 非本科室 hands it back (D41)."""

    VALID = "有效"
    INVALID = "无效"
    NOT_OURS = "非本科室"


class Review(StrEnum):
    """A person's decision on a lead that was held: against another lead (5.1), or on the lead alone (2, 5.2)."""

    SAME = "重复"
    DIFFERENT = "不重复"
    ADMITTED = "受理"
    REFUSED = "无效"


ABOUT_ANOTHER = (Review.SAME, Review.DIFFERENT)
ABOUT_ITSELF = (Review.ADMITTED, Review.REFUSED)

# not decided yet: neither confirmed valid nor found invalid
PENDING = (Status.RECEIVED, Status.HELD, Status.WAITING)
# not confirmed valid, or no longer
UNCONFIRMED = (*PENDING, Status.INVALID, Status.DUPLICATE, Status.WITHDRAWN)
# nothing comes of it any more without a contract
CLOSED = (Status.INVALID, Status.DUPLICATE, Status.EXPIRED, Status.ENDED, Status.WITHDRAWN)
# applied for, or under contract
APPLIED_FOR = (Status.APPLIED, Status.SIGNED, Status.DELIVERING, Status.COMPLETED)
# a project that is neither completed nor expired
LIVE_PROJECT = (Status.PROJECT, Status.APPLIED, Status.SIGNED, Status.DELIVERING)
# keeps its customer from being reported by another (5.1)
ALIVE = (*PENDING, Status.VALID, *LIVE_PROJECT)
# a row of the same report may still correct it
CORRECTABLE = (Status.RECEIVED, Status.HELD, Status.DUPLICATE, Status.INVALID)
