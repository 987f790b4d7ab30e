"""What was done with the register at a button or on a page, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.app.output import text_for

if TYPE_CHECKING:
    from workbench.capabilities.leads.dispatching import Dispatched
    from workbench.capabilities.publication.publishing import Published


def published(done: Published) -> str:
    """Whether the publication was recorded now, and in time (6.1, 7.3.2)."""
    return text_for("done/published_before" if done.again else "done/published_late" if done.late else "done/published")


def dispatched(done: Dispatched) -> list[str]:
    """How many leads each section got, which category nobody answers for, and files that stood in the way (6.2)."""
    return [
        text_for("done/dispatched", count=sum(done.sections.values())),
        *_by_section(done),
        *(text_for("done/unassigned", category=name, count=count) for name, count in done.unassigned.items()),
        *(text_for("done/dispatch_kept", file=path.name, batch=done.batch) for path in done.kept),
    ]


def issued_again(done: Dispatched) -> list[str]:
    """How many leads each section's workbook of a batch has."""
    return [text_for("done/issued_again", batch=done.batch), *_by_section(done)]


def _by_section(done: Dispatched) -> list[str]:
    return [text_for("done/dispatched_to", section=name, count=count) for name, count in done.sections.items()]
