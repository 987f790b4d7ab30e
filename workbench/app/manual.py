"""The manual by role: the pages of ``docs/zh``, which come with the program, and their pictures."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import write_whole
from workbench.core.shipped import shipped
from workbench.platform.access.roles import ROLES
from workbench.platform.reporting import html
from workbench.platform.reporting.page import Html

TEMPLATES = Path(__file__).with_name("templates")

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


def write_page(page: Page, folder: Path) -> Path:
    """A page with its pictures as one file for a browser; gives its path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name("手册", page.title, ending=".html")
    template = html.templates(TEMPLATES).get_template("manual.html.jinja")
    write_whole(path, template.render(title=page.title, text=_shown(page)))
    return path


def _shown(page: Page) -> Html:
    """The page below its title, pictures within: it is read where the program's folder is not."""
    from mistune import HTMLRenderer, create_markdown

    class Within(HTMLRenderer):
        """Pictures are part of the page."""

        def image(self, text: str, url: str, title: str | None = None) -> str:
            """A picture by its path from the page."""
            data = b64encode((page.path.parent / url).read_bytes()).decode()
            return super().image(text, f"data:image/png;base64,{data}", title)

    _, _, text = page.text.partition("\n")
    return Html(
        create_markdown(renderer=Within(escape=False, allow_harmful_protocols=["data:"]), plugins=["table"])(text)
    )
