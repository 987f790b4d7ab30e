"""A register with leads of one quarter, and an analyst besides its custodian."""

from __future__ import annotations

import pytest

from tests.reports import synthetic
from workbench.interfaces.cli import main
from workbench.platform.register.keys import unlock

ANALYST, PASSPHRASE = "分析员", "分析员在蓝色的帆船绕过灯塔 two"


@pytest.fixture(scope="session")
def facts():
    """Three hundred leads and their life in one quarter."""
    return synthetic.facts(300)


@pytest.fixture(scope="session")
def register(facts, tmp_path_factory):
    """An encrypted register of them."""
    path = synthetic.register(tmp_path_factory.mktemp("register") / "登记册.db", facts, synthetic.PASSPHRASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_PASSPHRASE", synthetic.PASSPHRASE)
        patch.setenv("WORKBENCH_NEW_PASSPHRASE", PASSPHRASE)
        custodian = unlock(path, None, synthetic.PASSPHRASE)[0]
        added = ["users", "add", ANALYST, "--role", "analyst", "--register", str(path), "--user", custodian]
        assert main(added) == 0
    return path


@pytest.fixture
def at_desk(register, tmp_path, monkeypatch):
    """The analyst's environment, in a folder of his own."""
    for name, value in (("REGISTER", str(register)), ("USER", ANALYST), ("PASSPHRASE", PASSPHRASE)):
        monkeypatch.setenv(f"WORKBENCH_{name}", value)
    monkeypatch.chdir(tmp_path)
    return tmp_path
