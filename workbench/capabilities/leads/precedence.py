"""Who was first (5.1, D2, D3, D4, D19): leads of the same or a similar customer, replayed in order of time.

Only leads that share a name, a decision or a suspected pair with another one come here; but for plain pairs they are
replayed event by event. A lead is *alive*, and keeps later ones of its customer waiting, as long as it is pending, valid and neither
expired nor under contract, or under contract and not completed.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from workbench.capabilities.leads.holdings import Holdings
from workbench.capabilities.leads.sameness import SAME, SUSPECTED, UNRELATED, Sameness

FREE, DUPLICATE, HELD = UNRELATED, SAME, SUSPECTED  # what a lead is, by how it is related to the one it stands behind
NEVER = np.iinfo("int64").max
DAY_US = 86_400_000_000


@dataclass
class Life:
    """A lead with several answers or with contracts: its liveness has to be looked up at each moment.

    ``good``: (time, last day or None) of its 有效 answers in order; ``lines``: (time of
    receipt, month, contract, quantity, signed on, picked up, ended) of its contract lines in order;
    ``undated``: from when it is dead without a date. All times in microseconds.
    """

    undated: int = NEVER
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
        return moment < (self.undated if expires is None else expires + DAY_US)


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


@dataclass
class Receipts:
    """What the order of 5.1 rests on, by place in that order; times in microseconds.

    ``ranked``: place in time; ``received``: what tells leads of one such place apart; ``said``: what a person said of
    leads received at the same time (0 first, 1 nothing, 2 behind); ``reporter``: its code; ``dispatched``: the first
    dispatch, else NEVER; ``first_of``: pair of places → the one that a person said comes first. By the reading in force
    on the day of receipt: ``ties_held``, ``displaced_stay``, ``behind_living`` (D4, D19).
    """

    ranked: np.ndarray
    received: np.ndarray
    said: np.ndarray
    reporter: np.ndarray
    dispatched: np.ndarray
    first_of: Mapping[tuple[int, int], int]
    ties_held: np.ndarray
    displaced_stay: np.ndarray
    behind_living: np.ndarray


def place(
    sameness: Sameness, receipts: Receipts, company: np.ndarray, lives: Lives, held: Holdings
) -> tuple[np.ndarray, np.ndarray]:
    """5.1: for each lead FREE, DUPLICATE or HELD, and the place of the lead that it waits behind (-1: none).

    Leads are in the order of 5.1. ``company``: those that can be anything but FREE (``in_company``). ``held``: whose the
    leads are; it gets what is passed on, and ``lives`` what is withdrawn with its unit (D36).
    """
    kind = np.zeros(len(company), dtype="int8")
    behind = np.full(len(company), -1, dtype="int64")
    first, second, waits = _pairs(sameness, receipts, np.flatnonzero(company), lives, held)
    kind[second[waits]], behind[second[waits]] = DUPLICATE, first[waits]
    company = company.copy()
    company[first] = company[second] = False
    members = np.flatnonzero(company)
    replay = _Replay(sameness, receipts, members, lives, held)
    replay.run()
    kind[members] = [replay.kind[member] for member in members.tolist()]
    behind[members] = [replay.behind[member] for member in members.tolist()]
    for lead, at in replay.withdrawn.items():
        lives.withdrawn_at[lead] = at
    return kind, behind


def in_company(sameness: Sameness, barred: np.ndarray, held: Holdings) -> np.ndarray:
    """Which leads are looked at together with others, or with what becomes of their unit. ``barred``: invalid by its row."""
    watched = np.zeros(len(barred), dtype=bool)
    watched[list(held.holder)] = True
    return (sameness.in_company(barred) | watched) & ~barred


def _pairs(
    same: Sameness, receipts: Receipts, members: np.ndarray, lives: Lives, held: Holdings
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of two leads that are the same and have nothing to do with others, first and second, and whether the second waits.

    So are most: they need no replay. The first is before the second unless it is dead at the second's receipt, or found
    invalid, whenever that is (D19). Left to the replay is what a person said of either, what came at one time (D4), was
    displaced (D4) or withdrawn, or may pass to another unit.
    """
    order = members[np.argsort(same.names[members], kind="stable")]
    begins = np.flatnonzero(np.diff(same.names[order], prepend=-1))
    begins = begins[np.diff(begins, append=len(order)) == 2]
    first, second = order[begins], order[begins + 1]
    left = same.entangled() | (lives.withdrawn_at != NEVER)
    left[[place for pair in receipts.first_of for place in pair]] = True
    left[list(held.holder)] = True
    at_once = [times[first] == times[second] for times in (receipts.ranked, receipts.received)]
    plain = ~left[first] & ~left[second] & (same.identities[first] == same.identities[second])
    plain &= ~np.all(at_once, axis=0)
    plain &= receipts.dispatched[first] <= receipts.dispatched[second]
    first, second = first[plain], second[plain]
    moments = receipts.ranked[second]
    alive = moments < lives.dead_from[first]
    for at in np.flatnonzero(np.isin(first, list(lives.looked_up))).tolist():
        alive[at] = lives.looked_up[int(first[at])].alive(int(moments[at]))
    return first, second, alive & (lives.killed_at[first] == NEVER)


