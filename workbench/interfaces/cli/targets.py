"""`workbench targets …`: break a year's target down, see how targets changed, foresee the year."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app import clock, context
from workbench.app.context import output_folder, read_time
from workbench.app.options import common
from workbench.app.output import print_json, print_rows, print_table, say, text_for
from workbench.app.session import open_session
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.messages import both
from workbench.interfaces.cli.params import AsOf, Json


def plan(
    year: Annotated[int, typer.Option("--year", metavar="YEAR", min=2000, max=2100)],
    total: Annotated[int | None, typer.Option("--total", metavar="LEADS", min=0)] = None,
    weights: Annotated[
        Path | None,
        typer.Option("--weights", metavar="CSV"),
    ] = None,
    from_last_year: Annotated[bool, typer.Option("--from-last-year")] = False,
    scenario: Annotated[
        list[str] | None,
        typer.Option("--scenario", metavar="NAME=CSV"),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="REASON")] = None,
    approver: Annotated[str | None, typer.Option("--approver", metavar="NAME")] = None,
    as_of: AsOf = None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", callback=output_folder)] = Path("目标"),
    json: Json = False,
) -> int:
    """Break a year's target down by department and month: a T4 to import for each scenario, and a comparison."""
    from workbench.capabilities.targets.planning import LAST_YEAR, make_plan, write_targets
    from workbench.capabilities.targets.scenario_file import ScenarioInput, read_scenario
    from workbench.capabilities.targets.scenarios_report import TITLE, write

    inputs = {LAST_YEAR: ScenarioInput()} if from_last_year else {}
    if weights:
        inputs["给定权重"] = read_scenario(weights)
    for item in scenario or []:
        inputs |= _scenario(item, inputs)
    with open_session() as session:
        moment = read_time(as_of, end_of_day=True) or session.latest()
        made = make_plan(session, year, total, inputs, as_of=moment, reason=reason, approver=approver)
    files = write_targets(made, out, context.policy(), clock.now().date())
    comparison = out / file_name(TITLE, year, ending=".xlsx")
    write(made, comparison)
    files.append(comparison)
    if json:
        names = dict(zip(made.departments["code"], made.departments["name"], strict=True))
        print_json(
            {
                "year": year,
                "files": [str(path) for path in files],
                "scenarios": [
                    {
                        "name": _called(each.name),
                        "total": each.total,
                        "notes": [note.text(common.lang) for note in each.notes],
                        "departments": [
                            {"unit": code, "name": names[code], "year_target": sum(months), "months": months}
                            for code, months in each.table.items()
                        ],
                    }
                    for each in made.scenarios
                ],
            }
        )
        return 0
    for each in made.scenarios:
        say("target/scenario", name=_called(each.name), total=each.total)
        rows = ((code, sum(months), " ".join(map(str, months))) for code, months in each.table.items())
        print_rows(("unit", "year_target", "months"), rows)
        for note in each.notes:
            print(f"  {note.text(common.lang)}")
    for path in files:
        print(path)
    return 0


def _called(scenario: str) -> str:
    """A scenario's name; of those that have one of ours, in the chosen language."""
    return str(getattr(both("scenario", scenario), common.lang))


def _scenario(item: str, known: dict) -> dict:
    from workbench.capabilities.targets.scenario_file import read_scenario

    name, equals, path = item.partition("=")
    name = name.strip()
    if not equals or not name or set(name) & set('\\/:*?"<>|[]'):
        raise WrongUse("bad_scenario", item=item)
    if name in known:
        raise WrongUse("bad_scenario/twice", name=name)
    return {name: read_scenario(Path(path))}


def history(unit: Annotated[str | None, typer.Argument(metavar="UNIT")] = None, json: Json = False) -> int:
    """How targets were set and changed: from what to what, why, approved by whom, from which file and cell."""
    import pandas as pd

    from workbench.capabilities.targets.planning import history

    with open_session() as session:
        table = history(session, unit)
    rows = table.assign(at=table["at"].map(pd.Timestamp.isoformat)).astype(object).where(table.notna(), None)
    print_table(rows.to_dict("records"), json, "—")
    return 0


def roll(
    month: Annotated[str, typer.Argument(metavar="MONTH")],
    approver: Annotated[str | None, typer.Option("--approver", metavar="NAME")] = None,
    as_of: AsOf = None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", callback=output_folder)] = Path("目标"),
    json: Json = False,
) -> int:
    """Spread what departments fell short of by the end of a month over the months left, as a T4 for approval."""
    from workbench.capabilities.targets.rolling import make_roll, write_roll
    from workbench.core.periods import parse_month

    wanted = parse_month(month)
    with open_session() as session:
        made = make_roll(session, wanted, read_time(as_of, end_of_day=True) or session.latest())
    files = write_roll(made, out, context.policy(), clock.now().date(), approver)
    if json:
        print_json(
            {
                "month": made.month,
                "left": list(made.left),
                "departments": [
                    {
                        "unit": each.unit,
                        "name": each.name,
                        "short": each.short,
                        "spread_before": each.spread_before,
                        "spread": each.spread,
                        "before": list(each.before),
                        "after": list(each.after),
                    }
                    for each in made.years
                ],
                "pending": made.pending,
                "dropped": made.dropped,
                "files": [str(path) for path in files],
            }
        )
        return 0
    spread = sum(each.spread for each in made.years)
    say("target/rolled" if files else "target/rolled_nothing", month=wanted, leads=spread, to=made.left)
    for each in made.years:
        values = {"short": sum(each.short.values()), "before": sum(each.before), "after": sum(each.after)}
        say("target/rolled_unit", unit=each.unit, name=each.name or "", **values, spread=each.spread)
    if made.pending:
        say("target/rolled_pending", count=made.pending)
    for unit, leads in made.dropped.items():
        say("target/rolled_dropped", unit=unit, leads=leads)
    for path in files:
        print(path)
    if files and not approver:
        say("target/rolled_unapproved")
    return 0


def forecast(
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", min=2000, max=2100)] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> int:
    """Forecast the year's valid leads from the pace so far, with a range and the method."""
    from workbench.capabilities.targets.forecast import method
    from workbench.capabilities.targets.planning import foresee

    with open_session() as session:
        moment = read_time(as_of, end_of_day=True) or session.latest()
        table = foresee(session, year, moment)
    whole = text_for("target/whole")
    table["name"] = table["name"].where(table["unit"].notna(), whole)
    words = method(year or moment.year, moment.date()).text(common.lang)
    if json:
        print_json({"as_of": moment.isoformat(), "method": words, "rows": table.to_dict("records")})
        return 0
    rows = (
        (
            row.unit,
            row.name,
            row.counted,
            row.year_target,
            row.expected,
            None if row.low is None else f"{row.low}–{row.high}",
        )
        for row in table.itertuples(index=False)
    )
    print_rows(("unit", "name", "counted", "year_target", "expected", "spread"), rows, "—")
    print(words)
    return 0
