"""The cluster in use: ``--cluster`` or WORKBENCH_CLUSTER; without one, work is done on this PC."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.platform.executors.workers import Workers


@contextmanager
def cluster_in_use() -> Iterator[Workers | None]:
    """The workers of the cluster that was named, None without one. Raises WrongUse (``executors.cluster.on_cluster``)."""
    address = os.environ.get("WORKBENCH_CLUSTER")
    if not address:
        yield None
        return
    from workbench.platform.executors.cluster import on_cluster

    with on_cluster(address) as workers:
        yield workers


@contextmanager
def workers_in_use(count: int) -> Iterator[Workers]:
    """The cluster's workers, or so many processes of this PC beside this one."""
    from workbench.platform.executors.workers import on_this_pc

    with cluster_in_use() as workers:
        if workers is not None:
            yield workers
            return
        with on_this_pc(count) as here:
            yield here