class _Replay:
    def __init__(
        self, sameness: Sameness, receipts: Receipts, members: np.ndarray, lives: Lives, held: Holdings
    ) -> None:
        self.members = members.tolist()

        def listed(values: np.ndarray) -> dict[int, int]:
            return dict(zip(self.members, values[members].tolist()))

        self.same, self.first_of, self.looked_up = sameness, receipts.first_of, lives.looked_up
        self.killed, self.dead, self.held = listed(lives.killed_at), listed(lives.dead_from), held
        self.withdrawn = {lead: at for lead, at in listed(lives.withdrawn_at).items() if at != NEVER}
        self.ranked, self.dispatched = listed(receipts.ranked), listed(receipts.dispatched)
        self.ties_held, self.displaced_stay = listed(receipts.ties_held), listed(receipts.displaced_stay)
        self.behind_living, self.said = listed(receipts.behind_living), listed(receipts.said)
        self.receipt = dict(
            zip(self.members, zip(receipts.ranked[members].tolist(), receipts.received[members].tolist()))
        )
        self.reporter = listed(receipts.reporter)
        self.kind: dict[int, int] = {}
        self.behind: dict[int, int] = {}
        self.waiting: dict[int, list[int]] = defaultdict(list)  # first → those behind it
        self.standing: dict[int, list[int]] = defaultdict(list)  # name → its leads that are no duplicates
        # name → its duplicates, one for each customer and first: what is suspected of them is of the one they wait behind
        self.shadows: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)

    def run(self) -> None:
        """Replay receipts and what ends or passes leads on in order; what is known at a receipt's second comes before it."""
        refused = [(at, 0, lead, None) for lead, at in self.killed.items() if at != NEVER]
        withdrawn = [(at, 0, lead, None) for lead, at in self.withdrawn.items()]
        moves = [(at, 1, lead, unit) for at, lead, unit in self.held.moves]
        ends = [(at, 2, unit, successor) for at, _, unit, successor in self.held.ends]
        events = deque(sorted([*refused, *withdrawn, *moves, *ends], key=lambda event: event[:3]))
        for lead in self.members:
            at = self.ranked[lead]
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
        if ended and at < self.withdrawn.get(lead, NEVER):
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
        if moment >= self.withdrawn.get(lead, NEVER) or self.kind.get(lead) == DUPLICATE:
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

    def _root(self, lead: int) -> int:
        """The lead that a duplicate waits behind, at the end of all it waits behind."""
        while self.kind.get(lead) == DUPLICATE:
            lead = self.behind[lead]
        return lead

    def _standing(self, name: int, moment: int) -> Iterator[int]:
        """The leads of a name that are no duplicates and alive, in the order of 5.1."""
        gone = set()
        for lead in self.standing.get(name, ()):
            if self._alive(lead, moment):
                yield lead
            elif self._gone(lead, moment):
                gone.add(lead)
        if gone:  # time only moves on, so they need not be asked again
            self.standing[name] = [lead for lead in self.standing[name] if lead not in gone]

    def _before(self, lead: int, moment: int) -> Iterator[tuple[int, int]]:
        """Living leads that ``lead`` may stand behind, each as DUPLICATE or HELD, in no order."""
        joins = self.same.joins(lead)
        for name in self.same.names_of(lead):
            for other in list(self._standing(name, moment)):
                if relation := self.same.relation(lead, other):
                    yield other, relation
            if joins:
                for duplicate in list(self.shadows.get(name, {}).values()):
                    if self.same.relation(lead, duplicate) == HELD:
                        yield self._root(duplicate), HELD
        for other in self.same.linked(lead):
            if other not in self.kind or (self.kind[other] == DUPLICATE and not joins):
                continue
            if self.same.relation(lead, other) == HELD:
                yield self._root(other), HELD

    def _first(self, lead: int, moment: int, without: set[int]) -> tuple[int, int]:
        """What ``lead`` is at ``moment``, and the lead it stands behind: the earliest of the same customer, else of a
        suspected one; one that came later only where it is alive when ``lead`` moves up (D19)."""
        found: dict[int, list[int]] = {DUPLICATE: [], HELD: []}
        for other, relation in self._before(lead, moment):
            if other not in self.kind or other == lead or other in without or self.behind[other] == lead:
                continue
            if not self._alive(other, moment):
                continue
            if relation == HELD and self.same.apart(lead, other):
                continue
            if other > lead and not (self.behind_living[lead] and (relation == DUPLICATE or self.kind[other] == FREE)):
                continue
            found[relation].append(other)
        for relation, others in found.items():
            if others:
                return relation, min(others)
        return FREE, -1

    def _put(self, lead: int, moment: int) -> None:
        without: set[int] = set()
        while True:
            kind, first = self._first(lead, moment, without)
            if kind == FREE or first > lead:
                break
            if kind == DUPLICATE and self._tied(first, lead):
                if self.dispatched[lead] == NEVER:
                    kind = HELD
                    if self.dispatched[first] == NEVER and self.kind[first] == FREE:
                        self._hold(first, HELD, lead)
                    break
                if self.dispatched[first] != NEVER:
                    break
            elif not self._displaced(first, lead):
                break
            without.add(first)
            if self.kind[first] == FREE:
                second = kind == DUPLICATE and self.first_of.get((first, lead)) == lead
                self._hold(first, DUPLICATE if second else HELD, lead)
                if second:
                    self._move_up(first, moment)
        self.kind[lead], self.behind[lead] = kind, first
        name = self.same.name(lead)
        if kind == DUPLICATE:
            self.shadows[name][self.same.customer(lead), first] = lead
        else:
            insort(self.standing[name], lead)
        if first >= 0:
            self.waiting[first].append(lead)

    def _tied(self, first: int, lead: int) -> bool:
        """Whether two leads of different reporters came at the same time and nobody has said who was first (D4)."""
        return bool(
            self.ties_held[lead]
            and self.receipt[first] == self.receipt[lead]
            and self.reporter[first] != self.reporter[lead]
            and self.said[first] == self.said[lead]
        )

    def _displaced(self, first: int, lead: int) -> bool:
        """Whether ``lead`` was dispatched before ``first`` came in, and no approver has said that it falls back (D4)."""
        return bool(
            self.displaced_stay[lead]
            and self.dispatched[lead] < self.dispatched[first]
            and self.first_of.get((first, lead)) != first
        )

    def _hold(self, lead: int, kind: int, first: int) -> None:
        """Put a standing lead behind one that came after it, until a person decides, or since one did."""
        self.kind[lead], self.behind[lead] = kind, first
        self.waiting[first].append(lead)
        if kind == DUPLICATE:
            name = self.same.name(lead)
            self.standing[name] = [one for one in self.standing[name] if one != lead]
            self.shadows[name][self.same.customer(lead), first] = lead

    def _kill(self, lead: int, moment: int) -> None:
        """D19, D35: the first in line takes the place of a lead found invalid or withdrawn; the others line up behind it."""
        if self.kind.get(lead) != HELD or moment >= self.withdrawn.get(lead, NEVER):
            self._move_up(lead, moment)

    def _move_up(self, lead: int, moment: int) -> None:
        queue = self._queue(lead)
        while queue:
            moved = queue.pop(0)
            was = self.kind[moved]
            name = self.same.name(moved)
            if moved in self.standing[name]:
                self.standing[name] = [one for one in self.standing[name] if one != moved]
            self._put(moved, moment)
            # answered while it was held, or withdrawn while it waited
            over = moment >= min(self.killed[moved], self.withdrawn.get(moved, NEVER))
            released = self.kind[moved] == FREE and over
            if released or (self.kind[moved] == DUPLICATE and was != DUPLICATE):
                queue = sorted({*queue, *self._queue(moved)})

    def _queue(self, lead: int) -> list[int]:
        """Those that wait behind a lead, in order; they wait no longer."""
        return sorted(
            {one for one in self.waiting.pop(lead, ()) if self.behind[one] == lead and self.kind[one] != FREE}
        )
