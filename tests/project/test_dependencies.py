"""The packages that are installed are the ones that were chosen: each pinned, all fitting together."""

from __future__ import annotations

import re
from importlib.metadata import requires, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.audit import judged
from tests.support.source import ROOT

OURS, EXTRAS = "key-account-workbench", ("lab", "excel", "cluster", "test", "bench")
PINS = dict(
    (canonicalize_name(name), pinned)
    for name, pinned in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / "constraints.txt").read_text("utf-8"), re.M)
)


def needed() -> dict[str, list[Requirement]]:
    """Every package that we need here, and what asks for it, through all that it needs itself."""
    found: dict[str, list[Requirement]] = {}
    ahead = [(OURS, extra) for extra in ("", *EXTRAS)]
    seen = set(ahead)
    while ahead:
        name, extra = ahead.pop()
        for text in requires(name) or []:
            asked = Requirement(text)
            if asked.marker and not asked.marker.evaluate({"extra": extra}):
                continue
            package = canonicalize_name(asked.name)
            found.setdefault(package, []).append(asked)
            for more in ("", *asked.extras):
                if (package, more) not in seen:
                    seen.add((package, more))
                    ahead.append((package, more))
    return found


def test_everything_needed_is_pinned_and_installed_as_pinned():
    """Also what our packages need themselves: nothing newer slips in unseen."""
    wrong = {name: (PINS.get(name), version(name)) for name in needed() if PINS.get(name) != version(name)}
    assert wrong == {}


def test_every_pin_satisfies_who_asks_for_it():
    """No package has another one in a version that it says it does not work with."""
    wrong = [
        (name, str(asked))
        for name, all_asked in needed().items()
        for asked in all_asked
        if PINS[name] not in asked.specifier
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (None, 2),  # no answer at all
        ({"dependencies": []}, 2),
        ({"dependencies": [{"name": "A", "vulns": []}, {"name": "b", "skip_reason": "not found"}]}, 2),
        ({"dependencies": [{"name": "a", "vulns": []}, {"name": "b", "vulns": []}]}, 0),
        (
            {
                "dependencies": [
                    {"name": "a", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]},
                    {"name": "b", "vulns": []},
                ]
            },
            1,
        ),
    ],
)
def test_an_audit_that_could_ask_nobody_fails(said, code):
    """`make audit` passes only where every package was looked up."""
    got, told = judged(["a", "B"], said)
    assert got == code and told
    assert ("FAILED" in "".join(told)) == (code == 2) and ("X-1" in "".join(told)) == (code == 1)
