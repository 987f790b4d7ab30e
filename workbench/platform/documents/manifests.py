"""The manifest of a report's run: what the files are, what they rest on and who made them, signed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError, WrongUse
from workbench.core.messages import Message
from workbench.platform.access.platform_actions import report_action
from workbench.platform.access.session import Session
from workbench.platform.documents.papers import UNCHECKED, Papers, digest, of_trusted
from workbench.platform.documents.signatures import TrustedKey, sign_document, verify_signature
from workbench.platform.register.keys import Keys
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.rules_used import differences

PURPOSE, ENDING = "manifest", ".manifest.json"
ACTIONS = ("report",)  # what its signer has to be allowed
LARGEST = 4 << 20
SAME, UNKNOWN = "same", "unknown"
_HEAD = re.compile(r"[0-9]{1,15}:[0-9a-f]{64}")
_TEXTS = ("report", "period", "edition", "as_of", "register_head")


@dataclass(frozen=True)
class Origin:
    """What a genuine file is: ``file`` as the run named it, the report, what it rests on, who made it, which files fit.

    ``recipient`` and ``code``: of a delivered copy, whose it is and its mark. ``recorded``: whether the register entered it
    when it was made (``papers``). ``rules``: whether its rule book and calendar are those in use here (SAME), or nothing
    can be known of them (UNKNOWN: made by an earlier version, or not compared).
    """

    file: str
    report: str
    period: str
    edition: str
    as_of: str
    head: str
    register: str
    user: str
    role: str
    files: tuple[str, ...] = ()
    recipient: str | None = None
    code: str | None = None
    recorded: str = UNCHECKED
    rules: str = UNKNOWN


def issue(session: Session, manifest: dict[str, Any]) -> dict[str, Any]:
    """A run's manifest, signed by who ran it and entered in the trail before it is handed out.

    Raises RegisterError ``not_allowed``.
    """
    return issue_all(session, [manifest], manifest["report"], manifest["period"])[0]


def issue_all(session: Session, manifests: Sequence[dict[str, Any]], report: str, period: str) -> list[dict[str, Any]]:
    """The manifests of what was made together, signed and entered in the trail by one entry. Raises as ``issue``."""
    session.require(report_action(report))
    keys, made_at = session.register.keys, session.now.isoformat()
    signed = [sign_manifest(keys, {**manifest, "made_at": made_at}) for manifest in manifests]
    digests = [digest(each) for each in signed]
    with session.transaction("report", session.now, report=report, period=period, digests=digests):
        pass
    return signed


def sign_manifest(keys: Keys, manifest: dict[str, Any]) -> dict[str, Any]:
    """A run's manifest with register, house key, ``by`` and the signature of who ran it."""
    return sign_document(keys, PURPOSE, {**manifest, "by": keys.user})


def manifest_of(report: Path) -> Path:
    """Where the manifest of a report's file stands: beside it, under the same name; of a short workbook under that of the whole."""
    if report.name.endswith(ENDING):
        return report
    own, whole = (report.with_name(stem + ENDING) for stem in (report.stem, report.stem.rpartition("_")[0]))
    return own if own.exists() or not whole.exists() else whole


def read(path: Path) -> dict[str, Any]:
    """A manifest as it stands there. Raises WrongUse ``no_manifest``, ``bad_manifest``."""
    if not path.is_file():
        raise WrongUse("no_manifest", path=path.name)
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size <= LARGEST else None
        whole = isinstance(found, dict) and isinstance(found["files"], dict)
        whole = whole and all(isinstance(found[name], str) for name in _TEXTS)
    except (OSError, ValueError, KeyError, RecursionError):
        whole = False
    if not whole:
        raise WrongUse("bad_manifest", path=path.name)
    manifest: dict[str, Any] = found
    return manifest


def verify(
    report: Path,
    known: TrustedKey,
    manifest: Path | None = None,
    papers: Papers | None = None,
    policy: Policy | None = None,
) -> Origin:
    """That a file is the one a run of this register produced; a manifest itself: that its files beside it are.

    A manifest of a paper that is no report names the ``entry`` it was issued by. Needs no register; ``papers``: what one knows of its papers; ``policy``: the rule book and calendar it should rest
    on. A renamed file is still itself. Raises WrongUse ``no_such_file``, ``no_manifest``, ``bad_manifest``;
    RegisterError ``unsigned``, ``other_register``, ``altered``, ``not_entitled``, ``not_recorded``, ``newer_paper``,
    ``other_rules`` (the manifest), ``altered_report``.
    """
    if not report.is_file():
        raise WrongUse("no_such_file", path=report)
    place = manifest or manifest_of(report)
    found = read(place)
    what = Message.of("paper/manifest", name=place.name)
    block = verify_signature(known, PURPOSE, found, what, ACTIONS)
    recorded = papers.check(found.get("entry", "report"), found, what) if papers else UNCHECKED
    if report.resolve() == place.resolve():
        beside = [report.with_name(Path(name).name) for name in found["files"]]
        files = [path for path in beside if path.is_file()]
        if not files:
            raise WrongUse("no_such_file/of_manifest", place=place.name)
    else:
        files = [report]
    named = {sha256: name for name, sha256 in found["files"].items()}
    digests = [_sha256(path) for path in files]
    for path, sha256 in zip(files, digests, strict=True):
        if sha256 not in named:
            raise altered_report(path)
    return Origin(
        named[digests[0]],
        found["report"],
        found["period"],
        found["edition"],
        found["as_of"],
        found["register_head"],
        found["register"],
        block["user"],
        block["role"],
        tuple(path.name for path in files),
        recorded=recorded,
        rules=_rules(found, policy, what),
    )


def genuine(session: Session) -> Callable[[dict[str, Any]], bool]:
    """Tells whether a manifest is one of the open register's: signed by who may, entered when it was made (or made before
    papers were entered), resting on the register's own history, and on nothing that is still to come, but in a simulation.

    For the question what is still to be made, asked again and again: the entries are taken as they stand, ``verify`` proves
    the whole trail.
    """
    known, papers = of_trusted(session, proven=False)
    ahead = session.simulation or session.simulated

    def of_register(manifest: dict[str, Any]) -> bool:
        try:
            verify_signature(known, PURPOSE, manifest, "", ACTIONS)
            papers.check("report", manifest, "")
            head, as_of = str(manifest["register_head"]), datetime.fromisoformat(manifest["as_of"])
        except (RegisterError, ValueError, KeyError, TypeError):
            return False
        own = _HEAD.fullmatch(head) is not None and session.register.contains_head(head)
        return own and (ahead or as_of.date() <= session.now.date())

    return of_register


def _rules(manifest: dict[str, Any], policy: Policy | None, what: Message) -> str:
    """Whether a manifest's rule book is the one in use here. Raises RegisterError ``other_rules``, ``altered``."""
    if policy is None or "rules" not in manifest:
        return UNKNOWN
    try:
        other = differences(manifest["rules"], policy)
    except (KeyError, TypeError, ValueError):
        raise RegisterError("altered", what=what) from None
    if other:
        raise RegisterError("other_rules", what=what, edition=manifest["edition"], names=other[:5])
    return SAME


def altered_report(path: Path) -> RegisterError:
    """The refusal of a file that is not the one that was produced."""
    return RegisterError("altered_report", path=path.name)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
