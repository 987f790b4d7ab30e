"""The manual by role: the pages of ``docs/zh``, which come with the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.shipped import shipped
from workbench.platform.access.roles import ROLES

# title → name, which is that of the role it is for; the other roles have no page of their own and read one of these
PAGES = {
    "安装": "install",
    "提报单位": "reporter",
    "市场策略科": "clerk",
    "业务科室": "verifier",
    "销售支持科": "support",
    "审批人": "approver",
    "分析人员": "analyst",
    "信息管理员": "custodian",
}
READ_TOO = {"payer": "审批人", "auditor": "信息管理员", "recovery": "信息管理员"}


@dataclass(frozen=True)
class Page:
    """A page: its title, its name (a role of a register, or ``install``, ``reporter``), and where its Markdown is."""

    title: str
    name: str
    path: Path

    @property
    def text(self) -> str:
        """The page as it was written."""
        return self.path.read_text(encoding="utf-8")


def pages() -> list[Page]:
    """All pages, the installation first."""
    return [Page(title, name, shipped("docs/zh") / file_name(title, ending=".md")) for title, name in PAGES.items()]


def page_of(asked: str) -> Page:
    """The page of a role, by its title, its name or the role's Chinese title. Raises WrongUse ``no_manual_page``."""
    for page in pages():
        role = ROLES.get(page.name)
        if asked in (page.title, page.name) or (role and asked == role.title):
            return page
    other = next((name for name, role in ROLES.items() if asked in (name, role.title)), "")
    if other in READ_TOO:
        return page_of(READ_TOO[other])
    raise WrongUse("no_manual_page", asked=asked, pages=list(PAGES))
