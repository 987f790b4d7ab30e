"""A desk that is open in this process, spoken to as its page does, or as somebody else would, and a real Chromium on it."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.support.browser import CHROMIUM, WAIT
from workbench.interfaces.desk import serve
from workbench.interfaces.desk.entrance import Entrance
from workbench.interfaces.desk.work import Work

COMMAND = re.compile("workbench [a-z]")


@dataclass
class Speaker:
    """Who speaks to a desk. ``key``: of a tab that came in."""

    entrance: Entrance
    key: str | None = None
    works: list[Work] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)

    def raw(self, method: str, path: str, body: bytes | None = None, **headers: str | None) -> tuple[int, bytes]:
        """A request with exactly these headers, beside those of its own page; None leaves one out."""
        usual = {"Host": f"127.0.0.1:{self.entrance.port}", "Origin": self.entrance.origin}
        if self.key:
            usual["Authorization"] = f"Bearer {self.key}"
        given = usual | {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.entrance.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in given.items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None and "Content-Length" not in given:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            self.answered = dict(answer.getheaders())
            return answer.status, answer.read()
        finally:
            connection.close()

    def work(self) -> Work:
        """What is done behind it."""
        return self.works[-1]

    def ask(self, method: str, path: str, document: Any = None, code: int = 200) -> Any:
        """JSON there and back."""
        body = None if document is None and method == "GET" else json.dumps(document or {}).encode()
        status, answer = self.raw(method, path, body)
        assert status == code, (status, answer)
        return json.loads(answer)

    def enter(self) -> Speaker:
        """Come in by the token of the address, as the page does."""
        token = self.entrance.address.partition("#")[2]
        self.key = self.ask("POST", "/api/enter", {"token": token})["key"]
        return self

    def upload(self, path: Path, name: str | None = None) -> int:
        """A file, under a name."""
        status, answer = self.raw("POST", "/api/files", path.read_bytes(), X_Name=quote(name or path.name, safe=""))
        assert status == 200, (status, answer)
        return int(json.loads(answer)["file"])

    def do(self, deed: str, files: list[int] | None = None, **given: str) -> dict[str, Any]:
        """A deed from its beginning to its answer."""
        return self.ended(self.ask("POST", f"/api/deed/{deed}", {"given": given, "files": files or []}))

    def ended(self, job: dict[str, Any]) -> dict[str, Any]:
        """A deed that has begun, at its end; whatever it is told names no command, since who sits there has none."""
        waiting = threading.Event()
        while job["state"] == "running":
            waiting.wait(0.05)
            job = self.ask("GET", f"/api/job/{job['job']}")
        assert not COMMAND.search(" ".join([*job.get("said", []), job["error"]])), job
        return dict(job)

    def unlock(self, register: Path, user: str, passphrase: str) -> None:
        """With a passphrase in the body."""
        self.ask("POST", "/api/unlock", {"register": str(register), "user": user, "passphrase": passphrase})


@contextmanager
def opened() -> Iterator[Speaker]:
    """A desk on a free port, and nobody who came in yet; closed at the end."""
    ready, found, works = threading.Event(), [], []

    def told(entrance: Entrance, stop: Any) -> None:
        found.extend((entrance, stop))
        ready.set()

    def work() -> Work:
        works.append(Work())
        return works[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serve, "Work", work)
        thread = threading.Thread(target=serve.serve, args=(None, False, told))
        thread.start()
        assert ready.wait(30)
    try:
        yield Speaker(found[0], works=works)
    finally:
        found[1]()
        thread.join(60)


@contextmanager
def window(address: str, width: int = 1280, height: int = 900, origin: str = "") -> Iterator[Page]:
    """Chromium on an address; nothing but the desk is asked for, and no fault stands in its console."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True).new_page()
        page.set_default_timeout(WAIT)
        expect.set_options(timeout=WAIT)
        desk = (origin or address.partition("/#")[0], address.partition("#")[0], "blob:")
        elsewhere: list[str] = []
        faults: list[str] = []
        page.on("request", lambda asked: elsewhere.append(asked.url) if not asked.url.startswith(desk) else 0)
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(address)
        yield page
        browser.close()
        assert elsewhere == [] and faults == []
