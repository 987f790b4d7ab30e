"""Running reports: a notebook by papermill in a kernel of its own, and a manifest signed by who ran it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.app import clock
from workbench.app.cluster import cluster_in_use
from workbench.app.context import policy_files, policy_in_use, register_path
from workbench.app.output import say_error
from workbench.core.errors import WorkbenchError
from workbench.platform.capability import homes

if TYPE_CHECKING:
    from concurrent.futures import Future

    from workbench.app.preparing import Preparation
    from workbench.platform.access.session import Session
    from workbench.platform.executors.workers import Workers
    from workbench.platform.reporting.ahead import KernelsAhead
    from workbench.platform.reporting.notebook import Prepared
    from workbench.platform.reporting.runs import Order, Run

IN_KERNEL = ("workbench.app.notebook",)  # what every report's notebook imports
GONE = ("cluster_unreachable", "no_worker", "no_worker_left")
Wanted = tuple[str, str, datetime]  # a report by name or alias, a period, the moment of its data


def make_report(
    name: str,
    user: str,
    secret: str,
    period: str,
    as_of: datetime,
    out: Path,
    parameters: dict[str, Any] | None = None,
) -> Run:
    """Run a report's notebook on the register in use; ``parameters``: further ones it knows."""
    with Reports(register_path(), user, secret, out) as reports:
        return reports.make(name, period, as_of, parameters)


def run_report(
    name: str,
    *,
    register_path: Path,
    period: str,
    as_of: datetime,
    out_dir: Path,
    user: str,
    passphrase: str,
    parameters: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | None = None,
    ahead: KernelsAhead | None = None,
) -> Run:
    """``platform.reporting.runs.run_report`` with the application's kernel and signature, or by a cluster's worker."""
    with Reports(register_path, user, passphrase, out_dir, ahead) as reports:
        return reports.make(name, period, as_of, parameters, progress)


