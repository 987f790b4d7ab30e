"""Personal data stay in the encrypted register, the submitted templates and the sections' workbooks."""

from __future__ import annotations

import re

from tests.support.contents import contents, without_digests
from tests.support.office import lead

NAMES = ("张联系", "李提报", "刘密联")
PHONE = re.compile(rb"1[3-9]\d{9}|137\d{8}")


def test_no_phone_and_no_contact_name_outside_the_templates(first_quarter):
    """Register files, managers' workbooks, pages, notebooks, manifests and terminal output hold neither."""
    said = first_quarter.run("report", "季度奖惩核算报告", "--period", "2026Q1", "--out", first_quarter.folder / "报告")
    for name in ("月度目标分解与完成情况", "信息转化率月报"):
        said += first_quarter.run("report", name, "--period", "2026-03", "--out", first_quarter.folder / "报告")
    said += first_quarter.run("leads") + first_quarter.run("rules")
    files = [
        path for folder in ("报告", "通报") for path in (first_quarter.folder / folder).rglob("*") if path.is_file()
    ]
    assert {path.suffix for path in files} == {".xlsx", ".html", ".ipynb", ".json"}
    files += list(first_quarter.folder.glob("登记册.db*"))
    assert len(files) > 12
    for path in files:
        for part, raw in contents(path):
            text = raw.decode("utf-8", errors="ignore")
            assert not [name for name in NAMES if name in text], part
            phones = [found for found in PHONE.findall(raw) if found.startswith((b"1390000", b"1370000"))]
            assert not phones, part
            assert not [name for name in NAMES if name in path.name]
    assert not [name for name in NAMES if name in said]
    assert not PHONE.search(without_digests(said).encode())
    assert (
        b"\xe6\xb1\x9f\xe5\x9f\x8e" not in (first_quarter.folder / "登记册.db").read_bytes()
    )  # not even a customer's name


def test_findings_and_faults_do_not_repeat_what_was_typed(staffed, monkeypatch):
    """A bad phone is named by its cell, not by its digits; a fault is named by place, not by value."""
    rows = [lead("江城公交", 联系方式="1390000"), lead("江城物流", 第三方联系人="刘密联", 联系方式=None)]
    staffed.run("import", staffed.leads("D001", "表.xlsx", rows), "--received-at", "2026-01-05T09:00:00", code=1)
    out = staffed.run("check", staffed.folder / "收件" / "表.xlsx", code=1) + staffed.said
    assert "1390000" not in out
    assert "刘密联" not in out
    import workbench.capabilities.leads.listing as listing

    def broken(*_: object) -> None:
        raise ValueError("刘密联 13900001111")

    monkeypatch.setattr(listing, "list_leads", broken)
    staffed.run("leads", code=3)
    assert "刘密联" not in staffed.said
    assert "13900001111" not in staffed.said
    assert "ValueError" in staffed.said
