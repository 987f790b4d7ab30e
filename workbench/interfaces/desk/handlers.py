"""What the desk answers, and to whom: its own page on this computer alone, with the key of its tab."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

from tornado.web import HTTPError, RequestHandler, stream_request_body

from workbench.app import clock, context, settings, unlock
from workbench.app.faults import keep, place_of
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.core.file_names import file_name
from workbench.core.texts import escaped_json
from workbench.interfaces.desk import local
from workbench.interfaces.desk.deed import GROUPS, Asked, deed_of, deeds, offered
from workbench.interfaces.desk.entrance import ALIVE, Entrance
from workbench.interfaces.desk.work import Work

LARGEST = 64 * 1024 * 1024  # bytes of an uploaded file; the reading itself allows less
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Result = TypeVar("Result")


class Guarded(RequestHandler):
    """Answers only requests that name this computer as their host, from no other page than its own."""

    def initialize(self, entrance: Entrance, work: Work, stop: Callable[[], None], pieces: dict[str, bytes]) -> None:
        """What all handlers share."""
        self.entrance, self.work, self.stop, self.pieces = entrance, work, stop, pieces

    def set_default_headers(self) -> None:
        """Nothing of ours is kept, framed, guessed at or loaded from elsewhere."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")

    def prepare(self) -> None:
        """Raises HTTPError 403 for another host (a name bound anew to this address), another page, or none where one acts."""
        given = self.request.headers
        origin = given.get("Origin")
        foreign = origin != self.entrance.origin if origin or self.request.method != "GET" else False
        if given.get("Host") != f"127.0.0.1:{self.entrance.port}" or foreign:
            raise HTTPError(HTTPStatus.FORBIDDEN)
        if given.get("Sec-Fetch-Site", "none") not in ("same-origin", "none") and not self.opened_anew():
            raise HTTPError(HTTPStatus.FORBIDDEN)

    def opened_anew(self) -> bool:
        """Whether a window goes to the page itself, from wherever, or is about to: the page with the token does so, which asks
        first whether anything answers, and cannot read what.
        """
        given = self.request.headers
        going = given.get("Sec-Fetch-Mode"), given.get("Sec-Fetch-Dest")
        return (self.request.path, *going) in (("/", "navigate", "document"), ("/alive", "no-cors", "empty"))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Nothing goes to a log but a fault's type and place."""
        if not isinstance(value, WorkbenchError | HTTPError):
            keep(value)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A sentence, never a traceback."""
        fault = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(fault, WorkbenchError):
            self.set_status(HTTPStatus.UNPROCESSABLE_ENTITY)
            self.tell({"error": fault.text(common.lang, "excel"), "code": fault.code})
        elif status_code == HTTPStatus.FORBIDDEN:
            self.tell({"error": text_for("desk/not_yours"), "code": "not_yours"})
        elif status_code >= HTTPStatus.INTERNAL_SERVER_ERROR and fault is not None:
            said = text_for("desk/fault", deed="", kind=type(fault).__name__, place=place_of(fault))
            self.tell({"error": said, "code": "fault"})
        else:
            self.tell({"error": HTTPStatus(status_code).phrase, "code": "http"})

    def tell(self, document: dict[str, Any]) -> None:
        """One JSON document; what a browser could take for markup is spelt out."""
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        text = escaped_json(json.dumps(document, ensure_ascii=False))
        self.finish(text.replace("<", "\\u003c").replace(">", "\\u003e"))

    def asked(self) -> dict[str, Any]:
        """The JSON object that was sent. Raises HTTPError 400."""
        try:
            document = json.loads(self.request.body)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise HTTPError(HTTPStatus.BAD_REQUEST)
        return document

    def text(self, document: dict[str, Any], name: str) -> str:
        """A text of it; empty where there is none."""
        value = document.get(name, "")
        return value if isinstance(value, str) else ""


class Piece(Guarded):
    """The page, its look and its script: the same for everybody, nothing of the register in them."""

    def get(self, name: str) -> None:
        """``/``, ``/desk.css``, ``/desk.js``, ``/alive``."""
        kind = {"": "text/html", "desk.css": "text/css", "desk.js": "text/javascript", "alive": "text/plain"}[name]
        self.set_header("Content-Type", f"{kind}; charset=UTF-8")
        if name == "alive":
            self.set_header("Cross-Origin-Resource-Policy", "cross-origin")  # that it answers, not what
        self.finish(ALIVE if name == "alive" else self.pieces[name])


class Enter(Guarded):
    """The once-only token against a key."""

    def post(self) -> None:
        """``{"token"}`` → ``{"key"}``."""
        key = self.entrance.enter(self.text(self.asked(), "token"))
        if key is None:
            raise HTTPError(HTTPStatus.FORBIDDEN)
        self.tell({"key": key})


class Keyed(Guarded):
    """What needs the key of a tab."""

    def prepare(self) -> None:
        """Raises HTTPError 403 without it."""
        super().prepare()
        kind, _, key = self.request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or not self.entrance.knows(key):
            raise HTTPError(HTTPStatus.FORBIDDEN)

    async def aside(self, work: Callable[[], Result]) -> Result:
        """Do what may wait for the register beside the server's own thread."""
        return await asyncio.get_running_loop().run_in_executor(None, work)


