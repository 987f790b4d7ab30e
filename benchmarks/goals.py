"""The speeds to reach: what is measured against what, and when a goal is met."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.measure import Spent

PROCESSOR, CLOCK, PEAK = "processor", "seconds", "peak"


@dataclass(frozen=True)
class Goal:
    """A promise. ``most``: of ``by`` (seconds of the clock or the processor, or MB), or of its ratio to the peer; ``least``: of the
    ratio of the peer to it. ``at``: of how many leads it is promised; other sizes are shown without a verdict.
    """

    work: str
    said: str
    peer: str = ""
    by: str = PROCESSOR
    most: float | None = None
    least: float | None = None
    at: int = 0


@dataclass(frozen=True)
class Measured:
    """What a goal's work took, of how many leads or rows, beside its peer."""

    goal: Goal
    size: str
    ours: Spent
    theirs: Spent | None = None
    leads: int = 0

    @property
    def value(self) -> float:
        """What is held against the goal."""
        own = getattr(self.ours, self.goal.by)
        if self.theirs is None:
            return own
        other = getattr(self.theirs, self.goal.by)
        return other / own if self.goal.least is not None else own / other

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where nothing is promised of this size."""
        if self.goal.at not in (0, self.leads) or (self.goal.most is None and self.goal.least is None):
            return None
        return self.value <= self.goal.most if self.goal.most is not None else self.value >= (self.goal.least or 0)

    @property
    def told(self) -> str:
        """The value with its unit."""
        if self.theirs is not None:
            return f"{self.value:.2f} ×"
        return f"{self.value:,.0f} MB" if self.goal.by == PEAK else f"{self.value:.3g} s"


READING = Goal("guard, parse, check", "≤ 2.5 ×", "bare calamine on the same files", most=2.5)
LOOPS = Goal("guard, parse, check", "≥ 8 × faster", "openpyxl and row loops", least=8)
IMPORT = Goal(
    "import into an empty register", "≤ 6 ×", "bare calamine and a bare SQLCipher insert of the same rows", most=6
)
WIDE = Goal("the same import into a register that holds leads", "≤ 1.3 ×", "into an empty one", most=1.3)
ONE_FILE = Goal("one file of 30 rows, after opening", "≤ 1.3 ×", "into an empty register", most=1.3)
AT_ONCE = Goal("one file of 30 rows, after opening", "≤ 0.5 s", by=CLOCK, most=0.5)
WAIT = Goal("longest wait of another writer meanwhile", "≤ 2 s", by=CLOCK, most=2)
SETTLE = Goal(
    "settle a quarter from the encrypted register", "≤ 10 s at 1,000,000 leads", by=CLOCK, most=10, at=1_000_000
)
SETTLE_PEAK = Goal(
    "settle a quarter from the encrypted register", "≤ 1,500 MB at 1,000,000 leads", by=PEAK, most=1500, at=1_000_000
)
RULES = Goal("the rules of a quarter alone, lines explained", "≤ 2 ×", "hand-written DuckDB SQL, amounts only", most=2)
REPORT = Goal("a report, as a process", "≤ 1.5 ×", "papermill on an empty notebook", most=1.5)
ROW = Goal("four reports in a row, the next kernel ahead", "–", "each kernel started when it is needed", by=CLOCK)
TABLE = Goal("DK_CHECK over 10,000 rows through xlwings", "≤ 0.15 s", most=0.15)
CONVERSION = Goal(
    "DK_CHECK over 10,000 rows through xlwings", "–", "xlwings' conversion of the same range, nothing done"
)
CELL = Goal("one cell through xlwings", "≤ 1 ms", most=0.001)
HELP = Goal("workbench --help", "≤ 0.15 s", by=PROCESSOR, most=0.15)
COMMAND = Goal("workbench units, small register", "≤ 0.6 s", by=PROCESSOR, most=0.6)
ADDIN = Goal("import of the add-in", "≤ 0.4 s", by=PROCESSOR, most=0.4)
LARGE = Goal("one file of 300,000 rows, imported", "≤ 700 MB", by=PEAK, most=700)
STATEMENTS = Goal("200 statements, 2 processes", "≥ 1.7 ×", "the same by one", by=CLOCK, least=1.7)
