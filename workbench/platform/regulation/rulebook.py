"""The regulations as a list: every parameter and reading with its values, in the order of the clauses."""

from __future__ import annotations

from datetime import date

from workbench.core.messages import Message, both
from workbench.core.plain import plain
from workbench.platform.regulation.clause import clause_in
from workbench.platform.regulation.edition import Policy


def describe(policy: Policy, on: date | None = None, lang: str = "zh") -> list[dict[str, object]]:
    """Every parameter and reading in clause order as JSON-able rows: clause, title, name, value, unit, since, source.

    Titles, units and answers are in ``lang``. All dated values are listed, or only the ones in force on ``on``. Readings have their
    id as ``source`` and their question as ``title``.
    """
    rows: list[dict[str, object]] = []
    for regulation in policy.regulations:
        for parameter in regulation.parameters.values():
            own = clause_in(regulation.document, parameter.clause)
            for dated in parameter.values:
                if on is None or policy.value(parameter.name, on) is dated.value:
                    rows.append(
                        {
                            "clause": own.code,
                            "title": Message.of("rule/title", clause=own.title_words, title=parameter.title_words).text(
                                lang
                            ),
                            "name": parameter.name,
                            "value": plain(dated.value),
                            "unit": getattr(both("unit", parameter.unit), lang),
                            "since": dated.since.isoformat(),
                            "source": getattr(both("rule_source", parameter.source), lang),
                        }
                    )
        for reading in regulation.readings.values():
            rows.append(
                {
                    "clause": reading.clause,
                    "title": getattr(reading.question_words, lang),
                    "name": reading.key or reading.id,
                    "value": getattr(reading.words_of(reading.value_on(on)), lang),
                    "unit": Message("trial/reading_unit").text(lang),
                    "since": regulation.editions[0].since.isoformat(),
                    "source": reading.id,
                }
            )
    return rows
