"""The policy as it comes with the program: the regulations the capabilities bring; a file may replace one of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from workbench.core.errors import WrongUse
from workbench.platform.capability import declared
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.regulation import read_regulation


def load_policy(path: Path | str | None = None) -> Policy:
    """The policy as it comes with the program; the regulation in the file ``path`` replaces that of its document.

    Raises WrongUse ``unknown_regulation`` where no capability carries that document out.
    """
    return _load(tuple(declared("regulation_files")), None if path is None else Path(path))


@lru_cache(maxsize=8)
def _load(files: tuple[Path, ...], path: Path | None) -> Policy:
    policy = Policy(tuple(read_regulation(file) for file in files))
    if path is None:
        return policy
    own = read_regulation(path)
    known = [each.document for each in policy.regulations]
    if own.document not in known:
        raise WrongUse("unknown_regulation", path=path, document=own.document, known=known)
    return policy.replaced(own)
