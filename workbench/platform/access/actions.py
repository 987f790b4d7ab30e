"""What people may do in a register, and what the trail says of it: each action declared once, with its roles.

From the declarations of the platform and of every capability follow the table of permissions, the words of the trail,
what counts at a time of its own and what goes on in a restored register that nobody has confirmed.

While a register has a single user, that user may do everything: one person cannot be kept apart from himself. With the
second user the table holds for everybody (``Session.require``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from workbench.core.messages import Bilingual, Message, named
from workbench.platform.access.roles import CLEARED, DEIDENTIFIED, GOVERNING, ROLES, title_words
from workbench.platform.capability import declared, derived, resolve

if TYPE_CHECKING:
    from workbench.platform.register.store import Register


# the roles whose slots hold each key
KEY_HOLDERS = {
    "": frozenset(ROLES),
    "field": CLEARED,
    "names": frozenset(ROLES) - DEIDENTIFIED,
    "house": GOVERNING,
}


class Kind(Enum):
    """How an action stands in the trail."""

    VIEW = "only looks: no entry"
    DATED = "business that counts at a time of its own, given with --at"
    BUSINESS = "business that counts at the actual time"
    CUSTODY = "keeps the register, or looks at what is in it: goes on after a restore before somebody has confirmed it"


class Section(Enum):
    """The parts of the table of permissions, in their order."""

    VIEW = "looking"
    REPORT = "reports"
    IMPORT = "received files"
    BUSINESS = "business of the regulations"
    PERSONAL = "personal data"
    CUSTODY = "keeping the register"
    COPIES = "copies of reports"


@dataclass(frozen=True)
class Recorded:
    """An entry of the trail: its stored name, its Chinese word, its kind.

    ``summary``: the parts of its detail that are shown in one line, in order, or a function of the detail; nothing else
    is, so that nothing personal gets in with a part that is new. ``withheld``: parts of the detail that are kept and not
    shown to the readers of the trail.

    What ``audit verify`` holds each entry to: ``writes``, the tables it may hold rows of, or ``module:function`` from its
    detail to them; ``also``, further actions in whose course it is made, or ``module:function`` from its user and detail
    to groups of actions, of each of which its user has to be allowed one (in place of those that declare it);
    ``in_course``, ``module:function`` from the register and the entry's number to tables it may hold rows of beside,
    because of what was there before.
    """

    name: str
    word: str
    kind: Kind
    summary: tuple[str, ...] | Callable[[dict[str, Any]], str | Message] = ()
    withheld: tuple[str, ...] = ()
    writes: tuple[str, ...] | str = ()
    also: tuple[str, ...] | str = ()
    in_course: str = ""

    @property
    def words(self) -> Bilingual:
        """What it is called in both languages."""
        return named(self.word, self.name)

    def tables(self, detail: dict[str, Any]) -> set[str]:
        """The tables an entry with this detail may hold rows of."""
        return set(resolve(self.writes)(detail) if isinstance(self.writes, str) else self.writes)

    def tables_beside(self, register: Register, entry: int) -> set[str]:
        """Further tables this entry of the register may hold rows of."""
        found: set[str] = resolve(self.in_course)(register, entry) if self.in_course else set()
        return found

    def asks_for(self, user: str, detail: dict[str, Any]) -> list[tuple[str, ...]]:
        """Groups of actions, of each of which its user has to be allowed one."""
        if isinstance(self.also, str):
            return [tuple(group) for group in resolve(self.also)(user, detail)]
        group = (*owners().get(self.name, ()), *self.also)
        return [group] if group else []

    def in_one_line(self, detail: dict[str, Any]) -> str | Message:
        """What of an entry's detail is shown beside its word."""
        if callable(self.summary):
            return self.summary(detail)
        return " ".join(str(detail[name]) for name in self.summary if detail.get(name))


def who_joined(detail: dict[str, Any]) -> Message:
    """A new user, and in which role."""
    return Message.of("trail/user", role=title_words(detail.get("role", "")), user=str(detail.get("user", "")))


def _refused(detail: dict[str, Any]) -> Message:
    """What somebody was not allowed, and in which role; the code of the condition that was against it."""
    wanted, why = detail.get("wanted", ""), detail.get("why")
    what = named(actions()[wanted].word, wanted) if wanted in actions() else wanted
    return Message.of(
        "trail/refused", what=what, role=title_words(detail.get("role", "")), why=f" {why}" if why else ""
    )


