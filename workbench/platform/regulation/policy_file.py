"""A company's own policy file: read with every fault of its shape said in a sentence that names the place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from workbench.core.errors import WrongUse
from workbench.core.messages import Message
from workbench.core.yaml_texts import LOADER, plain_values
from workbench.platform.regulation.regulation import (
    Parameter,
    Reading,
    Regulation,
    build_regulation,
    check_reading,
)

REASONS = {"missing": "bad_policy/missing", "extra_forbidden": "bad_policy/unknown"}


def read_policy_file(path: Path, shipped: Iterable[Regulation]) -> Regulation:
    """The regulation a file holds in place of the one of its document among ``shipped``.

    It has every parameter and reading of that one, with values the program can work with. Raises WrongUse
    ``unknown_regulation`` where none of them is of that document, else ``bad_policy`` with file, line and name.
    """
    text = _text(path)
    document = _document(path, text)
    try:
        own = build_regulation(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = REASONS.get(first["type"], "bad_policy/kind")
        raise _bad(path, text, first["loc"], Message(key)) from None
    except WrongUse as error:  # an edition that follows none, or changes what the file does not have
        raise _bad(path, text, ("editions",), error.message) from None
    except ValueError:  # a rate that is none
        raise _bad(path, text, ("parameters",), Message("bad_policy/kind")) from None
    known = {each.document: each for each in shipped}
    if own.document not in known:
        raise WrongUse("unknown_regulation", path=path, document=own.document, known=list(known))
    _like(path, text, document, own, known[own.document])
    return own


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise WrongUse("bad_policy/unreadable", path=path) from None


def _document(path: Path, text: str) -> dict[str, Any]:
    try:
        document = plain_values(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise WrongUse("bad_policy/syntax", path=path, line=line) from None
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise WrongUse("bad_policy/no_regulation", path=path)
    if not document.get("editions"):
        raise _bad(path, text, ("editions",), Message("bad_policy/missing"))
    return document


def _like(path: Path, text: str, document: Mapping[str, Any], own: Regulation, shipped: Regulation) -> None:
    """Refuse what lacks something the program asks for, or gives it a value it cannot work with."""
    for part, mine, theirs in (
        ("parameters", own.parameters, shipped.parameters),
        ("readings", own.readings, shipped.readings),
    ):
        for name in theirs:
            if name not in mine:
                raise _bad(path, text, (part,), Message.of("bad_policy/lacking", name=name))
    for place, item in enumerate(document["parameters"]):
        parameter = own.parameters[item["name"]]
        model = shipped.parameters.get(parameter.name)
        if model and not all(_fits(dated.value, model) for dated in parameter.values):
            raise _bad(path, text, ("parameters", place), Message.of("bad_policy/value", unit=parameter.unit))
    for place, item in enumerate(document["readings"]):
        _check(path, text, place, own.readings[item["id"]], shipped.readings.get(item["id"]))


def _fits(value: Any, model: Parameter) -> bool:
    """Whether the rules can count with a value: of the kind the shipped file gives, not negative, one of its words.

    None repeals a parameter of any kind; one that the shipped file leaves open is a number.
    """
    like = next((each.value for each in model.values if each.value is not None), 0)
    if value is None:
        return True
    if isinstance(like, list):
        listed = isinstance(value, list) and bool(value) and all(type(each) is type(like[0]) for each in value)
        return listed and (not model.choices or set(value) <= set(model.choices))
    if isinstance(like, str):
        return isinstance(value, str) and (not model.choices or value in model.choices)
    return isinstance(value, int | Fraction) and not isinstance(value, bool) and value >= 0


def _check(path: Path, text: str, place: int, reading: Reading, model: Reading | None) -> None:
    if model is None or model.key != reading.key:
        raise _bad(path, text, ("readings", place), Message("bad_policy/unknown"))
    for dated in reading.values:
        try:
            check_reading(model, dated.value)
        except WrongUse as error:
            raise _bad(path, text, ("readings", place, "value"), error.message) from None


def _bad(path: Path, text: str, place: Sequence[int | str], reason: Message) -> WrongUse:
    """What is wrong with a place of the file, with the line where it stands and the name it has."""
    node, names = yaml.compose(text, Loader=LOADER), []
    for step in place:
        if isinstance(node, yaml.MappingNode) and isinstance(step, str):
            names.append(step)
            found = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = node.value[step]
            names.append(_name(found) or str(step + 1))
        else:
            break
        if found is None:
            break
        node = found
    line = node.start_mark.line + 1 if node else 1
    return WrongUse("bad_policy", path=path, line=line, place=" › ".join(names), reason=reason)


def _name(node: yaml.Node) -> str | None:
    """What an entry of a list calls itself."""
    if not isinstance(node, yaml.MappingNode):
        return None
    named = {key.value: value.value for key, value in node.value if key.value in ("name", "id", "edition")}
    return next((str(named[key]) for key in ("name", "id", "edition") if key in named), None)
