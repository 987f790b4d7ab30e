"""A Dask cluster's workers: encrypted on the way, of our version, without secrets, and writing nothing to their disks."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from workbench import __version__
from workbench.core.errors import WrongUse
from workbench.platform.executors.workers import PATIENCE, SECRET, Workers

MOST_ASKED = 32  # workers that are looked over at once


@contextmanager
def on_cluster(address: str) -> Iterator[Workers]:
    """The workers of a Dask cluster; what travels is encrypted, except on this PC.

    ``address``: of its scheduler, ``tls://HOST:PORT`` with the certificates that Dask's own settings name, or
    ``tcp://127.0.0.1:PORT``. Raises WrongUse ``bad_cluster``, ``cluster_not_encrypted``, ``no_cluster_package``,
    ``cluster_unreachable``, ``no_worker``, ``unfit_worker``. Only workers that were looked over are given anything; one that joins
    later is not.
    """
    _require_encryption(address)
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise WrongUse("no_cluster_package") from None
    with _said_by_us_alone():
        try:
            client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError):
            raise WrongUse("cluster_unreachable", address=address) from None
        # a part of a register or a long file is meant to be large
        with client, dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
            workers = _answers(client)
            if not workers:
                raise WrongUse("no_worker", address=address)
            _require_fit(workers)
            executor = client.get_executor(pure=False, workers=list(workers))
            cores = sum(number for each, number in client.ncores().items() if each in workers)
            try:
                yield Workers(executor, max(1, cores), partial(_has_any, client, frozenset(workers)))
            finally:
                executor.shutdown(wait=False)


@contextmanager
def _said_by_us_alone() -> Iterator[None]:
    """What the library would say of a cluster that is gone, with a traceback, is said in a sentence of ours."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    before = {name: logging.getLogger(name).level for name in names}
    try:
        for name in names:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def _has_any(client: Any, workers: Collection[str]) -> bool:
    """Whether a cluster has any of these workers left; not where its scheduler is gone."""
    try:
        return any(each in workers for each in client.ncores())
    except OSError:
        return False


def _answers(client: Any) -> dict[str, Any]:
    """What every worker says of itself (``about_worker``), or the fault it ended in there; those that are gone, or silent, are
    left out. Raises WrongUse ``cluster_not_encrypted``."""

    def ask(worker: str) -> dict[str, Any]:
        try:
            given = {"workers": [worker], "on_error": "return", "callback_timeout": PATIENCE}
            said: dict[str, Any] = client.run(about_worker, **given)
        except OSError:  # a time-out is one, too
            return {}
        return {each: answer for each, answer in said.items() if not isinstance(answer, OSError)}

    try:
        there = sorted(client.ncores())
    except OSError:  # the scheduler is gone
        return {}
    for each in there:
        _require_encryption(each)
    with ThreadPoolExecutor(max(1, min(len(there), MOST_ASKED))) as asking:
        return {each: answer for said in asking.map(ask, there) for each, answer in said.items()}


def _require_encryption(address: str) -> None:
    """Raises WrongUse where the address of a scheduler or a worker is none, or would have personal data travel in clear."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise WrongUse("bad_cluster", address=address.rpartition("@")[2]) from None
    if parts.scheme not in ("tcp", "tls") or not host or not port or parts.username or parts.password:
        raise WrongUse("bad_cluster", address=f"{parts.scheme}://{host}")
    if parts.scheme == "tcp" and not _is_this_pc(host):
        raise WrongUse("cluster_not_encrypted", address=address)


def _is_this_pc(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def about_worker() -> dict[str, Any]:
    """What a worker says of itself: our version there, by which variable it knows a secret, and whether it writes data to its disk."""
    import dask

    spills = any(dask.config.get(f"distributed.worker.memory.{name}", 0.6) for name in ("target", "spill"))
    return {"version": __version__, "secret": next(filter(os.environ.get, SECRET), None), "spills": spills}


def _require_fit(workers: dict[str, Any]) -> None:
    """Raises WrongUse ``unfit_worker`` with the first worker that is not to be given anything, and why; what is no answer of a
    version like ours stays the fault it is."""
    for address, said in workers.items():
        if isinstance(said, (ImportError, AttributeError)):  # no program of ours there, or an early one
            said = {"version": "?", "secret": None, "spills": False}
        elif isinstance(said, Exception):
            raise said
        for unfit, why in (
            (said["version"] != __version__, "version"),
            (said["secret"], "secret"),
            (said["spills"], "spills"),
        ):
            if unfit:
                about = {"here": __version__, "there": said["version"], "variable": said["secret"]}
                raise WrongUse(f"unfit_worker/{why}", worker=address, **about)