class State(Keyed):
    """Who unlocked which register, what is being done, and what can be done."""

    def get(self) -> None:
        """Asked for again and again: it is no use of the register, which locks itself nevertheless."""
        known = settings.read()
        register = common.register or known.get("register", "")
        self.tell(
            {
                "user": self.work.user,
                "register": Path(register).name if register else "",
                "path": register,
                "proposed": common.user or known.get("user", ""),
                "busy": self.work.running(),
                "groups": GROUPS,
                "deeds": [
                    {
                        "id": each.id,
                        "label": each.label,
                        "tip": each.tip,
                        "locked": each.deed.locked,
                        "group": each.deed.group,
                        "offered": self.work.offered is None or each.id in self.work.offered,
                    }
                    for each in deeds()
                ],
            }
        )


class Unlock(Keyed):
    """The register is unlocked for this desk. The passphrase stands in the request's body, and nowhere else."""

    async def post(self) -> None:
        """``{"register", "user", "passphrase"}`` → ``{"user"}``; register and user are remembered."""
        given = self.asked()
        path, user = self.text(given, "register").strip(), self.text(given, "user").strip()
        secret = self.text(given, "passphrase")
        if not path:
            raise WrongUse("desk_missing", field=text_for("desk/register"))
        place = context.register_place(path)
        if not place.is_file():
            raise WrongUse("desk_no_register")

        def unlocked() -> str:
            opened = unlock.unlock(place, user or None, secret, clock.now())
            with unlock.current(clock.now()) as session:
                self.work.offered = offered(session)
            return opened

        name = await self.aside(unlocked)
        settings.keep(register=path, user=name)
        common.register = path  # what is made from here on goes beside this one
        self.tell({"user": name})


class Lock(Keyed):
    """The register is locked: keys, answers and files that came from it go."""

    async def post(self) -> None:
        """Waits for what is being done with it."""
        await self.aside(unlock.lock)
        self.work.drop_uploads()
        self.tell({})


class Local(Keyed):
    """A workbook on this computer that WPS handed on, copied when the person who sees its path pressed the button."""

    async def post(self) -> None:
        """``{"path"}`` → ``{"file"}``: its number. Raises WrongUse ``desk_local_kind``, ``desk_local_gone``, ``desk_too_much``."""
        path = local.workbook(self.text(self.asked(), "path"))
        number, target = self.work.place_for(named(path.name))
        await self.aside(lambda: local.copied(path, target, LARGEST))
        self.work.uploaded(number, target)
        self.tell({"file": number})


def named(sent: str) -> str:
    """A file's name, whatever was sent for one."""
    last = sent.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    known = bool(dot) and ending.isascii() and ending.isalnum() and len(ending) <= 5
    return file_name(stem, ending=f".{ending}") if known else file_name(last)


