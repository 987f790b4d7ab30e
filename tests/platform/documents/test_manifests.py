"""Manifests: who made a report from which data; each way to falsify one has its own sentence."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.documents import REPORT, Bureau
from tests.support.office import CLOCK, PASSPHRASE
from tests.support.source import ROOT
from workbench.app.policy import load_policy
from workbench.platform.access.session import enter
from workbench.platform.documents import manifests
from workbench.platform.register import key_slots

DATA = ROOT / "tests" / "compatibility" / "data" / "v0_1"
CLERK = ("方文员", "清晨的集市飘着豆浆香 0.1 clerk")
FIELDS = ("report", "period", "edition", "as_of", "register_head", "package_version", "by", "register", "house")


@pytest.fixture
def papers(bureau, tmp_path) -> Path:
    """The report's files, to alter; the workbook."""
    for path in bureau.report.parent.iterdir():
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / bureau.report.name


def manifest_of(workbook: Path) -> Path:
    """The manifest beside it."""
    return workbook.with_name(f"{REPORT}.manifest.json")


def rewrite(workbook: Path, **changes: object) -> None:
    """Change parts of the manifest; ``...`` takes one out."""
    path = manifest_of(workbook)
    document = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    path.write_text(json.dumps({k: v for k, v in document.items() if v is not ...}), encoding="utf-8")


def refused(bureau: Bureau, path: Path, *more: object) -> str:
    """The sentence a check ends with."""
    assert bureau.run("verify", path, "--key", bureau.key, *more, code=2) == ""
    return bureau.said


@pytest.mark.slow
def test_a_report_is_checked_without_the_register(bureau, papers, tmp_path):
    """What it is, from which data and edition, and by whom; in a process that knows of no register."""
    shutil.copy(bureau.key, tmp_path / "key.json")
    text = bureau.away(tmp_path, "verify", papers.name, "--key", "key.json")
    manifest = json.loads(manifest_of(papers).read_text(encoding="utf-8"))
    for word in (REPORT, manifest["edition"], manifest["as_of"], manifest["register"], manifest["register_head"]):
        assert word in text
    assert f"由 {manifest['by']}（信息管理员）生成并签名" in text
    bureau.away(tmp_path, "verify", papers.name, code=2)
    for other in (".html", ".ipynb", ".manifest.json"):
        assert "核验相符" in bureau.away(tmp_path, "verify", f"{REPORT}{other}", "--key", "key.json")


@pytest.mark.slow
def test_a_renamed_report_is_still_itself(bureau, papers):
    """By its bytes; its manifest has to be named."""
    renamed = papers.rename(papers.with_name("给领导.xlsx"))
    assert "找不到清单" in refused(bureau, renamed)
    document = json.loads(
        bureau.run("verify", renamed, "--key", bureau.key, "--manifest", manifest_of(papers), "--json")
    )
    assert (document["file"], document["genuine"]) == (f"{REPORT}.xlsx", True)


def test_an_altered_workbook_is_named(bureau, papers):
    """Even saved again without a change; the other files still are what they were."""
    book = load_workbook(papers)
    book.save(papers)
    assert "被改动或另存过" in refused(bureau, papers)
    assert "被改动或另存过" in refused(bureau, manifest_of(papers))
    bureau.run("verify", papers.with_suffix(".html"), "--key", bureau.key)


@pytest.mark.parametrize("field", FIELDS[:-2])
def test_an_altered_manifest_is_named(bureau, papers, field):
    """Whatever was altered in it."""
    rewrite(papers, **{field: "别的"})
    assert "内容与签名不符" in refused(bureau, papers)


def test_a_manifest_made_to_fit_another_workbook_is_named(bureau, papers):
    """A falsifier changes both."""
    import hashlib

    load_workbook(papers).save(papers)
    rewrite(papers, files={papers.name: hashlib.sha256(papers.read_bytes()).hexdigest()})
    assert "内容与签名不符" in refused(bureau, papers)


@pytest.mark.parametrize("field", ["register", "house"])
def test_another_registers_manifest_is_named(bureau, papers, field):
    """Not called altered."""
    rewrite(papers, **{field: "0" * 64})
    assert "属于另一份登记册" in refused(bureau, papers)
    bureau.run("verify", bureau.report, "--key", bureau.foreign_key(), code=2)
    assert "属于另一份登记册" in bureau.said


def test_missing_damaged_and_unsigned_manifests_are_told_apart(bureau, papers):
    """Three sentences."""
    rewrite(papers, signature=...)
    unsigned = refused(bureau, papers)
    manifest_of(papers).write_text("{", encoding="utf-8")
    damaged = refused(bureau, papers)
    manifest_of(papers).unlink()
    missing = refused(bureau, papers)
    assert "没有签名" in unsigned and "不是报告清单" in damaged and "找不到清单" in missing
    assert "找不到文件" in refused(bureau, papers.with_name("缺.xlsx"))


def test_with_the_register_the_data_is_found_in_its_history(bureau, monkeypatch):
    """And missed in a register of before, put back in its place."""
    assert "核验相符" in bureau.run("verify", bureau.report)
    monkeypatch.setenv("WORKBENCH_REGISTER", str(bureau.folder / "从前" / "登记册.db"))
    bureau.run("verify", bureau.report, code=2)
    assert "不在本登记册的历史中" in bureau.said
    monkeypatch.setenv("WORKBENCH_REGISTER", str(bureau.folder / "别家.db"))
    bureau.run("verify", bureau.report, code=2)
    assert "属于另一份登记册" in bureau.said


def test_the_public_key_betrays_nothing(bureau):
    """Register and key; printed and written alike."""
    noted = json.loads(bureau.key.read_text(encoding="utf-8"))
    assert noted == json.loads(bureau.run("audit", "key"))
    assert set(noted) == {"register", "house_key"}
    assert PASSPHRASE not in json.dumps(noted)


