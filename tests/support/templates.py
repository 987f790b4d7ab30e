"""Templates with other columns than the shipped ones, brought by a capability as any other template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from workbench.core.shipped import shipped
from workbench.platform.capability import Capability, extended

Added = Mapping[str, Any]


@contextmanager
def with_columns(
    folder: Path,
    template: str,
    columns: Sequence[Added] = (),
    header: Sequence[Added] = (),
    *,
    before: str | None = None,
    **other: Any,
) -> Iterator[None]:
    """The house with a shipped template that has further columns, at the end or before one of them.

    ``header``: further header fields; ``other``: other values of the template itself, as its version.
    """
    spec = yaml.safe_load((shipped("templates") / f"{template}.yaml").read_bytes())
    keys = [column["key"] for column in spec["columns"]]
    place = keys.index(before) if before else len(keys)
    spec["columns"][place:place] = [dict(column) for column in columns]
    spec["header"] += [dict(field) for field in header]
    path = folder / f"{template}.yaml"
    path.write_text(yaml.safe_dump({**spec, **other}, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with extended(Capability(name="trial_columns", title="试加栏目", templates=(path,))):
        yield
