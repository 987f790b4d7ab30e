"""What goes back to those who sent files: a slip for each file that holds something to do, a reply for each sender.

Slips and replies are Chinese, as all papers are; they say what, where and what to do, and name nobody else's data.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from workbench.capabilities.leads.receipt_order import form_grace_until
from workbench.core.errors import FileRefused
from workbench.core.file_names import name_of, unique_name
from workbench.core.files import write_whole
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.core.texts import one_line
from workbench.platform.documents.delivery import Handing, known_recipient
from workbench.platform.forms.annotate import WORDS, annotate, annotated, short
from workbench.platform.forms.passwords import NONE, Passwords
from workbench.platform.forms.read import Form, ReadBook, read_many
from workbench.platform.forms.reading_process import ReadingProcess, reading_process
from workbench.platform.intake.outcome import ImportOutcome
from workbench.platform.regulation.edition import Policy

BOM = "\ufeff"  # Windows' editors take a text without it for GBK


def slip(file: str, findings: Sequence[Finding], *, refused: bool) -> str:
    """A text that can be sent back with a file: whether it was read, and what to do at which place."""
    verdict = "未读取，没有登记任何内容" if refused else "已读取，下列各处请处理"
    lines = [f"文件：{one_line(file)}", f"结果：{verdict}。", ""]
    for number, finding in enumerate(findings, start=1):
        place = "！".join(filter(None, (finding.sheet and f"《{finding.sheet}》", finding.cell)))
        said = short(finding).removeprefix(f"{file}：")
        lines.append(f"{number}. 【{WORDS[finding.severity]}】{place}{'：' if place else ''}{one_line(said)}")
    return BOM + "\r\n".join([*lines, ""])


@dataclass(frozen=True)
class To:
    """Who gets marked copies under a password: the unit a file names (None: it names none), and how they are handed out."""

    unit: str | None
    handing: Handing


class Copies:
    """Marked copies in a folder, one for each file that has findings; a slip where there can be no copy.

    All are made by one reading process, which ends with ``stack``. Raises OSError.
    """

    def __init__(self, folder: Path, stack: ExitStack, passwords: Passwords = NONE, to: To | None = None) -> None:
        """``passwords``: what opens files that came under one. ``to``: who gets the copies, under a password."""
        self.folder, self.stack = folder, stack
        self.passwords, self.to = passwords, to
        self.child: ReadingProcess | None = None
        self.taken: set[str] = set()
        self.made: list[str] = []

    def make(self, form: Form | ReadBook, findings: list[Finding], number: int | None = None) -> Finding | None:
        """Write the copy; where the workbook can be read but not marked, a slip, and a finding says why.

        ``number``: of the file in the register, by which a copy under a password is named.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.child = self.child or self.stack.enter_context(reading_process())
        try:
            if self.to is None:
                name = self._name(form.path, "批注", ".xlsx")
                annotate(form, findings, self.folder / name, self.child, self.passwords)
            else:
                copy, _ = annotated(form, findings, self.child, self.passwords)
                about = f"文件{number}" if number is not None else form.sha256[:8]
                recipient = known_recipient(self.to.unit, f"{about} 的提交人")
                self.made.append(self.to.handing.paper("批注", about, recipient, copy, self.folder).file.name)
        except FileRefused as no:
            self.refuse(form.path, findings, refused=False)
            reason = no.message.values["reason"]
            return Finding("not_marked", Message.of("not_marked", reason=reason), Severity.WARNING, file=form.file)
        return None

    def refuse(self, path: Path, findings: Sequence[Finding], *, refused: bool = True) -> None:
        """Write a slip."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / self._name(path, "退回说明", ".txt")
        write_whole(target, slip(name_of(path), findings, refused=refused))

    def _name(self, path: Path, word: str, ending: str) -> str:
        """The copy's name; files of one name from several folders get one each."""
        name = unique_name(self.taken, Path(name_of(path)).stem, word, ending=ending)
        self.made.append(name)
        return name


