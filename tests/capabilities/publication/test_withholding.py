"""What a publication withholds cannot be computed from what it shows: an attacker tries every world that agrees with it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.capabilities.publication.publications import COUNTS, withheld
from workbench.platform.regulation.clause import exclusions

CLAUSES = list(exclusions())

LIMIT = 3
OWN = {"duplicate": "5.1", "excluded": "5.5"}


def published(world, limit=LIMIT):
    """What is withheld of a world: reporter → (period, month), each {clause: leads, "valid": …}."""
    tables, why = [], {}
    for place, name in ((0, "recent"), (1, "month")):
        rows = []
        for who, windows in world.items():
            own = windows[place]
            invalid = sum(own[clause] for clause in CLAUSES if clause != "5.5")
            rows.append(
                {
                    "reporter": who,
                    "valid": own["valid"],
                    "invalid": invalid,
                    "duplicate": own["5.1"],
                    "excluded": own["5.5"],
                    "pending": 0,
                    "total": own["valid"] + invalid,
                }
            )
        tables.append(pd.DataFrame(rows, columns=["reporter", *COUNTS]))
        why[name] = {clause: sum(windows[place][clause] for windows in world.values()) for clause in CLAUSES}
    return withheld(*tables, 1, limit, pd.DataFrame(why)), *tables, pd.DataFrame(why)


def add(one, other):
    """Two counts together."""
    return {key: one[key] + other[key] for key in one}


COUNT = st.integers(0, 4)
OWNED = st.fixed_dictionaries(
    {**{clause: st.sampled_from([0, 0, 0, 1, 2, 3, 4]) for clause in CLAUSES}, "valid": COUNT}
)


@st.composite
def worlds(draw):
    """Two or three reporters; the period lies in the month."""
    made = {}
    for who in "甲乙丙"[: draw(st.integers(2, 3))]:
        recent, before = draw(OWNED), draw(OWNED)
        for part in (recent, before):
            part["valid"] = max(part["valid"], part["5.5"])
        made[who] = (recent, add(recent, before))
    return made


def looks(kept, key, true, guess):
    """Whether a guess would be shown like the truth."""
    return key in kept or guess == true


def reporters_cells(kept, clause, tables, name, cap):
    """Reporter → every pair of its cells of one column that looks like the truth by itself."""
    recent, month = (table.set_index("reporter") for table in tables)
    found = {}
    for who in recent.index:
        true = (int(recent.at[who, name]), int(month.at[who, name]))
        caps = (int(recent.at[who, cap]), int(month.at[who, cap]))
        found[who] = [
            (r, m)
            for r in range(caps[0] + 1)
            for m in range(r, caps[1] + 1)
            if m - r <= caps[1] - caps[0] and looks(kept, (clause, who), true, (r, m))
        ]
    return found


def sums(cells, top):
    """Every pair that some cells' pairs can add up to, none above ``top``."""
    reached = np.zeros((top[0] + 1, top[1] + 1), dtype=bool)
    reached[0, 0] = True
    for pairs in cells:
        before, reached = reached, np.zeros_like(reached)
        for r, m in pairs:
            if r <= top[0] and m <= top[1]:
                reached[r:, m:] |= before[: top[0] + 1 - r, : top[1] + 1 - m]
    return {(int(r), int(m)) for r, m in zip(*reached.nonzero(), strict=True)}


def possible(cells, wholes, top):
    """Of each cell the pairs that it can have where all of them add up to one of some pairs."""
    found = {}
    for name, pairs in cells.items():
        rest = sums([other for key, other in cells.items() if key != name], top)
        found[name] = {(r, m) for r, m in pairs if any((a - r, b - m) in rest for a, b in wholes)}
    return found


def attack(world):
    """Every small number that is the same in all worlds that agree with the publication: (key, which number)."""
    kept, recent, month, why = published(world)
    true = {clause: (int(why.at[clause, "recent"]), int(why.at[clause, "month"])) for clause in CLAUSES}
    invalid, valid = ((int(recent[name].sum()), int(month[name].sum())) for name in ("invalid", "valid"))
    others = {}
    for clause in CLAUSES:
        if clause not in OWN.values():
            top, low = (invalid, (0, 0)) if clause in kept else (true[clause], true[clause])
            others[clause] = [
                (r, m)
                for r in range(low[0], top[0] + 1)
                for m in range(max(low[1], r), top[1] + 1)
                if looks(kept, clause, true[clause], (r, m))
            ]
    seen = {}
    repeated = reporters_cells(kept, "5.1", (recent, month), "duplicate", "invalid")
    rests = {(invalid[0] - r, invalid[1] - m) for r, m in sums(others.values(), invalid)}
    seen["5.1"] = {pair for pair in sums(repeated.values(), invalid) & rests if looks(kept, "5.1", true["5.1"], pair)}
    seen |= {("5.1", who): pairs for who, pairs in possible(repeated, seen["5.1"], invalid).items()}
    seen |= possible(others, {(invalid[0] - r, invalid[1] - m) for r, m in seen["5.1"]}, invalid)
    excluded = reporters_cells(kept, "5.5", (recent, month), "excluded", "valid")
    seen["5.5"] = {pair for pair in sums(excluded.values(), valid) if looks(kept, "5.5", true["5.5"], pair)}
    seen |= {("5.5", who): pairs for who, pairs in possible(excluded, seen["5.5"], valid).items()}
    truths = dict(true)
    for name, clause in OWN.items():
        for who in recent["reporter"]:
            pair = tuple(int(table.set_index("reporter").at[who, name]) for table in (recent, month))
            truths[clause, who] = pair
    found = []
    for key, pair in truths.items():
        assert pair in seen[key], "the truth itself must be one of the worlds"
        for which, number in enumerate((lambda p: p[0], lambda p: p[1], lambda p: p[1] - p[0])):
            if 0 < number(pair) < LIMIT and len({number(other) for other in seen[key]}) == 1:
                found.append((key, which))
    return found


@given(worlds())
@examples(150)
def test_no_small_count_can_be_computed(world):
    """Neither a clause's nor a reporter's, in the period, in the month, nor by subtracting one from the other."""
    assert attack(world) == []


def test_the_attacker_would_find_what_is_not_protected(monkeypatch):
    """Without the further cells the sums give the small ones away: the test above can fail."""
    from workbench.capabilities.publication import withholding

    monkeypatch.setattr(withholding.Board, "_protection", lambda *_: set())
    none = dict.fromkeys(CLAUSES, 0) | {"valid": 4}
    world = {
        "甲": (none | {"5.1": 1, "5.4": 4}, none | {"5.1": 1, "5.4": 4}),
        "乙": (none | {"5.1": 3, "5.4": 3}, none | {"5.1": 3, "5.4": 3}),
    }
    assert (("5.1", "甲"), 0) in attack(world)


def test_large_counts_are_shown():
    """Where nothing is small nothing is withheld; without a limit nothing ever is."""
    plenty = dict.fromkeys(CLAUSES, 5) | {"valid": 9}
    none = dict.fromkeys(CLAUSES, 0) | {"valid": 9}
    world = {"甲": (plenty, plenty), "乙": (none, none)}
    kept = published(world)[0]
    assert not kept
    small = {"甲": (none | {"5.1": 1}, none | {"5.1": 1}), "乙": (none, none)}
    kept = published(small, limit=None)[0]
    assert not kept
    kept = published(small)[0]
    assert {"5.1", ("5.1", "甲")} < kept
