"""The policy as it comes with the program: the regulations the capabilities bring; a file may replace one of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from workbench.platform.capability import declared
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.policy_file import read_policy_file
from workbench.platform.regulation.regulation import read_regulation


def load_policy(path: Path | str | None = None) -> Policy:
    """The policy as it comes with the program; the regulation in the file ``path`` replaces that of its document.

    Raises WrongUse ``unknown_regulation`` where no capability carries that document out, ``bad_policy`` where the file
    has not the shape of a regulation.
    """
    return _load(tuple(declared("regulation_files")), None if path is None else Path(path))


@lru_cache(maxsize=8)
def _load(files: tuple[Path, ...], path: Path | None) -> Policy:
    policy = Policy(tuple(read_regulation(file) for file in files))
    if path is None:
        return policy
    return policy.replaced(read_policy_file(path, policy.regulations))
