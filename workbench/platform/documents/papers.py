"""What a register knows of its signed papers: the digest of each, and who could sign when (S7).

A signature alone says that somebody who was certified once signed; he can do so at any time, also after he was revoked, and
write any time he likes. So every receipt, manifest and delivered copy is entered in the trail, by its digest, before it is
handed out. A paper the trail does not know is none. The same can be asked without the register, of a list a custodian
exported and the house key signed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from workbench.core.errors import RegisterError, WrongUse
from workbench.core.messages import Message
from workbench.platform.access import persons
from workbench.platform.access.session import Session
from workbench.platform.documents.signatures import TrustedKey, trusted_key
from workbench.platform.register.signatures import Standing

PURPOSE, LARGEST = "papers", 256 << 20
DIGESTS = "digests"  # the part of an entry's detail that holds those of the papers made by it
MADE_BY = ("report", "receipt", "deliver")  # the entries papers are made by
RECORDED, EARLIER, UNCHECKED = "recorded", "earlier", "unchecked"


@dataclass(frozen=True)
class Certificate:
    """A key (public half, hex) somebody could sign with: from which entry of the trail, and until which (None: still)."""

    user: str
    role: str
    key: str
    since: int
    until: int | None


@dataclass(frozen=True)
class Paper:
    """The entry a paper was made by: its number, actual time, user and kind."""

    entry: int
    at: str
    user: str
    kind: str


@dataclass(frozen=True)
class Papers:
    """What is known of papers up to the entry ``head``. ``since``: from which entry on every paper was entered.

    ``certificates``: empty where the register was never brought over to signed rosters. ``made_at``: of a list,
    which may be older than a paper.
    """

    register: str
    head: int
    since: int
    certificates: tuple[Certificate, ...]
    papers: Mapping[str, Paper]
    made_at: str | None = None

    def check(self, kind: str, signed: dict[str, Any], what: str | Message) -> str:
        """Whether a genuine paper was entered when it was made: ``recorded``, or ``earlier`` than papers were.

        Raises RegisterError ``not_recorded`` for one the trail should know and does not; ``newer_paper`` where the list
        is older than the paper, ``other_history`` where the register does not reach it.
        """
        block = signed["signature"]
        known = self.papers.get(digest(signed))
        if known is not None and (known.kind, known.user) == (kind, block["user"]):
            return RECORDED
        entry = int(str(signed["register_head"]).partition(":")[0])
        made = str(next((signed[name] for name in ("made_at", "issued_at", "at") if name in signed), ""))
        if self.made_at is not None and (entry >= self.head or made > self.made_at):
            raise RegisterError("newer_paper", what=what)
        if entry > self.head:
            raise RegisterError("other_history")
        certified = any(
            (each.user, each.key) == (block["user"], block["key"])
            and each.since <= max(entry, self._first())
            and (each.until is None or entry < each.until)
            for each in self.certificates
        )
        if entry >= self.since or (self.certificates and entry >= self._first() and not certified):
            raise RegisterError("not_recorded", what=what, user=block["user"])
        return EARLIER

    def _first(self) -> int:
        """The entry of the first signed roster."""
        return min((each.since for each in self.certificates), default=0)


def digest(signed: dict[str, Any]) -> str:
    """SHA-256 (hex) of a signed paper with its signature, in one canonical form."""
    return hashlib.sha256(json.dumps(signed, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def of(session: Session, *, proven: bool = True) -> Papers:
    """What the open register knows of its papers.

    Entries that do not hold together, or that their users may not have made, count for nothing here, unless they are taken as
    they stand (not ``proven``).
    """
    register, doubted = session.register, set[int | None]()
    with register.snapshot():
        if proven:
            doubted = {breach.entry for breach in (*register.entry_breaches(), *persons.breaches(register))}
        rows = register.read("entry", ["entry", "recorded_at", "user", "action", "detail"])
        copies = register.read("delivery", ["entry", "code", "ticket"])
        standing, head = register.standing(), int(register.head().partition(":")[0])
    tickets: dict[int, dict[str, str]] = {}
    for row in copies.to_dict("records"):
        tickets.setdefault(row["entry"], {})[row["code"]] = digest(row["ticket"])
    found: dict[str, Paper] = {}
    since = None
    for row in rows.to_dict("records"):
        detail, number = row["detail"], row["entry"]
        if since is None and (DIGESTS in detail or (row["action"] == "init" and detail.get("papers"))):
            since = number
        if (row["action"] not in MADE_BY and DIGESTS not in detail) or number in doubted:
            continue
        made = detail.get(DIGESTS)
        if made is None:  # a delivery of an earlier version: its codes are in the entry, its tickets in the table
            made = [tickets.get(number, {}).get(code, "") for code in detail.get("codes", ())]
        paper = Paper(number, row["recorded_at"].isoformat(), row["user"], row["action"])
        found |= dict.fromkeys(made, paper)
    return Papers(
        register.keys.register_id, head, head + 1 if since is None else since, tuple(_certificates(standing)), found
    )


def _certificates(standing: Standing) -> list[Certificate]:
    """Who could sign with which key, by the rosters of the trail; a revocation, or another key, ends it."""
    found: list[Certificate] = []
    running: dict[tuple[str, str, str], int] = {}
    for number, members in sorted(standing.held.items()):
        now = {(member.user, member.role, member.key) for member in members.values()}
        for gone in [each for each in running if each not in now]:
            found.append(Certificate(*gone, since=running.pop(gone), until=number))
        for each in now - running.keys():
            running[each] = number
    found += [Certificate(*each, since=since, until=None) for each, since in running.items()]
    return sorted(found, key=lambda each: (each.since, each.user))


def export(session: Session) -> dict[str, Any]:
    """The list for those who check papers without the register, signed by the house key.

    Raises RegisterError ``not_allowed``, ``no_field_key`` for who does not hold it.
    """
    session.require("audit")
    keys = session.register.keys
    if keys.house_seed is None:
        raise RegisterError("no_field_key/papers")
    known = of(session)
    body = {
        "register": known.register,
        "house": keys.house,
        "made_at": session.now.isoformat(),
        "by": session.user,
        "head": known.head,
        "since": known.since,
        "certificates": [asdict(each) for each in known.certificates],
        "papers": {name: asdict(paper) for name, paper in known.papers.items()},
    }
    signer = Ed25519PrivateKey.from_private_bytes(keys.house_seed)
    return {**body, "house_signature": signer.sign(_message(body)).hex()}


def read(path: Path, known: TrustedKey) -> Papers:
    """A list as it was exported. Raises WrongUse ``bad_papers``; RegisterError ``other_register``, ``altered``."""
    what = Message.of("paper/papers", name=path.name)
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size <= LARGEST else None
        signature, house = bytes.fromhex(found.pop("house_signature")), str(found["house"])
        papers = {str(name): Paper(**paper) for name, paper in found["papers"].items()}
        certificates = tuple(Certificate(**each) for each in found["certificates"])
        head, since = int(found["head"]), int(found["since"])
        read = Papers(str(found["register"]), head, since, certificates, papers, str(found["made_at"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise WrongUse("bad_papers", path=path.name) from None
    if house != known.house or known.register not in (None, read.register):
        raise RegisterError("other_register/signed", what=what)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(house)).verify(signature, _message(found))
    except (InvalidSignature, ValueError):
        raise RegisterError("altered", what=what) from None
    return read


def _message(body: Mapping[str, Any]) -> bytes:
    return json.dumps([PURPOSE, body], sort_keys=True, ensure_ascii=False).encode()


def of_trusted(session: Session, *, proven: bool = True) -> tuple[TrustedKey, Papers]:
    """The key of an open register and what it knows of its papers (``of``)."""
    return trusted_key(session), of(session, proven=proven)
