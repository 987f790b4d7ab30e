"""What a register's schema has to be: read from the steps of the program, never from the file.

Whoever holds the file key can write into ``sqlite_master`` as well: a column declared otherwise would have personal
data stored in clear, a trigger would silence the trail. So the kinds of columns come from here, and a file whose schema
is not exactly this one is not worked with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlcipher3 import dbapi2 as sqlcipher

from workbench.core.errors import RegisterError
from workbench.core.messages import Bilingual

META = "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)"
WORDS = {
    "table": Bilingual("表", "table"),
    "index": Bilingual("索引", "index"),
    "view": Bilingual("视图", "view"),
    "trigger": Bilingual("触发器", "trigger"),
}
# a step that was written otherwise before version 0.1, in registers of then: their tables are as good
EARLIER_FORMS = {
    ("send_back", "submission INTEGER NOT NULL REFERENCES submission, at"): "submission INTEGER NOT NULL, at",
    ("approval", "submission INTEGER NOT NULL REFERENCES submission, at"): "submission INTEGER NOT NULL, at",
}
OTHER = Bilingual("对象", "object")
_TABLE = re.compile(r"CREATE TABLE (\w+) \((.*)\)")
_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX (\w+) ON (\w+) \(.*\)(?: WHERE \w+ IS NULL)?")
_DROPPED_INDEX = re.compile(r"DROP INDEX (\w+)")
_BLANKS = re.compile(r"[ \t\n\r\f]+")  # what SQLite takes for a blank, nothing else

Steps = Sequence[tuple[int, str]]
Kinds = dict[str, dict[str, str]]


class Item(NamedTuple):
    """One row of ``sqlite_master``, its text with single blanks."""

    kind: str
    name: str
    table: str
    sql: str | None


class Difference(NamedTuple):
    """What a file has and should not (``extra``), lacks (``missing``) or has otherwise (``changed``)."""

    how: str
    kind: str
    name: str

    def refusal(self) -> RegisterError:
        """The sentence that names it."""
        word = WORDS.get(self.kind, OTHER)
        return RegisterError(f"altered_schema/{self.how}", word=word, name=self.name)


def statements(text: str) -> list[str]:
    """The statements of a step, without comments."""
    return [part.strip() for part in re.sub(r"--[^\n]*", "", text).split(";") if part.strip()]


def items(steps: Steps) -> frozenset[Item]:
    """What ``sqlite_master`` holds after these steps. Raises ValueError for a statement that is none of those known."""
    return _after(tuple(steps))[0]


def kinds(steps: Steps) -> Kinds:
    """Column kinds of every table after these steps, in order; the first column is the primary key.

    The first word of a declaration is ours; a second one keeps SQLite from taking digits for a number.
    """
    return _after(tuple(steps))[1]


@lru_cache(maxsize=64)
def _after(steps: tuple[tuple[int, str], ...]) -> tuple[frozenset[Item], Kinds]:
    found: dict[str, Item] = {}
    columns: Kinds = {}
    for statement in (_plain(text) for text in [META, *(part for _, step in steps for part in statements(step))]):
        if made := _TABLE.fullmatch(statement):
            name, body = made.groups()
            found[name] = Item("table", name, name, statement)
            declared = [column.split(" ") for column in body.strip().split(", ")]  # none has a comma of its own
            columns[name] = {word[0]: word[1].upper() for word in declared}
            if any(word[1] != "INTEGER" and word[2:4] == ["PRIMARY", "KEY"] for word in declared):
                own = f"sqlite_autoindex_{name}_1"
                found[own] = Item("index", own, name, None)
        elif made := _INDEX.fullmatch(statement):
            found[made[1]] = Item("index", made[1], made[2], statement)
        elif made := _DROPPED_INDEX.fullmatch(statement):
            del found[made[1]]
        else:
            raise ValueError(f"a step of the schema that cannot be followed: {statement}")
    return frozenset(found.values()), columns


def differences(connection: Any, steps: Steps) -> list[Difference]:
    """Where a file's schema is not what these steps make: by name; empty where it is exactly that."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    wanted = Counter(items(steps))
    stored = Counter(_of_today(Item(*(_plain(value) for value in row))) for row in rows)
    if stored == wanted:
        return []
    extra, missing = list((stored - wanted).elements()), list((wanted - stored).elements())
    there, known = {_key(item) for item in extra}, {_key(item) for item in missing}
    found = [Difference("changed" if _key(item) in known else "extra", item.kind, _shown(item.name)) for item in extra]
    found += [Difference("missing", item.kind, item.name) for item in missing if _key(item) not in there]
    return sorted(set(found), key=lambda one: (one.how != "changed", one.kind != "table", one))


def version(connection: Any) -> int:
    """SQLite's own count of changes of the schema: as long as it stands still, nothing has to be compared again."""
    return int(connection.execute("PRAGMA schema_version").fetchone()[0])


def guard(connection: Any) -> None:
    """Distrust the schema: no function of ours runs from it, no page is read beyond its end, no trigger and no view works.

    SQLite's defensive mode and its switches for triggers and views are set by ``sqlite3_db_config``, which this binding
    does not offer. An authorizer stands in for them: it refuses what a trigger or a view asks for, and making one. (To it,
    a subquery with a name is a view: none of ours has one.)
    """
    for setting in ("trusted_schema = OFF", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {setting}")
    connection.set_authorizer(_authorize)


# numbers of sqlite3.h that the binding does not name: making temporary and lasting triggers and views
_MAKING = frozenset({5, 6, 7, 8})


def _authorize(action: int, _first: Any, _second: Any, _database: Any, on_behalf_of: Any) -> int:
    return int(sqlcipher.SQLITE_DENY if on_behalf_of is not None or action in _MAKING else sqlcipher.SQLITE_OK)


def _plain(value: Any) -> Any:
    return _BLANKS.sub(" ", value).strip(" ") if isinstance(value, str) else value


def _of_today(item: Item) -> Item:
    """A table in the form the steps give it today, where it was made by an earlier one."""
    for (name, before), now in EARLIER_FORMS.items():
        if item.kind == "table" and item.name == name and item.sql and item.sql.count(before) == 1:
            return item._replace(sql=item.sql.replace(before, now))
    return item


def _key(item: Item) -> tuple[str, str]:
    return item.kind, str(item.name).lower()


def _shown(name: Any) -> str:
    """A name out of the file, as it may stand in a sentence."""
    return "".join(letter for letter in str(name) if letter.isprintable())[:40]