@dataclass(frozen=True)
class Action:
    """Something a person may do: the name it is asked for by (``Session.require``), its Chinese word, who may.

    It leaves an entry under its own name and word, except a VIEW; ``records`` says so where it leaves other entries, or
    (empty) where its entry is another action's. ``writes``: the tables its own entry may hold rows of. ``key``: the one
    without which nobody can do it, whatever program he uses (``field``, ``names``, ``house``). Raises ValueError without a word,
    without a role, for an unknown role or one that does not hold the key.
    """

    name: str
    word: str
    roles: tuple[str, ...]
    kind: Kind = Kind.DATED
    summary: tuple[str, ...] | Callable[[dict[str, Any]], str | Message] = ()
    section: Section = Section.BUSINESS
    records: tuple[Recorded, ...] | None = None
    writes: tuple[str, ...] | str = ()
    key: str = ""

    def __post_init__(self) -> None:
        if not self.word or not self.roles or not set(self.roles) <= set(ROLES):
            raise ValueError(f"action {self.name} needs a word and known roles, not {self.word!r} and {self.roles}")
        if not set(self.roles) <= KEY_HOLDERS[self.key]:
            raise ValueError(f"action {self.name} needs the {self.key} key, which not all of {self.roles} hold")

    @property
    def words(self) -> Bilingual:
        """What it is called in both languages."""
        return named(self.word, self.name)

    def entries(self) -> tuple[Recorded, ...]:
        """The entries it leaves in the trail."""
        if self.records is not None:
            return self.records
        own = Recorded(self.name, self.word, self.kind, self.summary, writes=self.writes)
        return () if self.kind is Kind.VIEW else (own,)


SIMULATION = "simulation"
# entries the program makes by itself, or that need no permission
BY_THE_PROGRAM = (
    Recorded("init", "建立登记册", Kind.CUSTODY, who_joined),
    Recorded(SIMULATION, "标为模拟登记册", Kind.CUSTODY),
    Recorded("refused", "越权被拒", Kind.CUSTODY, _refused),
    Recorded(
        "wrong_passphrase",
        "口令错误",
        Kind.CUSTODY,
        lambda detail: Message.of("trail/tries", count=len(detail.get("tries", []))),
    ),
    Recorded("users_found", "用户变动（补记）", Kind.CUSTODY),
    Recorded("rotation_finished", "轮换密钥（收尾）", Kind.CUSTODY),
)


@derived
def actions() -> dict[str, Action]:
    """Every action by its name, in the order of the table of permissions. Raises ValueError where a name stands twice."""
    sections = list(Section)
    found = sorted(declared("actions"), key=lambda action: sections.index(action.section))
    return _by_name(found)


@derived
def recorded() -> dict[str, Recorded]:
    """Every entry the trail may hold, by its stored name. Raises ValueError where a name stands twice."""
    return _by_name([*BY_THE_PROGRAM, *(entry for action in actions().values() for entry in action.entries())])


@derived
def owners() -> dict[str, tuple[str, ...]]:
    """The actions that declare each entry, by its stored name; none of those the program makes by itself."""
    found: dict[str, tuple[str, ...]] = {}
    for action in actions().values():
        for entry in action.entries():
            found[entry.name] = (*found.get(entry.name, ()), action.name)
    return found


def _by_name(found: list[Any]) -> dict[str, Any]:
    table = {each.name: each for each in found}
    if len(table) != len(found):
        raise ValueError(
            f"declared twice: {sorted({a.name for a in found if sum(a.name == b.name for b in found) > 1})}"
        )
    return table


@derived
def dated() -> list[str]:
    """The entries that count at a time of their own."""
    return [entry.name for entry in recorded().values() if entry.kind is Kind.DATED]


def is_custody(entry: str) -> bool:
    """Whether an entry may be made in a restored register before somebody else has confirmed it."""
    known = recorded().get(entry)
    return known is not None and known.kind is Kind.CUSTODY


def allowed(role: str, action: str) -> bool:
    """Whether a role may do something. Raises KeyError for an unknown role or action."""
    return ROLES[role].name in actions()[action].roles


def allowed_actions(role: str) -> list[Action]:
    """What a role may do, in the order of the table of permissions."""
    return [action for action in actions().values() if role in action.roles]


def import_actions() -> list[str]:
    """Every action that brings received files in."""
    return [action.name for action in actions().values() if action.section is Section.IMPORT]