@dataclass
class _Sender:
    """One sender's part of an import."""

    files: list[tuple[Path, ImportOutcome, Form | ReadBook | None]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Reply:
    """What was prepared for a sender (``unit`` None: not recognised): the reply, its folder, how many copies and slips lie
    beside it; ``places``: which of the files, by position; ``until``: the day rows returned for their form keep their place to.
    """

    unit: str | None
    path: Path
    places: tuple[int, ...]
    copies: int
    until: date | None

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.path.parent


def write_replies(
    paths: Sequence[Path],
    outcomes: Sequence[ImportOutcome],
    folder: Path,
    policy: Policy,
    passwords: Passwords = NONE,
    handing: Handing | None = None,
    known: Collection[str] | None = None,
) -> list[Reply]:
    """A folder for each sender with its reply and the marked copies of what goes back to it; gives what was prepared for whom.

    ``passwords``: what opens files that came under one, whose copies are under it again; with ``handing`` all copies are for
    their sender, under his password. A sender is the unit a file names, or the file itself where it could not be read. Given
    the ``known`` units, other senders are not recognised, and their folders are numbered: neither their names nor those of
    their files stand in a path. A row that was returned for its form keeps its place for as many working days as the policy
    grants (D18): the reply names the day. A file that is no longer what was read gets a slip, no copy. Raises OSError.
    """
    senders: dict[str | Path, _Sender] = {}
    forms = dict(
        read_many([path for path, outcome in zip(paths, outcomes, strict=True) if _to_do(outcome)], passwords=passwords)
    )
    for place, (path, outcome) in enumerate(zip(paths, outcomes, strict=True)):
        form = forms.get(path)
        read = None if isinstance(form, FileRefused) or (form and form.sha256 != outcome.sha256) else form
        named = outcome.unit if known is None or outcome.unit in known else None
        sender = senders.setdefault(named or path, _Sender())
        sender.files.append((path, outcome, read))
        sender.places.append(place)
    written, taken = [], set[str]()
    with ExitStack() as stack:
        for key, sender in senders.items():
            stranger = Path(name_of(key)).stem if isinstance(key, Path) and known is None else f"{sender.places[0] + 1}"
            unit = key if isinstance(key, str) else f"未识别_{stranger}"
            own = folder / unique_name(taken, unit)
            copies = Copies(
                own, stack, passwords, To(key if isinstance(key, str) else None, handing) if handing else None
            )
            for path, outcome, form in sender.files:
                findings = [finding for finding in outcome.findings if finding.severity is not Severity.NOTE]
                if not findings:
                    continue
                if outcome.refused or form is None:
                    copies.refuse(path, findings, refused=outcome.refused)
                else:
                    copies.make(form, findings, _number(outcome))
            own.mkdir(parents=True, exist_ok=True)
            target = own / "回复.txt"
            until = _kept_until(sender, policy)
            write_whole(target, _reply(unit, sender, sorted(copies.made), until))
            whose = key if isinstance(key, str) else None
            written.append(Reply(whose, target, tuple(sender.places), len(copies.made), until))
    return written


def _number(outcome: ImportOutcome) -> int | None:
    """The number of a file in the register, of a book that of its first sheet there."""
    return next((each.number for each in (outcome, *outcome.sheets) if each.number is not None), None)


def _to_do(outcome: ImportOutcome) -> bool:
    return not outcome.refused and any(finding.severity is not Severity.NOTE for finding in outcome.findings)


def _kept_until(sender: _Sender, policy: Policy) -> date | None:
    """The day through which the first rows returned for their form keep their place (D18); None where there are none."""
    returned = [outcome.received_at for _, outcome, _ in sender.files if outcome.returned and outcome.received_at]
    return form_grace_until(min(returned), policy) if returned else None


def _reply(unit: str, sender: _Sender, copies: Sequence[str], limit: date | None) -> str:
    lines = [f"{unit}：", "", "贵单位提交的文件处理结果如下。"]
    for path, outcome, _ in sender.files:
        said = _said(outcome)
        lines.append(f"· {one_line(name_of(path))}：{said}。")
        lines += [f"  · 《{one_line(sheet.sheet or '')}》：{_said(sheet)}。" for sheet in outcome.sheets]
        if outcome.untouched:
            lines.append(f"  · 未填写，不作上报：{'、'.join(f'《{one_line(name)}》' for name in outcome.untouched)}。")
    if limit:
        lines += [
            "",
            f"因填写形式退回的行，{limit:%Y-%m-%d} 当日及以前改正并重新提交的，保留原接收时间的次序（第5.1条）。",
        ]
    if copies:
        lines += ["", "问题所在与处理办法见附件：", *(f"· {name}" for name in copies)]
    return BOM + "\r\n".join([*lines, ""])


def _said(outcome: ImportOutcome) -> str:
    """What became of a file, or of a sheet of a book, in words."""
    if outcome.refused:
        return "未读取，没有登记任何内容"
    said = f"接收 {outcome.accepted} 行，退回 {outcome.returned} 行"
    return f"{said}，未变 {outcome.unchanged} 行" if outcome.unchanged else said
