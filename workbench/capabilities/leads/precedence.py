"""Who was first (5.1, D2, D3, D19): leads of the same or a similar customer, replayed in order of time.

Only leads that share an identity, a decision or a suspected pair with another one come
here; they are replayed event by event. A lead is *alive*, and keeps later ones of its
customer waiting, as long as it is pending, valid and neither expired nor under
contract, or under contract and not completed.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict, deque
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import numpy as np

from workbench.capabilities.leads.holdings import Holdings

FREE, DUPLICATE, HELD = 0, 1, 2
NEVER = np.iinfo("int64").max
DAY_US = 86_400_000_000


@dataclass
class Life:
    """A lead with several answers or with contracts: its liveness has to be looked up at each moment.

    ``good``: (time, last day or None) of its 有效 answers in order; ``lines``: (time of
    receipt, month, contract, quantity, signed on, picked up, ended) of its contract lines in order.
    All times in microseconds.
    """

    good: list[tuple[int, int | None]] = field(default_factory=list)
    lines: list[tuple[int, str, str, int, int, int, bool]] = field(default_factory=list)

    def last(self) -> int:
        """When the last thing became known of the lead."""
        return max([at for at, _ in self.good[-1:]] + [line[0] for line in self.lines[-1:]], default=0)

    def contracted(self, moment: int) -> bool:
        """Whether a contract signed in time was known of the lead at ``moment``."""
        known = [expires for at, expires in self.good if at <= moment]
        return bool(known) and bool(self._in_time(moment, known[-1]))

    def _standing(self, moment: int) -> list[tuple[int, str, str, int, int, int, bool]]:
        """The newest line of each month and contract known at ``moment``, without those that were withdrawn (D25)."""
        newest = {(line[1], line[2]): line for line in self.lines if line[0] <= moment}
        return sorted((line for line in newest.values() if line[4] != NEVER), key=lambda line: line[1])

    def _in_time(self, moment: int, expires: int | None) -> list[tuple[int, str, str, int, int, int, bool]]:
        """The last line of each contract that was signed in time."""
        contracts = {line[2]: line for line in self._standing(moment)}
        return [line for line in contracts.values() if expires is None or line[4] <= expires]

    def alive(self, moment: int) -> bool:
        """Whether the lead keeps its customer at ``moment``, by what was known then."""
        known = [expires for at, expires in self.good if at <= moment]
        if not known:
            return True  # pending
        expires = known[-1]
        if in_time := self._in_time(moment, expires):
            if all(line[6] for line in in_time):
                return False  # ended (D37)
            standing = self._standing(moment)
            last = {line[2]: line[3] for line in standing}
            return sum(line[5] for line in standing) < sum(last.values())
        return expires is None or moment < expires + DAY_US


@dataclass
class Lives:
    """When leads die, by place in the order of 5.1.

    ``killed_at``: first answer of the 无效 that stands, else NEVER; ``dead_from``: start of
    the day after the expiry date (or the answer, if that is later), else NEVER;
    ``looked_up``: leads for which ``dead_from`` is not enough. ``withdrawn_at``: when a lead was withdrawn, held or
    not (D35), else NEVER.
    """

    killed_at: np.ndarray
    dead_from: np.ndarray
    looked_up: Mapping[int, Life]
    withdrawn_at: np.ndarray


def place(
    identity: np.ndarray,
    ranked: np.ndarray,
    barred: np.ndarray,
    links: np.ndarray,
    decided: Mapping[tuple[int, int], bool],
    lives: Lives,
    held: Holdings | None = None,
    apart: Set[tuple[int, int]] = frozenset(),
) -> tuple[np.ndarray, np.ndarray]:
    """5.1: for each lead FREE, DUPLICATE or HELD, and the place of the lead that it waits behind (-1: none).

    Leads are in the order of 5.1. ``identity``: code of customer, category, province and
    city; ``ranked``: time in microseconds; ``barred``: invalid by its own row, never alive;
    ``links``: n×2 places of suspected pairs; ``decided``: pair of identity codes (smaller
    first) → the same customer or not. ``held``: whose the leads are; it gets what is passed on, and ``lives`` what is
    withdrawn with its unit (D36). ``apart``: places (the smaller first) of leads of one customer that a person found to be
    two purchases.
    """
    kind = np.zeros(len(identity), dtype="int8")
    behind = np.full(len(identity), -1, dtype="int64")
    if not len(identity):
        return kind, behind
    links = links[~(barred[links[:, 0]] | barred[links[:, 1]])] if len(links) else links
    shared = np.bincount(identity[~barred], minlength=int(identity.max()) + 1) > 1
    shared[identity[links.ravel()]] = True
    shared[[code for pair, same in decided.items() if same for code in pair]] = True
    watched = np.zeros(len(identity), dtype=bool)
    watched[list(held.holder) if held else []] = True
    members = np.flatnonzero((shared[identity] | watched) & ~barred)
    replay = _Replay(identity, members, links, decided, lives, held or Holdings(), apart)
    replay.run(members.tolist(), ranked[members].tolist())
    kind[members] = [replay.kind[member] for member in members.tolist()]
    behind[members] = [replay.behind[member] for member in members.tolist()]
    for lead, at in replay.withdrawn.items():
        lives.withdrawn_at[lead] = at
    return kind, behind


class _Replay:
    def __init__(self, identity, members, links, decided, lives: Lives, held: Holdings, apart) -> None:
        listed = members.tolist()
        self.identity = dict(zip(listed, identity[members].tolist()))
        self.killed = dict(zip(listed, lives.killed_at[members].tolist()))
        self.dead = dict(zip(listed, lives.dead_from[members].tolist()))
        self.withdrawn = {lead: at for lead, at in zip(listed, lives.withdrawn_at[members].tolist()) if at != NEVER}
        self.looked_up = lives.looked_up
        self.held = held
        self.apart = apart
        self.kind: dict[int, int] = {}
        self.behind: dict[int, int] = {}
        self.waiting: dict[int, list[int]] = defaultdict(list)  # first → those behind it
        self.standing: dict[int, list[int]] = defaultdict(list)  # identity → its leads that are no duplicates
        self.twins: dict[int, list[int]] = defaultdict(list)
        for (one, other), same in decided.items():
            if same:
                self.twins[one].append(other)
                self.twins[other].append(one)
        self.linked: dict[int, list[int]] = defaultdict(list)
        for low, high in np.sort(links, axis=1).tolist() if len(links) else ():
            pair = (self.identity[low], self.identity[high])
            if decided.get((min(pair), max(pair))) is not False:
                self.linked[high].append(low)
        for earlier in self.linked.values():
            earlier.sort()

    def run(self, members: list[int], times: list[int]) -> None:
        """Replay receipts and what ends or passes leads on in order; what is known at a receipt's second comes before it."""
        refused = [(at, 0, lead, None) for lead, at in self.killed.items() if at != NEVER]
        withdrawn = [(at, 0, lead, None) for lead, at in self.withdrawn.items()]
        moves = [(at, 1, lead, unit) for at, lead, unit in self.held.moves]
        ends = [(at, 2, unit, successor) for at, _, unit, successor in self.held.ends]
        events = deque(
            sorted([*refused, *withdrawn, *moves, *ends], key=lambda event: (event[0], event[1], str(event[2])))
        )
        for lead, at in zip(members, times):
            while events and events[0][0] <= at:
                self._happen(*events.popleft())
            self._put(lead, at)
            self._came_late(lead, at)
        while events:
            self._happen(*events.popleft())

    def _happen(self, at: int, what: int, which, unit: str | None) -> None:
        if what == 0:
            self._kill(which, at)
        elif what == 1 and unit:
            self.held.pass_on(which, unit, at)
        elif what == 2:
            self._end(which, unit, at)

    def _end(self, unit: str, successor: str | None, at: int) -> None:
        """D36: what lives of a unit's leads, or waits behind a living one, goes over; without successor it is withdrawn."""
        own = [lead for lead, holder in self.held.holder.items() if holder == unit and lead in self.kind]
        lives = [lead for lead in sorted(own) if self._alive(lead, at) or self._waits(lead, at)]
        gone = []
        for lead in lives:
            if successor:
                self.held.pass_on(lead, successor, at)
            elif lead not in self.held.stays and not self._contracted(lead, at):
                self.withdrawn[lead] = at
                gone.append(lead)
        for lead in gone:
            self._kill(lead, at)

    def _came_late(self, lead: int, at: int) -> None:
        """D36: a lead that came when its unit was out of use already is the successor's, or nobody's."""
        ended = self.held.ended(self.held.holder[lead], at) if lead in self.held.holder else None
        if ended and lead not in self.withdrawn:
            if ended[3]:
                self.held.pass_on(lead, ended[3], at)
            elif lead not in self.held.stays:
                self.withdrawn[lead] = at
                self._kill(lead, at)

    def _waits(self, lead: int, moment: int) -> bool:
        return self.behind[lead] >= 0 and self._alive(self.behind[lead], moment)

    def _contracted(self, lead: int, moment: int) -> bool:
        life = self.looked_up.get(lead)
        return life is not None and life.contracted(moment)

    def _alive(self, lead: int, moment: int) -> bool:
        if moment >= self.withdrawn.get(lead, NEVER):
            return False
        if self.kind.get(lead) == DUPLICATE:
            return False
        if self.kind.get(lead) == HELD:
            return True  # pending until a person decides, whatever a section answered
        if moment >= self.killed[lead]:
            return False
        life = self.looked_up.get(lead)
        return life.alive(moment) if life is not None else moment < self.dead[lead]

    def _gone(self, lead: int, moment: int) -> bool:
        """Whether a lead that is dead at ``moment`` stays so: nothing more is known of it later."""
        life = self.looked_up.get(lead)
        return life is None or moment >= min(self.killed[lead], self.withdrawn.get(lead, NEVER), life.last())

    def _first(self, lead: int, moment: int) -> tuple[int, int]:
        code = self.identity[lead]
        first = -1
        for same in (code, *self.twins.get(code, ())):
            gone = set()
            for earlier in self.standing.get(same, ()):
                if earlier >= lead or (first >= 0 and earlier >= first):
                    break
                if (earlier, lead) in self.apart:
                    continue
                if self._alive(earlier, moment):
                    first = earlier
                    break
                if self._gone(earlier, moment):
                    gone.add(earlier)
            if gone:  # time only moves on, so they need not be asked again
                self.standing[same] = [earlier for earlier in self.standing[same] if earlier not in gone]
        if first >= 0:
            return DUPLICATE, first
        for earlier in self.linked.get(lead, ()):
            if (earlier, lead) in self.apart:
                continue
            if self.kind.get(earlier, DUPLICATE) != DUPLICATE and self._alive(earlier, moment):
                return HELD, earlier
        return FREE, -1

    def _put(self, lead: int, moment: int) -> None:
        kind, first = self._first(lead, moment)
        self.kind[lead], self.behind[lead] = kind, first
        if kind != DUPLICATE:
            insort(self.standing[self.identity[lead]], lead)
        if first >= 0:
            self.waiting[first].append(lead)

    def _kill(self, lead: int, moment: int) -> None:
        """D19, D35: the first in line takes the place of a lead found invalid or withdrawn; the others line up behind it."""
        if self.kind.get(lead) == HELD and moment < self.withdrawn.get(lead, NEVER):
            return
        queue = sorted(self.waiting.pop(lead, ()))
        while queue:
            moved = queue.pop(0)
            was = self.kind[moved]
            standing = self.standing[self.identity[moved]]
            if moved in standing:
                standing.remove(moved)
            self._put(moved, moment)
            # answered while it was held, or withdrawn while it waited
            over = moment >= min(self.killed[moved], self.withdrawn.get(moved, NEVER))
            released = self.kind[moved] == FREE and over
            if released or (self.kind[moved] == DUPLICATE and was != DUPLICATE):
                queue = sorted([*queue, *self.waiting.pop(moved, ())])
