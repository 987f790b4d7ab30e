"""What a receipt says of the leads a report brought: their verdict, and their place in the order of 5.1."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads.lead_states import states_near
from workbench.capabilities.leads.status import Status
from workbench.platform.access.session import Session
from workbench.platform.intake.submission import RowVerdict

# what an import made of a lead, in the words of receipts
VERDICTS = {
    Status.RECEIVED: RowVerdict.ACCEPTED.value,
    Status.INVALID: Status.INVALID.value,
    Status.DUPLICATE: Status.DUPLICATE.value,
    Status.HELD: Status.HELD.value,
}
SECOND = "该客户的信息已有单位先行提报，按第5.1条不重复计算；先行的无效时依次递补。"
SUSPECTED = "疑似与先行提报的信息重复，由人工复核后确定。"


def receipt(session: Session, documents: pd.DataFrame, as_of: datetime) -> dict[int, dict[int, dict[str, Any]]]:
    """Document → row → verdict of the import, clause, number, customer, place as known at ``as_of``, note."""
    register = session.register
    columns = ["document", "lead", "number", "row", "customer"]
    leads = register.read("lead", columns, where={"document": documents["document"].tolist()})
    if leads.empty:
        return {}
    ids = leads["lead"].unique().tolist()
    places = _places(states_near(session, ids, as_of))
    steps = register.read("transition", ["entry", "lead", "status", "clause"], where={"lead": ids})
    found: dict[int, dict[int, dict[str, Any]]] = {}
    for document, entry in zip(documents["document"], documents["entry"], strict=True):
        then = steps[steps["entry"] <= entry].drop_duplicates("lead", keep="last").set_index("lead")
        for lead in leads[leads["document"] == document].to_dict("records"):
            status, clause = then.loc[lead["lead"], ["status", "clause"]]
            verdict = VERDICTS.get(status, RowVerdict.ACCEPTED.value)
            notes: dict[str, str] = {Status.DUPLICATE: SECOND, Status.HELD: SUSPECTED if clause == "5.1" else ""}
            found.setdefault(int(document), {})[int(lead["row"])] = {
                "verdict": verdict,
                "clause": None if pd.isna(clause) else clause,
                "number": lead["number"],
                "customer": lead["customer"],
                "place": places.get(lead["lead"]),
                "note": notes.get(verdict, ""),
            }
    return found


def _places(states: pd.DataFrame) -> dict[int, int]:
    """Place among the leads for the same customer, category and place: 1 for the one that counts, then in order of 5.1.

    None for what does not queue: invalid leads, and those a person has yet to decide on.
    """
    queue = states[~states["status"].isin([Status.INVALID, Status.HELD, Status.RETURNED])]
    first = queue["duplicate_of"].where(queue["status"].eq(Status.DUPLICATE)).astype("Int64")
    behind = first.groupby(first).cumcount() + 2
    places = behind.reindex(queue.index).where(first.notna(), 1)
    return {int(lead): int(place) for lead, place in places.items() if pd.notna(place)}