def test_an_altered_manifest_is_no_anchor(bureau, papers, tmp_path):
    """A falsifier who cut the trail would set back the heads noted in the manifests."""
    folder = tmp_path / "留存"
    folder.mkdir()
    shutil.copy(manifest_of(papers), folder)
    assert bureau.ask("audit", "verify", "--anchor", folder)["breaches"] == []
    rewrite(papers, register_head="1:" + "a" * 64)
    bureau.run("audit", "verify", "--anchor", manifest_of(papers), code=2)
    assert "被改动" in bureau.said
    rewrite(papers, register="0" * 32)
    bureau.run("audit", "verify", "--anchor", manifest_of(papers), code=2)
    assert "另一份登记册" in bureau.said


def test_backups_are_anchors(bureau, tmp_path):
    """A genuine one counts; one whose head was set back without the key is refused."""
    import zipfile

    bureau.run("backup", "--to", tmp_path / "备份")
    (path,) = (tmp_path / "备份").glob("*.wbk")
    for source in (path, tmp_path / "备份"):
        proof = bureau.ask("audit", "verify", "--anchor", source)
        assert (proof["breaches"], len(proof["anchors"])) == ([], 1)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    parts["manifest.json"] = json.dumps({**manifest, "register_head": "1:" + "a" * 64}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    for source in (path, tmp_path / "备份"):
        bureau.run("audit", "verify", "--anchor", source, code=2)
        assert path.name in bureau.said
    path.write_bytes(b"broken")
    bureau.run("audit", "verify", "--anchor", tmp_path / "备份", code=2)


def test_a_cut_tail_shows_against_a_backup(bureau, tmp_path, monkeypatch):
    """The register of before, against the backup of today."""
    bureau.run("backup", "--to", tmp_path / "备份")
    monkeypatch.setenv("WORKBENCH_REGISTER", str(bureau.folder / "从前" / "登记册.db"))
    (breach,) = bureau.ask("audit", "verify", "--anchor", tmp_path / "备份", code=1)["breaches"]
    assert breach["code"] == "anchor" and "尾部被截断" in breach["message"]


@pytest.mark.parametrize(
    ("role", "purpose", "counts"),
    [
        ("clerk", "manifest", True),
        ("custodian", "manifest", True),
        ("support", "manifest", False),
        ("verifier", "receipt", False),
        ("clerk", "receipt", True),
        ("analyst", "receipt", False),
        ("approver", "delivery", True),
        ("analyst", "delivery", False),
    ],
)
def test_only_who_may_make_a_paper_signs_it(bureau, role, purpose, counts):
    """A user's own key signs whatever he likes; what his certified role may not issue does not count."""
    from workbench.core.errors import RegisterError
    from workbench.platform.documents import delivery, manifests
    from workbench.platform.documents.signatures import TrustedKey, sign_document, verify_signature

    actions = {"manifest": manifests.ACTIONS, "receipt": ("import", "import"), "delivery": delivery.ACTIONS}[purpose]
    with bureau.session("custodian") as session:
        keys = session.register.keys
    slot = key_slots.new_slot(keys.register_id, keys.house_seed, "某人", role, None, [], "x")
    own = key_slots.decrypt_private_keys(keys.register_id, slot, "x")
    someone = replace(
        keys, user="某人", role=role, section=None, holds=(), own=own, certificate=slot["certificate"], house_seed=None
    )
    paper, known = sign_document(someone, purpose, {"a": 1}), TrustedKey(keys.house, keys.register_id)
    if counts:
        assert verify_signature(known, purpose, paper, "", actions)["user"] == "某人"
        return
    with pytest.raises(RegisterError) as refused:
        verify_signature(known, purpose, paper, "", actions)
    assert refused.value.code == "not_entitled"


def test_the_register_knows_its_own_manifests(bureau):
    """For the question what is still to be made: not one that was signed and never entered, made as of a day to come, resting on
    another history, or altered."""
    own = json.loads(manifest_of(bureau.report).read_text(encoding="utf-8"))
    body = {name: part for name, part in own.items() if name not in ("signature", "house", "register", "by")}
    with bureau.session("clerk") as session:
        known, keys = manifests.genuine(session), session.register.keys
        assert known(own)
        assert not known(manifests.sign_manifest(keys, {**body, "made_at": "2026-01-01T00:00:00"}))
        assert (
            not known({**own, "as_of": "2026-01-01T00:00:00"}) and not known({}) and not known({**own, "signature": {}})
        )
        for head in ("999999999:x", f"{10**20}:{'0' * 64}", f"1:{'0' * 64}"):
            assert not known(manifests.sign_manifest(keys, {**body, "register_head": head}))
        day = f"{session.now + timedelta(1):%Y-%m-%d}T00:00:00"
        (ahead,) = manifests.issue_all(session, [{**body, "as_of": day}], REPORT, "2026-01-10")
        assert not manifests.genuine(session)(ahead)
        assert manifests.genuine(replace(session, simulation=True))(ahead)


def test_manifests_of_before_papers_were_entered_are_known(tmp_path):
    """Of version 0.1: signed, resting on the register's history, in no entry."""
    shutil.copytree(DATA / "register", tmp_path / "register")
    with enter(tmp_path / "register" / "登记册.db", *CLERK, load_policy(), CLOCK) as session:
        known = manifests.genuine(session)
        found = [json.loads(path.read_text(encoding="utf-8")) for path in (DATA / "reports").glob("*.manifest.json")]
        assert len(found) == 9 and all(known(manifest) for manifest in found)
        assert not any(known({**manifest, "as_of": "2026-05-09T12:00:00"}) for manifest in found)
