"""Our own windows beside Excel: questions, messages, and how far a long work is, with a button to cancel it.

They live in a thread of their own, so that they answer while the work goes on. All belong to one invisible window that is
mapped and on top: what belongs to a hidden window opens behind Excel. Titles and buttons are in the program's language.
"""

from __future__ import annotations

import gc
import queue
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from workbench.app.output import text_for

T = TypeVar("T")
POLL = 40  # milliseconds between looks at what the work asks for
WIDE = 480  # pixels, at which a question is broken


class Windows:
    """The windows of one piece of work (``Dialogs``), from the first that is needed to leaving.

    Raises what tkinter raises where there is no screen, and ImportError where this Python lacks it.
    """

    def __init__(self, title: str = "") -> None:
        self.title = title or text_for("addin/title")
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._root: Any = None
        self._bar: tuple[Any, Any, Any] | None = None
        self._thread = threading.Thread(target=self._run, name="windows", daemon=True)
        self._begun: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def __enter__(self) -> Windows:
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def cancelled(self) -> bool:
        """Whether the person wants the work to stop."""
        return self._stopped.is_set()

    def message(self, text: str) -> None:
        """Say something."""
        self._ask(lambda: self._box(text, [(text_for("addin/ok"), True)]))

    def confirm(self, question: str) -> bool:
        """Yes or no."""
        return self.choose(question, [text_for("addin/yes"), text_for("addin/no")]) == 0

    def choose(self, question: str, answers: list[str]) -> int | None:
        """One of several answers by its place; None where the window was closed."""
        return self._ask(lambda: self._box(question, [(word, place) for place, word in enumerate(answers)]))

    def ask(self, question: str, default: str = "") -> str | None:
        """A line of text."""
        return self._ask(lambda: self._box(question, self._ok_or_cancel(), default))

    def secret(self, question: str) -> str | None:
        """A line of text that is not shown."""
        return self._ask(lambda: self._box(question, self._ok_or_cancel(), "", show="●"))

    def file(self, question: str, default: str = "") -> str | None:
        """A file that exists; the system's own window."""
        from tkinter import filedialog

        return self._ask(
            lambda: filedialog.askopenfilename(title=question, initialfile=default, parent=self._root) or None
        )

    def folder(self, question: str, default: str = "") -> str | None:
        """A folder; the system's own window."""
        from tkinter import filedialog

        return self._ask(
            lambda: filedialog.askdirectory(title=question, initialdir=default or None, parent=self._root) or None
        )

    def show_progress(self, text: str, done: int = 0, total: int | None = None, final: bool = False) -> None:
        """How far the work is; ``final``: it can no longer be cancelled."""
        self._ask(lambda: self._progress(text, done, total, final))

    @staticmethod
    def _ok_or_cancel() -> list[tuple[str, Any]]:
        return [(text_for("addin/ok"), True), (text_for("addin/cancel"), None)]

    def _ask(self, job: Callable[[], T]) -> T:
        """Have the thread of the windows do something, and wait for what comes of it."""
        if not self._thread.is_alive():
            self._thread.start()
            fault = self._begun.get()
            if fault is not None:
                raise fault
        answer: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

        def work() -> None:
            value, well = None, False
            try:
                value, well = job(), True
            finally:  # who waits hears of whatever went wrong
                answer.put((well, value if well else sys.exc_info()[1]))

        self._jobs.put(work)
        well, value = answer.get()
        if not well:
            raise value
        return value

    def _run(self) -> None:
        try:
            import tkinter
        except ImportError as fault:  # a Python that was installed without it
            self._begun.put(fault)
            return
        try:
            _sharp()
            self._root = root = tkinter.Tk()
            root.title(self.title)
            root.overrideredirect(True)
            root.geometry(f"1x1+{root.winfo_screenwidth() // 2}+{root.winfo_screenheight() // 3}")
            root.attributes("-alpha", 0.0, "-topmost", True)
            root.update()
        except tkinter.TclError as fault:
            self._begun.put(fault)
            return
        self._begun.put(None)
        root.after(POLL, self._look)
        root.mainloop()
        root.destroy()
        self._root = self._bar = None
        del root
        gc.collect()  # Tk's objects have to go in the thread that made them

    def _look(self) -> None:
        try:
            while not self._jobs.empty():
                job = self._jobs.get()
                if job is None:
                    self._root.quit()
                    return
                job()
        finally:  # a job that fails is not the last one
            self._root.after(POLL, self._look)

    def _window(self) -> tuple[Any, Any]:
        import tkinter
        from tkinter import ttk

        top = tkinter.Toplevel(self._root)
        top.withdraw()
        top.title(self.title)
        top.transient(self._root)
        top.resizable(False, False)
        frame = ttk.Frame(top, padding=16)
        frame.grid()
        return top, frame

    def _in_front(self, top: Any) -> None:
        top.update_idletasks()
        left = (top.winfo_screenwidth() - top.winfo_reqwidth()) // 2
        above = (top.winfo_screenheight() - top.winfo_reqheight()) // 3
        top.geometry(f"+{left}+{above}")
        top.deiconify()
        top.attributes("-topmost", True)
        top.lift()

    def _box(self, text: str, buttons: list[tuple[str, Any]], entry: str | None = None, show: str = "") -> Any:
        """A window with a text, perhaps a line to fill in, and buttons; the first is the answer of Return, Esc closes.

        Gives the button's value, or the line where that is True and there is one; None where it was closed.
        """
        from tkinter import ttk

        top, frame = self._window()
        chosen: list[Any] = [None]
        ttk.Label(frame, text=text, wraplength=WIDE, justify="left").grid(sticky="w")
        field = None
        if entry is not None:
            field = ttk.Entry(frame, width=44, show=show)
            field.insert(0, entry)
            field.grid(sticky="ew", pady=(10, 0))

        def close(value: Any) -> None:
            chosen[0] = field.get() if field is not None and value is True else value
            top.destroy()

        row = ttk.Frame(frame)
        row.grid(sticky="e", pady=(14, 0))
        for place, (word, value) in enumerate(buttons):
            ttk.Button(row, text=word, command=partial(close, value)).grid(row=0, column=place, padx=(8, 0))
        top.bind("<Return>", lambda _: close(buttons[0][1]))
        top.bind("<Escape>", lambda _: close(None))
        top.protocol("WM_DELETE_WINDOW", lambda: close(None))
        self._in_front(top)
        top.grab_set()
        (field or top).focus_force()
        self._root.wait_window(top)
        return chosen[0]

    def _progress(self, text: str, done: int, total: int | None, final: bool) -> None:
        from tkinter import ttk

        if self._bar is None:
            top, frame = self._window()
            label = ttk.Label(frame, text="", width=52, wraplength=WIDE)
            label.grid(sticky="w")
            bar = ttk.Progressbar(frame, length=WIDE)
            bar.grid(sticky="ew", pady=(10, 0))
            stop = ttk.Button(frame, text=text_for("addin/cancel"), command=self._stop)
            stop.grid(sticky="e", pady=(14, 0))
            top.protocol("WM_DELETE_WINDOW", self._stop)
            self._in_front(top)
            self._bar = label, bar, stop
        label, bar, stop = self._bar
        label.configure(text=text_for("addin/stopping") if self.cancelled() and not final else text)
        stop.state(["disabled" if final or self.cancelled() else "!disabled"])
        if total:
            bar.stop()
            bar.configure(mode="determinate", maximum=total, value=done)
        else:
            bar.configure(mode="indeterminate")
            bar.start(30)

    def _stop(self) -> None:
        self._stopped.set()
        if self._bar is not None:
            label, _, stop = self._bar
            label.configure(text=text_for("addin/stopping"))
            stop.state(["disabled"])


def _sharp() -> None:
    """Draw in the screen's own points, else Windows blows the windows up (Windows only)."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shcore.SetProcessDpiAwareness(1)
