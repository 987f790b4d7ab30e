"""Several reports in a row: the kernel of the next one starts while one runs, so that it has loaded everything by then.

Each report still has a kernel of its own, which ends with it: nothing of one can be seen by another, and a kernel that dies
costs its own report only.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.platform.reporting.kernel import Kernel


class KernelsAhead:
    """Holds at most one kernel that waits for its run. A context: at its end the kernel that nobody needed ends.

    ``expected``: how many runs there will be, none ahead where nobody knows.
    """

    def __init__(self, expected: int = 0) -> None:
        self.expected = expected
        self._taken = 0
        self._waiting: Kernel | None = None

    def __enter__(self) -> KernelsAhead:
        return self

    def __exit__(self, *_: object) -> None:
        if (kernel := self._given()) is not None:
            kernel.end()

    def expect(self, runs: int) -> None:
        """There will be so many more."""
        self.expected = self._taken + runs

    def take(self, preload: tuple[str, ...]) -> Kernel:
        """A kernel for one run, which whoever takes it ends: the one that waits, else a new one."""
        from workbench.platform.reporting.kernel import Kernel

        self._taken += 1
        kernel = self._given()
        if kernel is not None and not (kernel.is_alive() and kernel.has_loaded(preload)):
            kernel.end()
            kernel = None
        return kernel or Kernel.start(preload)

    def begin(self, preload: tuple[str, ...]) -> None:
        """Start the next one, where there will be a next run."""
        from workbench.platform.reporting.kernel import Kernel

        if self._waiting is None and self._taken < self.expected:
            with suppress(OSError):  # the next run starts its own, and says what is in its way
                self._waiting = Kernel.start(preload)

    def _given(self) -> Kernel | None:
        kernel, self._waiting = self._waiting, None
        return kernel
