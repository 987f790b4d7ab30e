"""`workbench whatif`: a quarter under other parameters or readings, beside the official result; unofficial."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.context import output_folder, read_time
from workbench.app.options import common
from workbench.app.output import print_json, print_rows, say
from workbench.app.reports import make_report
from workbench.app.session import open_session, read_passphrase
from workbench.core.messages import both
from workbench.interfaces.cli.params import AsOf, Json

LINES = ("change", "clause", "party", "ref", "adjusts", "official", "trial", "difference")


def whatif(
    quarter: Annotated[str, typer.Argument(metavar="QUARTER")],
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PARAMETER=VALUE"),
    ] = None,
    reading: Annotated[
        list[str] | None,
        typer.Option("--reading", metavar="READING=VALUE"),
    ] = None,
    as_of: AsOf = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", callback=output_folder),
    ] = None,
    json: Json = False,
) -> int:
    """Try a quarter under other parameters or readings beside the official result (unofficial); the register stays
    as it is.
    """
    from workbench.capabilities.settlement.comparison import SAME
    from workbench.capabilities.settlement.whatif import whatif
    from workbench.core.periods import parse_quarter
    from workbench.platform.regulation.trial import read

    name = parse_quarter(quarter)
    secret = read_passphrase()
    with open_session(secret=secret) as session:
        moment = read_time(as_of, end_of_day=True) or session.latest()
        found = whatif(session, name, values or [], reading or [], moment, common.lang)
        changes = read(session.policy, values or [], reading or []).text()
        user = session.user
    files = []
    if out is not None:
        run = make_report("测算对比", user, secret, name, moment, out, {"changes": changes})
        files = [str(path) for path in run.files]
    document = found.as_json(common.lang)
    if json:
        print_json({**document, "files": files})
        return 0
    say("trial/head", unofficial=document["unofficial"], quarter=name, as_of=found.as_of)
    for row in document["changes"]:
        known = {key: row[key] for key in ("official", "trial")}
        say("trial/change", clause=row["clause"], name=row["name"], **known)
    same = getattr(both("trial_word", SAME), common.lang)
    lines = [row for row in document["lines"] if row["change"] != same]
    print_rows(LINES, [[*(row[key] for key in LINES[:-1]), f"{row['difference']:+}"] for row in lines])
    for row in document["leads"]:
        states = {key: row[key] for key in ("number", "status", "trial_status", "counts_in", "trial_counts_in")}
        say("trial/lead", **states)
    for row in document["parties"]:
        if row["difference"]:
            sums = {key: row[key] for key in ("party", "official", "trial", "difference")}
            say("trial/party", **sums)
    sums = document["totals"]
    say("trial/total", **{key: sums[key] for key in ("official", "trial", "difference")})
    if found.drifted:
        say("trial/drifted", count=found.drifted)
    for path in files:
        print(path)
    return 0
