"""Alters files for fuzz tests, by a drawn seed: tokens of markup, bytes, parts of packages, values of documents."""

from __future__ import annotations

import io
import re
import zipfile
from copy import deepcopy
from random import Random
from typing import Any

TOKEN = re.compile(rb"<[^>]*>|[^<]+")
VALUE = re.compile(rb'((?<==")[^"<]*(?=")|(?<=>)[^<]+(?=<))')
SPOILED = (
    b"",
    b"\x00",
    b"\xff",
    b"<",
    b">",
    b"&#0;",
    b"]]>",
    b"A1:XFD1048576",
    b"-1",
    b"1e999",
    "〇".encode(),
    b"9" * 40,
)
VALUES = (None, True, 0, -1, 2**70, 1e308, float("nan"), "", "x", "\x00", "9" * 40, [], {}, [[]], ["x"], {"x": []})


def altered(content: bytes, random: Random, most: int = 4) -> bytes:
    """A few tokens or bytes of a part are dropped, doubled, exchanged or spoiled; or its values alone, so that it stays XML."""
    if random.random() < 0.5:
        return _other_values(content, random, most)
    tokens = (
        TOKEN.findall(content) if random.random() < 0.8 else [content[i : i + 7] for i in range(0, len(content), 7)]
    )
    for _ in range(random.randint(1, most)):
        if not tokens:
            break
        place = random.randrange(len(tokens))
        how = random.randrange(6)
        if how == 0:
            del tokens[place]
        elif how == 1:
            tokens.insert(place, tokens[random.randrange(len(tokens))])
        elif how == 2:
            other = random.randrange(len(tokens))
            tokens[place], tokens[other] = tokens[other], tokens[place]
        elif how == 3:
            tokens[place] = random.choice(SPOILED)
        elif how == 4:
            cut = random.randrange(len(tokens[place]) + 1)
            tokens[place] = tokens[place][:cut] + random.choice(SPOILED) + tokens[place][cut:]
        else:
            tokens[place] = re.sub(rb'"[^"]*"', b'"' + random.choice(SPOILED).replace(b'"', b"") + b'"', tokens[place])
    return b"".join(tokens)


def _other_values(content: bytes, random: Random, most: int) -> bytes:
    """Some attributes and texts of a part are others: spoiled, or taken from another place."""
    pieces = VALUE.split(content)  # what stands between, and each value, by turns
    values = range(1, len(pieces), 2)
    for place in random.sample(values, min(len(values), random.randint(1, most))):
        known = pieces[random.choice(values)]
        pieces[place] = random.choice(
            (known, known[:-1], b"", b"-1", b"0", b"1e999", b"9" * 40, b"A1:D", b"XFD1048576")
        )
    return b"".join(pieces)


def altered_document(document: Any, random: Random) -> Any:
    """Some values of a document of lists and records are others, missing, doubled, or of another place."""
    changed = deepcopy(document)
    for _ in range(random.randint(1, 3)):
        places = list(_places(changed))
        if not places:
            return changed
        holder, key = random.choice(places)
        how = random.randrange(4)
        if how == 0:
            del holder[key]
        elif how == 1:
            holder[key] = deepcopy(random.choice(VALUES))
        elif how == 2:
            other, its = random.choice(places)
            holder[key] = deepcopy(other[its])
        elif isinstance(holder, list):
            holder.append(deepcopy(holder[key]))
        else:
            holder[random.choice(("sheets", "roster", "user", "signature", "x"))] = deepcopy(holder[key])
    return changed


def _places(value: Any) -> Any:
    """Every place of a value within lists and records: what holds it, and under which key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def parts(raw: bytes) -> dict[str, bytes]:
    """The parts of a package by their names."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(held: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return out.getvalue()
