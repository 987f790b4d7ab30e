"""The dictionary of the fields of a customer's file: part, purpose, term, who may see them (客户信息及档案管理制度 四、九).

A field that does not stand here is not collected. Parts, stored columns and completeness follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Department(StrEnum):
    """Who provides a part of the file."""

    SALES = "销售"
    MARKET = "市场"
    FINANCE = "财务"


class Part(StrEnum):
    """The parts of a customer's file."""

    BASIC = "基本信息"
    TRADING = "交易信息"
    FINANCIAL = "财务信息"
    CONTACT = "联系人"


@dataclass(frozen=True)
class Field:
    """A column of T8: ``key``, the ``part`` it belongs to, what it is for, how it is kept.

    ``personal``: sealed for the roles that hold the keys of personal fields; ``named``: free text that may name a customer,
    read by those who may read customers' names. What is neither is open to everybody who may open the register.
    """

    key: str
    part: Part
    purpose: str
    personal: bool = False
    named: bool = False

    @property
    def seen_by(self) -> str:
        """Who may see it, in words."""
        if self.personal:
            return "持有个人信息密钥的角色（市场策略、业务开发、信息管理员）"
        return "可查看客户名称的角色" if self.named else "登记册用户"

    @property
    def term(self) -> str:
        """How long it is kept, in words."""
        return "“保存至”之日，未填的按规定期限" if self.personal else "客户关系存续期间"


FIELDS = (
    Field("code", Part.BASIC, "识别同一客户", named=True),
    Field("aliases", Part.BASIC, "识别同一客户", named=True),
    Field("parent", Part.BASIC, "归集集团客户", named=True),
    Field("industry", Part.BASIC, "客户分类"),
    Field("scale", Part.BASIC, "客户分类"),
    Field("legal_person", Part.BASIC, "签订合同", personal=True),
    Field("address", Part.BASIC, "送达文件和车辆", personal=True),
    Field("scope", Part.BASIC, "判断用车需求", named=True),
    Field("manager", Part.BASIC, "明确负责的客户经理"),
    Field("purchases", Part.TRADING, "分析需求", named=True),
    Field("needs", Part.TRADING, "分析需求", named=True),
    Field("willingness", Part.TRADING, "分析需求"),
    Field("terms", Part.TRADING, "拟订服务和报价", named=True),
    Field("finance", Part.FINANCIAL, "控制信用风险", named=True),
    Field("credit", Part.FINANCIAL, "控制信用风险"),
    Field("settlement", Part.FINANCIAL, "结算"),
    Field("contact", Part.CONTACT, "业务联系", personal=True),
    Field("contact_title", Part.CONTACT, "业务联系", personal=True),
    Field("phone", Part.CONTACT, "业务联系", personal=True),
    Field("part", Part.CONTACT, "了解客户的决策过程"),
    Field("basis", Part.CONTACT, "证明收集依据"),
    Field("evidence", Part.CONTACT, "证明收集依据", named=True),
    Field("purpose", Part.CONTACT, "限定个人信息的用途"),
    Field("keep_until", Part.CONTACT, "限定个人信息的保存期限"),
)
BY_KEY = {field.key: field for field in FIELDS}
SEALED = tuple(field.key for field in FIELDS if field.personal)
NAMED = tuple(field.key for field in FIELDS if field.named)
PLAIN = tuple(field.key for field in FIELDS if not field.personal)
# fields of the customer himself, of which the newest word counts each by itself; those of a contact person go together
OF_CUSTOMER = tuple(field.key for field in FIELDS if field.part is not Part.CONTACT)
OF_CONTACT = tuple(field.key for field in FIELDS if field.part is Part.CONTACT)
# personal fields, none of which is collected without a ground and a purpose
ASKING_FOR_A_PURPOSE = ("legal_person", "contact", "contact_title", "phone")
PROVIDERS = {
    Part.BASIC: "basic_provider",
    Part.TRADING: "trading_provider",
    Part.FINANCIAL: "financial_provider",
    Part.CONTACT: "basic_provider",
}
REQUIRED = {Part.BASIC: "basic_fields", Part.TRADING: "trading_fields", Part.FINANCIAL: "financial_fields"}
