"""Who may speak to the desk: whoever was handed the once-only token of the page this user's own command opened.

The token stands in the fragment of the address, which a browser sends to nobody, and reaches the browser through a page that
only this user can read: an argument of the browser's process could be read by others. It is exchanged for a key that the page
keeps for its tab and sends in a header; a cookie would go to every other server of 127.0.0.1 too.
"""

from __future__ import annotations

import hmac
import re
import secrets
import urllib.request
from pathlib import Path
from urllib.error import URLError

from workbench.core.files import write_whole

PAGE = "desk.html"
MARK = "desk_open.js"  # that it is open, and nothing more: any local page could run it
HOST = "127.0.0.1"
# what stands behind # goes along: the deed that WPS wants opened. A desk that was killed leaves this page behind: it is asked
# first whether it answers, which a page of the disk may see without reading what it answers
_OPENS = (
    '<!DOCTYPE html><meta charset="utf-8"><title>大客户信息工作台</title>'
    '<noscript><meta http-equiv="refresh" content="0;url={address}"></noscript>'
    '<body style="font:16px sans-serif;margin:3em"><script>'
    'var to = "{address}" + location.hash.replace("#", "&");'
    "function go() {{ location.replace(to); }}"
    "function gone() {{"
    '  document.body.textContent = "工作台没有在运行（可能是电脑或它被中断过）。请在开始菜单里打开“大客户信息工作台”'
    '（没有的，运行 workbench desk），再从那里或 WPS 的按钮进入。";'
    '  var still = document.createElement("a");'
    '  still.textContent = "仍要试着打开"; still.href = to;'
    '  document.body.append(document.createElement("br"), document.createElement("br"), still);'
    "}}"
    'window.fetch ? fetch("{origin}/alive", {{mode: "no-cors", cache: "no-store"}}).then(go, gone) : go();'
    "</script>"
)


class Entrance:
    """The token that opens the desk next, and the keys of those who are in. ``folder``: where the page that opens it lies."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.page = port, folder / PAGE
        self._inside: set[str] = set()
        self._token = ""
        self._mark = folder / MARK
        folder.mkdir(parents=True, exist_ok=True)
        self._renew()
        write_whole(self._mark, "")

    @property
    def origin(self) -> str:
        """The page's origin, the only one that is answered."""
        return f"http://{HOST}:{self.port}"

    @property
    def address(self) -> str:
        """Where the desk can be opened next, once."""
        return f"{self.origin}/#{self._token}"

    def _renew(self) -> None:
        self._token = secrets.token_urlsafe(32)
        write_whole(self.page, _OPENS.format(address=self.address, origin=self.origin))  # 0600

    def enter(self, token: str) -> str | None:
        """The key for this token, which opens nothing any more; None where it is not the one."""
        if not _same(token, self._token):
            return None
        self._renew()
        key = secrets.token_urlsafe(32)
        self._inside.add(key)
        return key

    def knows(self, key: str) -> bool:
        """Whether a key was handed out."""
        return any([_same(key, known) for known in self._inside])

    def close(self) -> None:
        """Let nobody in any more. What leads into a desk that was opened since stays."""
        self._inside.clear()
        if self.page.exists() and self.address in self.page.read_text(encoding="utf-8"):
            self._mark.unlink(missing_ok=True)
            self.page.unlink()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


def already_open(folder: Path) -> Path | None:
    """The page that opens a desk of this user that is running; None where there is none."""
    page = folder / PAGE
    try:
        found = re.search(rf"http://{re.escape(HOST)}:(\d{{1,5}})/#", page.read_text(encoding="utf-8"))
        if found is None:
            return None
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a company's proxy is not asked
        with direct.open(f"http://{HOST}:{found[1]}/alive", timeout=2) as answer:
            return page if answer.read() == ALIVE else None
    except (OSError, URLError, ValueError):
        return None


ALIVE = b"workbench desk"
