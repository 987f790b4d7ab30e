"""What has to hold before somebody comes near personal data, and before information goes to a dealer."""

from __future__ import annotations

from workbench.platform.access.conditions import Condition

# what shows personal data in full, hands them on, or lets others come near them (客户信息管理制度 三1, 三2)
NEAR_PERSONAL_DATA = ("reveal", "dispatch", "disclose", "disclose_approve", "deliver", "users", "open_access")
TO_OTHERS = ("disclose", "disclose_approve", "deliver")

CONDITIONS = (
    Condition(
        name="training",
        actions=NEAR_PERSONAL_DATA,
        against="workbench.capabilities.training.standing:against",
        notices="workbench.capabilities.training.standing:notices",
    ),
    Condition(
        name="partner_agreement",
        actions=TO_OTHERS,
        against="workbench.capabilities.training.partners:against",
    ),
)
