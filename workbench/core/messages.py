"""Texts by code, in Chinese and English: each package keeps a catalogue, looked up when a text is shown.

A catalogue is a file ``messages.yaml`` in a package: ``code: {zh: …, en: …}`` with named placeholders. Where what to
do about it depends on where it is read, ``remedy`` says it for the command line (``command``) and for Excel
(``excel``). A code with several texts has keys ``code/case``.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from workbench.core.shipped import PACKAGE

NAME = "messages.yaml"
JOINED = {"zh": "、", "en": ", "}
SPACE = {"zh": "", "en": " "}

# further catalogues: those of capabilities that do not lie in the package
more: list[Callable[[], Iterable[Path]]] = []


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A word that is declared in both languages, as the value of a placeholder."""

    zh: str
    en: str


def named(zh: str, name: str) -> Bilingual:
    """What something declared is called: its Chinese word, in English its name (``decide_change``: decide change)."""
    return Bilingual(zh, name.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Listed:
    """Several texts as one value: ``between`` stands between two of them."""

    items: Sequence[Any]
    between: Bilingual


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence as a part of another one: without its full stop."""

    sentence: Any


@dataclass(frozen=True, slots=True)
class Message:
    """A text by its key, with the values of its placeholders.

    Sequences are joined as the language does it; a value that is itself a message appears in the same language.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    _told: dict[tuple[str, str], str] = field(default_factory=dict, init=False, compare=False, repr=False)

    @classmethod
    def of(cls, key: str, /, **values: Any) -> Message:
        """A text by its key, with the values of its placeholders."""
        return cls(key, values)

    @property
    def code(self) -> str:
        """The stable word for machines."""
        return self.key.partition("/")[0]

    def text(self, lang: str = "zh", place: str = "command") -> str:
        """The text in ``lang`` (``zh`` or ``en``) with the remedy for ``place`` (``command`` or ``excel``)."""
        if (told := self._told.get((lang, place))) is None:  # one text may be said of many rows
            entry = lookup(self.key)
            parts = [entry[lang], entry.get("remedy", {}).get(place, {}).get(lang, "")]
            filled = (_Filled(lang, place).vformat(part, (), self.values) for part in parts if part)
            told = self._told[lang, place] = SPACE[lang].join(filled)
        return told

    def __str__(self) -> str:
        """The text in Chinese, as an official document has it."""
        return self.text()

    def with_values(self, **values: Any) -> Message:
        """The same text with other values for some placeholders."""
        return Message(self.key, {**self.values, **values})

    def plain(self) -> dict[str, Any]:
        """The message as JSON takes it."""
        return {"key": self.key, "values": {name: _plain(value) for name, value in self.values.items()}}

    @classmethod
    def from_plain(cls, document: Mapping[str, Any]) -> Message:
        """The message ``plain`` wrote down."""
        return cls(document["key"], {name: _from_plain(value) for name, value in document["values"].items()})


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return value.plain()
    if isinstance(value, Bilingual):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, Part):
        return {"sentence": _plain(value.sentence)}
    if isinstance(value, Listed):
        return {"items": _plain(value.items), "between": _plain(value.between)}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _from_plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_from_plain(item) for item in value]
    if isinstance(value, dict):
        for name, kind in (("datetime", datetime), ("date", date)):
            if name in value:
                return kind.fromisoformat(value[name])
        if "sentence" in value:
            return Part(_from_plain(value["sentence"]))
        if "items" in value:
            return Listed(_from_plain(value["items"]), _from_plain(value["between"]))
        return Message.from_plain(value) if "key" in value else Bilingual(**value)
    return value


COMMA, SEMICOLON, OR = Bilingual("，", ", "), Bilingual("；", "; "), Bilingual(" 或 ", " or ")


def joined(items: Iterable[Any], between: Bilingual = COMMA) -> Listed:
    """Several texts as one value, with commas unless something else stands between them."""
    return Listed(tuple(items), between)


def text_in(text: str | Message, lang: str) -> str:
    """A text in ``lang``; a sentence that no catalogue holds stays as it is."""
    return text.text(lang) if isinstance(text, Message) else text


def exists(key: str) -> bool:
    """Whether a catalogue has an entry."""
    return bool(_found(files(), key)) or key in _catalogue(files())


def lookup(key: str) -> Mapping[str, Any]:
    """A catalogue's entry. Raises KeyError where no catalogue has it."""
    if entry := _found(files(), key):
        return entry
    known = _catalogue(files())
    if key not in known:
        raise KeyError(f"no message {key}")
    return known[key]


def both(prefix: str, zh: str) -> Bilingual:
    """A word of a closed list (``prefix/…`` in the catalogues) by its Chinese, in both languages."""
    return Bilingual(zh, _words(files(), prefix).get(zh, zh))


@lru_cache(maxsize=4096)  # asked of any text, not of keys alone
def _found(paths: tuple[Path, ...], key: str) -> Mapping[str, Any] | None:
    """An entry of the one catalogue with a line that begins with its key: the others need not be read for it."""
    begins = f"\n{key}:".encode()
    homes = [path for path in paths if begins in _raw(path)]
    return _entries(homes[0]).get(key) if len(homes) == 1 else None


@cache
def _words(paths: tuple[Path, ...], prefix: str) -> dict[str, str]:
    entries = _catalogue(paths).items()
    return {entry["zh"]: entry["en"] for key, entry in entries if key.startswith(f"{prefix}/")}


def files() -> tuple[Path, ...]:
    """The catalogues in use."""
    return (*_shipped(), *(path for source in more for path in source()))


@cache
def _shipped() -> tuple[Path, ...]:
    return tuple(sorted({*PACKAGE.glob(f"*/{NAME}"), *PACKAGE.glob(f"*/*/{NAME}")}))


@cache
def _catalogue(paths: tuple[Path, ...]) -> dict[str, Mapping[str, Any]]:
    """All entries by key. Raises ValueError for a key that stands twice."""
    known: dict[str, Mapping[str, Any]] = {}
    for path in paths:
        for key, entry in _entries(path).items():
            if key in known:
                raise ValueError(f"message {key} stands twice")
            known[key] = entry
    return known


@cache
def _raw(path: Path) -> bytes:
    return b"\n" + path.read_bytes()


@cache
def _entries(path: Path) -> dict[str, Mapping[str, Any]]:
    return read(path)


def read(path: Path) -> dict[str, Mapping[str, Any]]:
    """One catalogue. Raises OSError, yaml.YAMLError."""
    from workbench.core.yaml_texts import plain_values

    return plain_values(_raw(path)) or {}


class _Filled(string.Formatter):
    """Placeholders filled as a language does it."""

    def __init__(self, lang: str, place: str) -> None:
        self.lang, self.place = lang, place

    def format_field(self, value: Any, spec: str) -> str:
        if isinstance(value, Message):
            return value.text(self.lang, self.place)
        if isinstance(value, Bilingual):
            return str(getattr(value, self.lang))
        if isinstance(value, list | tuple | set | frozenset):
            return JOINED[self.lang].join(self.format_field(item, spec) for item in value)
        if isinstance(value, Part):
            return self.format_field(value.sentence, spec).rstrip("。.")
        if isinstance(value, Listed):
            between = str(getattr(value.between, self.lang))
            return between.join(self.format_field(item, spec) for item in value.items)
        return str(super().format_field(value, spec))
