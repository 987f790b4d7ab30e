"""The desk's server: on this computer alone, until it is closed; nothing of what it is asked goes into a log."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from workbench.app.output import say
from workbench.core.errors import WrongUse
from workbench.core.state import state_folder
from workbench.interfaces.desk.entrance import HOST, Entrance, already_open
from workbench.interfaces.desk.handlers import LARGEST, ROUTES, Nothing
from workbench.interfaces.desk.work import Work
from workbench.platform.reporting import html

PAGE = Path(__file__).with_name("page")


def pieces() -> dict[str, bytes]:
    """The page's parts as they are sent."""
    environment = html.templates(PAGE)
    return {
        "": environment.get_template("desk_page.html.jinja").render().encode(),
        "desk.css": environment.get_template("desk.css.jinja").render().encode(),
        "desk.js": (PAGE / "desk.js").read_bytes(),
    }


def application(entrance: Entrance, work: Work, stop: Callable[[], None]) -> Application:
    """The server's answers. Nothing is logged of a request: addresses and names stay out of every file."""
    shared = {"entrance": entrance, "work": work, "stop": stop, "pieces": pieces()}
    routes = [(pattern, handler, shared) for pattern, handler in ROUTES]
    return Application(
        routes,
        default_handler_class=Nothing,
        default_handler_args=shared,
        log_function=lambda _: None,
        compress_response=False,
    )


def serve(port: int | None, browser: bool, ready: Callable[[Entrance, Callable[[], None]], None] | None = None) -> None:
    """Open the desk and keep it until it is closed on the page, by Ctrl+C or by the system; the register is locked then.

    A desk of this user that is open already is opened again instead. ``ready``: told the entrance and how to stop, once it can
    be reached. Raises WrongUse ``desk_port``.
    """
    state = state_folder(os.environ)
    if browser and port is None and (page := already_open(state)):
        say("desk/open_already")
        webbrowser.open(page.as_uri())
        return
    for name in ("tornado.access", "tornado.application", "tornado.general"):
        logging.getLogger(name).disabled = True
    try:
        if port is not None and not 0 < port < 65536:
            raise OSError
        sockets = bind_sockets(port or 0, HOST)
    except OSError:
        raise WrongUse("desk_port", port=port) from None
    entrance = Entrance(sockets[0].getsockname()[1], state)
    work = Work()

    async def run() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()

        def stop() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(over.set)

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, lambda *_: stop())
        server = HTTPServer(application(entrance, work, stop), max_body_size=LARGEST, max_header_size=32 * 1024)
        server.add_sockets(sockets)
        say("desk/open", address=entrance.origin if browser else entrance.address)
        if browser:
            webbrowser.open(entrance.page.as_uri())
        if ready is not None:
            ready(entrance, stop)
        await over.wait()
        server.stop()
        await server.close_all_connections()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        pass
    finally:
        entrance.close()
        work.close()
    say("desk/closed")
