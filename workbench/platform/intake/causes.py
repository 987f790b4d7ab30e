"""What may have caused rows that say of other files that they count no more, or otherwise: read from the entry that holds them."""

from __future__ import annotations

from workbench.platform.register.store import Register
from workbench.platform.register.withdrawn import COPIES, TABLE


def taken_back(register: Register, entry: int) -> bool:
    """Whether each file that an entry takes back was asked for before, and is decided on by the entry itself."""
    own = {"entry": entry}
    taken = {str(number) for number in register.read(TABLE, ["withdrawn"], own, every=True)["withdrawn"]}
    decided = register.read("case_decision", ["name", "number"], own)
    asked = register.read("case_request", ["name", "number", "entry"], {"number": decided["number"].tolist()})
    asked = asked[asked["entry"] < entry][["name", "number"]]
    return taken <= {
        number
        for _, number in set(decided.itertuples(index=False, name=None)) & set(asked.itertuples(index=False, name=None))
    }


def received_earlier(register: Register, entry: int) -> bool:
    """Whether each file that an entry lets count in place of another came with it, has the same bytes and an earlier receipt."""
    said = register.read(COPIES, ["later", "earlier", "at"], {"entry": entry}, every=True)
    files = register.read("document", ["document", "sha256", "received_at", "entry"]).set_index("document")
    if not set(said["later"]) | set(said["earlier"]) <= set(files.index):
        return False
    later, earlier = (files.loc[said[name]].reset_index(drop=True) for name in ("later", "earlier"))
    return bool(
        earlier["entry"].eq(entry).all()
        and earlier["sha256"].eq(later["sha256"]).all()
        and earlier["received_at"].eq(said["at"]).all()
        and earlier["received_at"].lt(later["received_at"]).all()
    )
