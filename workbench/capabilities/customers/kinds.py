"""The words of T7 and T9: kinds of information, the classes they belong to, how a matter stands."""

from __future__ import annotations

from enum import StrEnum


class InformationClass(StrEnum):
    """The four classes of information. 客户基本信息 means what a customer says of service and vehicles, not who he is."""

    BASIC = "客户基本信息"
    MARKET = "市场动态信息"
    COMPETITION = "竞争信息"
    NEEDS = "用户需求及潜在意向信息"


class ItemKind(StrEnum):
    """What a row of the weekly sheet is about."""

    VISIT = "走访"
    ACTIVITY = "活动"
    OPINION = "意见"
    COMPLAINT = "投诉"
    NEED = "需求"
    CHURN = "离网倾向"
    COMPETITION = "竞争"
    MARKET = "市场"


CLASS_OF = {
    ItemKind.VISIT: InformationClass.BASIC,
    ItemKind.ACTIVITY: InformationClass.BASIC,
    ItemKind.OPINION: InformationClass.BASIC,
    ItemKind.COMPLAINT: InformationClass.BASIC,
    ItemKind.NEED: InformationClass.NEEDS,
    ItemKind.CHURN: InformationClass.NEEDS,
    ItemKind.COMPETITION: InformationClass.COMPETITION,
    ItemKind.MARKET: InformationClass.MARKET,
}
WITHOUT_CUSTOMER = frozenset({ItemKind.COMPETITION, ItemKind.MARKET})
# what goes on into the record of service (T9); the others are news
SERVICE = (ItemKind.VISIT, ItemKind.ACTIVITY, ItemKind.OPINION, ItemKind.COMPLAINT, ItemKind.NEED, ItemKind.CHURN)
# of these something has to become: they are open until somebody closes them
TO_BE_CLOSED = frozenset({ItemKind.COMPLAINT})


class ServiceState(StrEnum):
    """How a matter of the record of service stands."""

    OPEN = "办理中"
    CLOSED = "已办结"
    REOPENED = "重新打开"
