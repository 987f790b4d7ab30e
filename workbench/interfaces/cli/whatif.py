"""`workbench whatif`: a quarter under other parameters or readings, beside the official result; unofficial."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.context import output_folder, read_time
from workbench.app.output import print_json
from workbench.app.reports import make_report
from workbench.app.session import open_session, read_passphrase
from workbench.interfaces.cli.params import AsOf, Json


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
        found = whatif(session, name, values or [], reading or [], moment)
        changes = read(session.policy, values or [], reading or []).text()
        user = session.user
    files = []
    if out is not None:
        run = make_report("测算对比", user, secret, name, moment, out, {"changes": changes})
        files = [str(path) for path in run.files]
    document = found.as_json()
    if json:
        print_json({**document, "files": files})
        return 0
    print(f"【{document['unofficial']}】{name}　截至 {found.as_of:%Y-%m-%d %H:%M}")
    for row in document["changes"]:
        print(f"改动\t{row['clause']}\t{row['name']}\t{row['official']} → {row['trial']}")
    for row in document["lines"]:
        if row["change"] != SAME:
            adjusts = f"（调整 {row['adjusts']}）" if row["adjusts"] else ""
            numbers = f"{row['official']} → {row['trial']}\t{row['difference']:+}"
            print(f"{row['change']}\t{row['clause']}\t{row['party']}\t{row['ref']}{adjusts}\t{numbers}")
    for row in document["leads"]:
        print(
            f"信息\t{row['number']}\t{row['status']} → {row['trial_status']}\t{row['counts_in']} → {row['trial_counts_in']}"
        )
    for row in document["parties"]:
        if row["difference"]:
            print(f"合计\t{row['party']}\t{row['official']} → {row['trial']}\t{row['difference']:+}")
    sums = document["totals"]
    print(f"总计\t\t{sums['official']} → {sums['trial']}\t{sums['difference']:+}")
    if found.drifted:
        print(f"注：按现有事实和原规则重算，有 {found.drifted} 笔已与批准结果不同，不是本次改动所致。")
    for path in files:
        print(path)
    return 0
