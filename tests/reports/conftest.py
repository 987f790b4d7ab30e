"""Shared by the report tests: the made-up office, an encrypted register of it, and LibreOffice."""

from __future__ import annotations

import re
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from tests.reports import synthetic

RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""
AFTER = datetime(2026, 4, 3, 9)


@pytest.fixture(scope="session")
def facts():
    """Seven hundred leads and their life in one quarter."""
    return synthetic.facts()


@pytest.fixture(scope="session")
def quarter(facts):
    """The book some days after the quarter."""
    return synthetic.book(facts, AFTER)


@pytest.fixture(scope="session")
def register(facts, tmp_path_factory):
    """An encrypted register of the same facts, with contacts inside."""
    return synthetic.register(tmp_path_factory.mktemp("register") / "登记册.db", facts, synthetic.PASSPHRASE)


@pytest.fixture(scope="session")
def recalculate(tmp_path_factory):
    """Take the cached values out of a workbook's formulas and let LibreOffice compute them all."""
    profile = tmp_path_factory.mktemp("office")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")

    def convert(path: Path) -> Path:
        bare = profile / f"bare_{path.name}"
        _without_values(path, bare)
        out = profile / "out"
        command = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx"]
        subprocess.run([*command, "--outdir", str(out), str(bare)], check=True, capture_output=True, timeout=180)
        return out / bare.name

    return convert


def _without_values(source: Path, target: Path) -> None:
    """A copy whose formula cells hold no value at all."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            raw = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                raw = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", raw)
            new.writestr(name, raw)
