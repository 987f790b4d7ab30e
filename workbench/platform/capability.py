"""What a business capability declares, once. Everything the platform and the interfaces list is derived from it.

A declaration imports nothing heavy (no pandas, no typer): what needs them is named as ``module:name`` and resolved
when it is first used, so that a list of capabilities costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from workbench.core import messages

T = TypeVar("T")


@dataclass(frozen=True)
class Capability:
    """One folder below ``capabilities``: what it works by, what it depends on, and what it adds to the house.

    ``regulations``: documents (``DKHW080004``) whose clauses it carries out; ``depends``: names of capabilities it may
    import; ``home``: the package that holds it as CAPABILITY, where that is none of the program's own.
    Every other field is a sequence of declarations of one kind, or ``module:name`` of one.
    """

    name: str
    title: str
    regulations: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    regulation_files: Sequence[Any] | str = ()  # paths of YAML files (platform.regulation)
    templates: Sequence[Any] | str = ()  # paths of YAML files besides the shipped ones (platform.forms)
    books: Sequence[Any] | str = ()  # platform.forms.books.FormBook
    prefills: Sequence[Any] | str = ()  # platform.intake.prepared_books.Prefill
    tables: Sequence[Any] | str = ()  # platform.register.facts.FactTable
    clauses: Sequence[Any] | str = ()  # platform.regulation.clause.Clause
    actions: Sequence[Any] | str = ()  # platform.access.actions.Action
    conditions: Sequence[Any] | str = ()  # platform.access.conditions.Condition
    intakes: Sequence[Any] | str = ()  # platform.intake.record_intake.RecordIntake
    cases: Sequence[Any] | str = ()  # platform.workflow.case.Case
    tasks: Sequence[Any] | str = ()  # platform.workflow.task.Task
    reports: Sequence[Any] | str = ()  # platform.reporting.registry.Report
    commands: Sequence[Any] | str = ()  # platform.interface.Command
    buttons: Sequence[Any] | str = ()  # platform.interface.Button
    functions: Sequence[Any] | str = ()  # platform.interface.Function
    home: str = ""

    def declared(self, kind: str) -> tuple[Any, ...]:
        """The declarations of one kind (a field's name), resolved."""
        value = getattr(self, kind)
        return tuple(resolve(value) if isinstance(value, str) else value)


HOUSE = "workbench.capabilities"  # assembles the program's own capabilities when it is imported
KINDS = frozenset(each.name for each in fields(Capability)) - {"name", "title", "regulations", "depends", "home"}


def resolve(reference: str) -> Any:
    """What ``module:name`` stands for."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


# what every register has, whatever its regulations, declared in the same way
PLATFORM = Capability(
    name="platform",
    title="登记册、用户、审计与备份",
    tables="workbench.platform.intake.tables:TABLES",
    actions="workbench.platform.access.platform_actions:ACTIONS",
    cases="workbench.platform.access.platform_cases:CASES",
    tasks="workbench.platform.access.platform_tasks:TASKS",
)
_assembled: tuple[Capability, ...] = ()


def assemble(capabilities: Sequence[Capability]) -> None:
    """Make these the capabilities of the house. Raises ValueError where one depends on a later or unknown one."""
    global _assembled
    known: set[str] = set()
    for each in capabilities:
        if each.name in known or not set(each.depends) <= known:
            raise ValueError(f"capability {each.name} stands twice, or before one it depends on")
        known.add(each.name)
    _assembled = tuple(capabilities)


def capabilities() -> tuple[Capability, ...]:
    """All capabilities in the order of their dependence; the program's own are assembled on first use."""
    if not _assembled:
        import_module(HOUSE)
    return _assembled


def declared(kind: str) -> tuple[Any, ...]:
    """All declarations of one kind, the platform's own first, then capability by capability."""
    if kind not in KINDS:
        raise KeyError(kind)
    return tuple(item for each in (PLATFORM, *capabilities()) for item in each.declared(kind))


def derived(compute: Callable[[], T]) -> Callable[[], T]:
    """A look-up derived from the declarations: computed once for the capabilities that are assembled."""
    known: list[tuple[tuple[Capability, ...], T]] = []

    @wraps(compute)
    def look_up() -> T:
        if not known or known[0][0] is not capabilities():
            known[:] = [(capabilities(), compute())]
        return known[0][1]

    return look_up


def homes() -> tuple[str, ...]:
    """The packages of those capabilities that are none of the program's own; another process can ``join`` them."""
    return tuple(each.home for each in capabilities() if each.home)


def further_catalogues() -> Iterator[Path]:
    """The texts of those capabilities that are none of the program's own."""
    for each in _assembled:
        if each.home:
            path = Path(str(import_module(each.home).__file__)).with_name(messages.NAME)
            if path.exists():
                yield path


messages.more.append(further_catalogues)


def join(packages: Sequence[str]) -> None:
    """Add the capabilities that stand in these packages, as far as they are not there."""
    further = [import_module(package).CAPABILITY for package in packages if package not in homes()]
    if further:
        assemble((*capabilities(), *further))


@contextmanager
def extended(*more: Capability) -> Iterator[None]:
    """The house with further capabilities for a while."""
    before = capabilities()
    assemble((*before, *more))
    try:
        yield
    finally:
        assemble(before)
