"""What a receipt says of the leads a report brought: their verdict, and their place in the order of 5.1."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads.lead_states import states_near
from workbench.capabilities.leads.receipt_order import form_grace_until
from workbench.capabilities.leads.status import Status
from workbench.capabilities.leads.versions import FORM
from workbench.platform.access.session import Session
from workbench.platform.intake.submission import RowVerdict
from workbench.platform.intake.verdicts import taken_since

# what an import made of a lead, in the words of receipts
VERDICTS = {
    Status.RECEIVED: RowVerdict.ACCEPTED.value,
    Status.INVALID: Status.INVALID.value,
    Status.DUPLICATE: Status.DUPLICATE.value,
    Status.HELD: Status.HELD.value,
}
SECOND = "该客户的信息已有单位先行提报，按第5.1条不重复计算；先行的无效时依次递补。"
TO_DO = {
    Status.INVALID: "填写有误的，改正后重新提报，按新的接收时间计；无误的不必办理。",
    Status.DUPLICATE: "不必办理；确属另一次采购的，另交《信息变更申请单》。",
    Status.HELD: "等候人工复核，不必重复提报；有材料说明不是同一采购的，请交市场策略科。",
}
LACKING_TO_DO = "补齐后重新提报，先后按新的接收时间计。"
FORM_TO_DO = "{:%Y-%m-%d} 当日及以前改正并重新提报的，保留原次序。"
SUSPECTED = "疑似与先行提报的信息重复，由人工复核后确定。"


def receipt(session: Session, documents: pd.DataFrame, as_of: datetime) -> dict[int, dict[int, dict[str, Any]]]:
    """Document → row → verdict of the import, clause, number, customer, place as known at ``as_of``, note, what to do."""
    register = session.register
    found = _returned(session, documents)
    columns = ["document", "lead", "number", "row", "customer"]
    leads = register.read("lead", columns, where={"document": documents["document"].tolist()})
    if leads.empty:
        return found
    ids = leads["lead"].unique().tolist()
    places = _places(states_near(session, ids, as_of))
    steps = register.read("transition", ["entry", "lead", "status", "clause"], where={"lead": ids})
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
                "todo": TO_DO.get(status),
            }
    return found


def _returned(session: Session, documents: pd.DataFrame) -> dict[int, dict[int, dict[str, Any]]]:
    """Document → row → what to do with a row that was returned: in time and it keeps its place, or not (5.2, D18)."""
    register, found = session.register, dict[int, dict[int, dict[str, Any]]]()
    rows = register.read(
        "return_ground", ["document", "row", "ground"], where={"document": documents["document"].tolist()}
    )
    received = dict(zip(documents["document"], documents["received_at"], strict=True))
    for document, row, ground in rows.itertuples(index=False):
        until = form_grace_until(received[document], session.policy) if ground == FORM else None
        todo = LACKING_TO_DO if until is None else FORM_TO_DO.format(until)
        found.setdefault(int(document), {})[int(row)] = {"todo": todo}
    for document, mine in found.items():
        for row in taken_since(register, document) & set(mine):
            del mine[row]
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