class Reports:
    """The making of one person's reports on one register, into one folder. A context.

    Where a cluster is named its workers execute the notebooks, on what is prepared here: the passphrase stays in this process.
    ``ahead``: keeps the next kernel of this PC; by default one that is told by ``expect`` how many reports there will be.
    """

    def __init__(
        self, register: Path, user: str, passphrase: str, out: Path, ahead: KernelsAhead | None = None
    ) -> None:
        from workbench.platform.reporting.ahead import KernelsAhead

        self._register, self._user, self._passphrase, self._out = register, user, passphrase, Path(out)
        self._kept = ExitStack()
        self._ahead = ahead or self._kept.enter_context(KernelsAhead())
        self._line = self._kept.enter_context(ExitStack())  # to the cluster, until something else is begun
        self._begun: dict[Wanted, _Sent | WorkbenchError | None] = {}
        self._gone: WorkbenchError | None = None  # what was said of a cluster that is not there any more

    def __enter__(self) -> Reports:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()

    def expect(self, runs: int) -> None:
        """There will be so many."""
        self._ahead.expect(runs)

    def send(self, wanted: Sequence[Wanted]) -> None:
        """These are made next, on the register as it is: a cluster's workers begin all of them.

        What stands in the way of one is raised where it is made.
        """
        self._begin(wanted, {})

    def make(
        self,
        name: str,
        period: str,
        as_of: datetime,
        parameters: Mapping[str, Any] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Run:
        """Make a report. ``parameters``: further ones its notebook knows; ``progress``: see ``runs.run_report``, whose errors it
        raises, and those of ``executors.cluster.on_cluster``; of a worker's it is told when the notebook is through.
        """
        from workbench.platform.executors.workers import WorkerFault, WorkerLost
        from workbench.platform.reporting import runs

        wanted = (name, period, as_of)
        if wanted not in self._begun:
            self._begin([wanted], parameters or {})
        begun = self._begun.pop(wanted)
        if isinstance(begun, WorkbenchError):
            raise begun
        if begun is not None:
            if self._gone:
                raise self._gone
            try:
                return runs.carry_out(begun.order, self._out, partial(begun.receive, progress), self._seal)
            except (WorkerLost, WorkerFault):
                pass  # here it is made, or its notebook says what is wrong with it
            except WorkbenchError as no:
                self._note(no)
                if no.code != "report_failed":  # a kernel may have died there for want of memory
                    raise
        return runs.run_report(
            name,
            register_path=self._register,
            period=period,
            as_of=as_of,
            out_dir=self._out,
            user=self._user,
            passphrase=self._passphrase,
            parameters=parameters,
            progress=progress,
            preload=IN_KERNEL,
            seal=self._seal,
            environment=policy_files(),
            ahead=self._ahead,
        )

    def _begin(self, wanted: Sequence[Wanted], parameters: Mapping[str, Any]) -> None:
        """Have a cluster's workers, where one is named, begin these reports. None of them where capabilities joined that workers
        do not have."""
        from workbench.platform.executors.workers import WorkerFault, attempt

        self._line.close()
        self._begun = dict.fromkeys(wanted, self._gone)
        if homes() or self._gone:
            return
        try:
            workers = self._line.enter_context(cluster_in_use())
            if workers is None:
                return
            from workbench.app.preparing import Preparation

            with self._opened() as session:
                preparation = Preparation(session)
                for each in wanted:
                    try:
                        self._begun[each] = attempt(self._sent, workers, preparation, each, parameters)
                    except WorkbenchError as no:
                        self._begun[each] = no
                    except WorkerFault:
                        pass  # its notebook is executed here, and says in which cell it fails
        except WorkbenchError as no:
            self._note(no)
            self._begun = dict.fromkeys(wanted, no)

    def _note(self, no: WorkbenchError) -> None:
        """A cluster that is gone is not sought, nor waited for, again."""
        if no.code in GONE:
            self._gone = no

    def _sent(self, workers: Workers, preparation: Preparation, wanted: Wanted, parameters: Mapping[str, Any]) -> _Sent:
        """Prepare a report, and hand it to a worker."""
        from workbench.platform.reporting import elsewhere, runs

        name, period, as_of = wanted
        order = runs.order(name, self._register, period, as_of, self._user, parameters)
        runs.require_folder(self._out)
        moment = clock.parse_time(order.given["as_of"], end_of_day=True)
        prepared = preparation.of(order.report, order.period, moment, order.more())
        return _Sent(workers, order, prepared, elsewhere.send(workers, order, prepared, IN_KERNEL))

    def _opened(self) -> Session:
        from workbench.platform.access.session import enter

        who = self._user or None, self._passphrase
        return enter(self._register, *who, policy_in_use(os.environ), clock.now(), hire=cluster_in_use)

    def _seal(self, manifest: dict[str, Any]) -> dict[str, Any]:
        from workbench.platform.access import persons
        from workbench.platform.documents import manifests
        from workbench.platform.reporting.due_reports import DEIDENTIFIED

        with self._opened() as session:
            if doubt := persons.doubt(session.register):
                say_error("doubted_report", why=doubt.message)
                manifest = {**manifest, "doubted": True}
            if session.deidentified:
                manifest = {**manifest, DEIDENTIFIED: True}
            return manifests.issue(session, manifest)


@dataclass(frozen=True)
class _Sent:
    """A report that a worker was given."""

    workers: Workers
    order: Order
    prepared: Prepared
    task: Future[Any]

    def receive(self, progress: Callable[[int, int], None] | None, folder: Path) -> Any:
        """Its executed notebook, once the worker is through; see ``elsewhere.receive``."""
        from workbench.platform.reporting import elsewhere

        executed = elsewhere.receive(self.workers, self.task, self.order, self.prepared, folder)
        if progress:
            progress(len(executed.cells), len(executed.cells))
        return executed