@stream_request_body
class Upload(Keyed):
    """A file that was dropped, written to the disk as it comes; one that does not come as a whole goes."""

    coming = False

    def prepare(self) -> None:
        """The name is that of a file, whatever was sent. Raises HTTPError 413, WrongUse ``desk_too_much``."""
        super().prepare()
        self.bytes = 0
        name = named(unquote(self.request.headers.get("X-Name", "")))
        if int(self.request.headers.get("Content-Length") or LARGEST + 1) > LARGEST:
            raise HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self.number, self.target = self.work.place_for(name)
        self.target.touch(mode=0o600)
        self.coming = True

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Refused, as a whole or in the middle."""
        self.on_connection_close()
        super().write_error(status_code, **kwargs)

    def on_connection_close(self) -> None:
        """Nothing more of it comes."""
        if self.coming:
            shutil.rmtree(self.target.parent, ignore_errors=True)

    def data_received(self, chunk: bytes) -> None:
        """Raises HTTPError 413."""
        self.bytes += len(chunk)
        if self.bytes > LARGEST:
            raise HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        with self.target.open("ab") as out:
            out.write(chunk)

    def post(self) -> None:
        """→ ``{"file"}``: its number."""
        self.work.uploaded(self.number, self.target)
        self.coming = False
        self.tell({"file": self.number})


class OneDeed(Keyed):
    """A deed: its form, and its beginning."""

    async def get(self, name: str) -> None:
        """→ ``{"fields", "at_once"}``; ``{"locked"}`` where the register has to be unlocked first."""
        listed, now = deed_of(name), clock.now()

        def fields() -> list[dict[str, Any]]:
            if listed.deed.locked:
                return [each.as_json(Asked(now, None)) for each in listed.deed.fields]
            with unlock.current(now) as session:
                return [each.as_json(Asked(now, session)) for each in listed.deed.fields]

        if not listed.deed.locked and self.work.user is None:
            self.tell({"locked": True})
            return
        self.tell({"fields": await self.aside(fields), "at_once": listed.deed.at_once})

    def post(self, name: str) -> None:
        """``{"given", "files"}`` → the job."""
        sent = self.asked()
        given = sent.get("given")
        given = (
            {key: value for key, value in given.items() if isinstance(value, str)} if isinstance(given, dict) else {}
        )
        files = sent.get("files")
        files = [each for each in files if isinstance(each, int)] if isinstance(files, list) else []
        self.tell(self.work.begin(deed_of(name), given, files, clock.now()).as_json())


class OneJob(Keyed):
    """How far a job is, and its answer."""

    def get(self, number: str) -> None:
        """→ the job."""
        self.tell(self.work.job(int(number)).as_json())

    def post(self, number: str) -> None:
        """Cancel it, as long as nothing was changed."""
        self.work.job(int(number)).progress.cancel()
        self.tell({})


class OneFile(Keyed):
    """A file of an answer, or all of them as a ZIP."""

    async def get(self, number: str, place: str) -> None:
        """Its bytes, never shown by the browser itself."""
        job = self.work.job(int(number))
        files = job.answer.files
        if place != "all" and int(place) >= len(files):
            raise WrongUse("desk_gone")
        path = await self.aside(job.all_files) if place == "all" else files[int(place)]
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Disposition", "attachment")
        self.finish(await self.aside(path.read_bytes))


class Stop(Keyed):
    """The desk is closed."""

    def post(self) -> None:
        """The command ends when what is being done is done."""
        self.tell({})
        self.stop()


ROUTES = (
    (r"/(|desk\.css|desk\.js|alive)", Piece),
    (r"/api/enter", Enter),
    (r"/api/state", State),
    (r"/api/unlock", Unlock),
    (r"/api/lock", Lock),
    (r"/api/files", Upload),
    (r"/api/local", Local),
    (r"/api/deed/([a-z_]+)", OneDeed),
    (r"/api/job/([0-9]{1,9})", OneJob),
    (r"/api/file/([0-9]{1,9})/(all|[0-9]{1,5})", OneFile),
    (r"/api/stop", Stop),
)


class Nothing(Guarded):
    """Every other address."""

    def prepare(self) -> None:
        """Raises HTTPError 404, to others 403."""
        super().prepare()
        raise HTTPError(HTTPStatus.NOT_FOUND)
