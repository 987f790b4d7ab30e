"""Altered policy files are taken or refused in a sentence that names the file; nothing else comes out."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench
from tests.support.examples import examples
from workbench.app.context import policy_in_use
from workbench.core.errors import WrongUse
from workbench.platform.regulation.edition import Policy

pytestmark = pytest.mark.slow
SHIPPED = sorted(Path(workbench.__file__).parent.glob("capabilities/regulations/*.yaml"))
SHIPPED = [path for path in SHIPPED if path.name != "messages.yaml"]
SPOILED = (
    "",
    "~",
    "[]",
    "{}",
    "- x",
    "nan",
    ".inf",
    "2026-02-30",
    "!!python/name:os.system",
    "&a [*a]",
    "-1",
    "1e400",
    "'",
    "甲",
)


def altered(text: str, random: Random) -> str:
    """Some lines are dropped, doubled, moved, indented otherwise, or given another value."""
    lines = text.splitlines()
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(lines))
        how = random.randrange(5)
        if how == 0:
            del lines[place]
        elif how == 1:
            lines.insert(place, lines[random.randrange(len(lines))])
        elif how == 2:
            lines[place] = " " * random.randrange(4) + lines[place].lstrip()
        elif how == 3:
            lines[place] = lines[place].partition(":")[0] + ": " + random.choice(SPOILED)
        else:
            cut = random.randrange(len(lines[place]) + 1)
            lines[place] = lines[place][:cut] + random.choice(SPOILED) + lines[place][cut:]
    return "\n".join(lines)


@examples(600, shrink=False)
@given(st.integers(0, 2**32 - 1), st.sampled_from(SHIPPED))
def test_an_altered_policy_file_is_taken_or_refused(tmp_path_factory, seed, shipped):
    """Every regulation that comes with the program, altered by lines."""
    path = tmp_path_factory.getbasetemp() / "修订.yaml"
    path.write_text(altered(shipped.read_text(encoding="utf-8"), Random(seed)), encoding="utf-8")
    try:
        policy = policy_in_use({"WORKBENCH_POLICY": str(path)})
    except WrongUse as refused:
        assert refused.zh
    else:
        assert isinstance(policy, Policy)
