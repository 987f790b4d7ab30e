"""Files in what is kept of approved quarters: by number where names are sealed, so that it names nobody and reads alike to all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.platform.register.facts import called, shown_file

if TYPE_CHECKING:
    from workbench.platform.register.store import Register

OTHER_FILE = "文件"  # one whose name is not known any more
_KEPT = re.compile(r"␟文件(\d+)")


def kept(register: Register, value: Any) -> Any:
    """JSON as it is kept: of every ``file`` the number of the first file of its name, in place of the name."""
    return by_number(register)(value) if register.names.sealed and register.names.readable else value


def by_number(register: Register) -> Callable[[Any], Any]:
    """What puts numbers in place of the names of the register's files."""
    names = called(register, named=True).map(shown_file)
    numbers = dict(zip(names.to_numpy()[::-1].tolist(), names.index[::-1].tolist(), strict=True))
    return lambda value: _changed(value, lambda name: f"␟文件{numbers[name]}" if name in numbers else name)


def told(register: Register, value: Any, *, named: bool) -> Any:
    """JSON that is kept, with the names of its files (``facts.called``)."""
    if not value or (named and not register.names.sealed):
        return value
    shown = called(register, named=named)
    first: dict[Any, Any] = {}
    if not register.names.sealed:  # names are kept: of a name the first file
        names = called(register, named=True)
        first = dict(zip(names.to_numpy()[::-1].tolist(), shown.to_numpy()[::-1].tolist(), strict=True))

    def by_number(name: str) -> Any:
        number = _KEPT.fullmatch(name)
        return first.get(name, OTHER_FILE) if number is None else shown.get(int(number[1]), OTHER_FILE)

    return _changed(value, by_number)


def _changed(value: Any, file: Callable[[str], Any]) -> Any:
    if isinstance(value, dict):
        return {
            key: file(each) if key == "file" and isinstance(each, str) else _changed(each, file)
            for key, each in value.items()
        }
    return [_changed(each, file) for each in value] if isinstance(value, list) else value
