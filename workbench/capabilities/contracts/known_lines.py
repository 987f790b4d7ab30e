"""The lines of contracts as they stood at a moment, and what a line has to fit among (D25, D34)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pandas as pd

from workbench.capabilities.contracts.line_checks import Contracts
from workbench.capabilities.leads.changes import Matter, effective
from workbench.capabilities.leads.contract_history import model_key, with_new_lines, without_given_back
from workbench.capabilities.leads.contract_limits import first_registered
from workbench.platform.register.facts import load_facts
from workbench.platform.register.store import Register

COMPARED = ["quantity", "amount_fen", "signed_on", "picked_up", "cumulative", "unit", "model", "progress"]
LINE = ["month", "contract", "lead", "model_key"]


def known_lines(register: Register, contracts: Collection[str], at: datetime) -> pd.DataFrame:
    """The lines of some contracts that stood at a moment, column ``model_key`` added."""
    columns = ["contract_line", "month", "contract", "lead", *COMPARED, "at", "document", "row"]
    lines = register.read("contract_line", columns, where={"contract": sorted(contracts)})
    lines = with_new_lines(lines[lines["at"] <= at], register.read)
    lines = lines.assign(model_key=lines["model"].map(model_key))
    for row in register.read("contract_withdrawal", ["month", "contract", "lead", "model", "at"]).itertuples():
        if row.at <= at:
            same = lines["month"].eq(row.month) & lines["contract"].eq(row.contract) & lines["lead"].eq(row.lead)
            lines = lines[~(same & lines["model_key"].eq(row.model) & (lines["at"] < row.at))]
    newest = lines.sort_values(["at", "document"]).drop_duplicates(LINE, keep="last").set_index(LINE)["document"]
    last = newest.reindex(pd.MultiIndex.from_frame(lines[LINE])).to_numpy()
    return lines[lines["document"].to_numpy() == last].reset_index(drop=True)


def fitting_in(register: Register, standing: pd.DataFrame, states: pd.DataFrame, at: datetime) -> Contracts:
    """What lines have to fit among at a moment: the standing ones, whose the leads are (``states``), confirmed splits."""
    facts = load_facts(register, states.index.tolist(), taken_back=False).up_to(at)
    asked = effective(facts)
    splits = asked[asked["matter"] == Matter.SPLIT]
    standing = standing.rename(columns={"model": "name", "model_key": "model"})
    return Contracts(
        standing.astype(object).where(standing.notna(), None),
        states["reporter"].to_dict(),
        states["number"].to_dict(),
        frozenset(zip(splits["value"], splits["lead"].astype(int))),
        first_registered(_told(register, set(standing["contract"]), at)),
    )


def _told(register: Register, contracts: Collection[str], at: datetime) -> pd.DataFrame:
    """All lines of some contracts that were received by a moment, those that count no more too."""
    columns = ["contract", "lead", "month", "quantity", "at", "document", "row"]
    told = register.read("contract_line", columns, where={"contract": sorted(contracts)})
    return without_given_back(told[told["at"] <= at], register.read).rename(columns={"document": "file"})
