"""An action is declared once; permissions, words of the trail, its kind and the page on roles follow from it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

import workbench.capabilities  # noqa: F401 - the declarations
from workbench.platform.access.actions import (
    Action,
    Kind,
    Recorded,
    actions,
    allowed,
    allowed_actions,
    dated,
    is_custody,
    recorded,
)
from workbench.platform.access.roles import ROLES
from workbench.platform.access.trail import summary
from workbench.platform.capability import Capability, extended

ROOT = Path(workbench.__file__).resolve().parent.parent
TRIAL = Action("try", "试行", ("clerk", "approver"), Kind.DATED, ("number", "verdict"))
# what each stored entry shows of its detail in one line; nothing else gets in
SHOWN = {
    "init": "市场策略 张三",
    "refused": "批准核算（市场策略）",
    "wrong_passphrase": "2 次",
    "import": "2 个文件，接收 5 行，退回 1 行",
    "receipt": "3 份",
    "reveal": "DK202601-00001 核对",
    "archive_add": "DK202601-00001",
    "archive_get": "DK202601-00001 核对",
    "backup": "a.wbk",
    "backup_test": "a.wbk",
    "restore": "a.wbk",
    "restore_confirm": "核对",
    "user_add": "市场策略 张三",
    "user_passphrase": "张三",
    "user_revoke": "张三",
    "deliver": "1 份",
    "decide": "DK202601-00001 重复",
    "decide_change": "DK202601-00001 重复",
    "withdraw_import": "DK202601-00001 重复",
    "prepare_register": "2026-01",
    "observation_seen": "DK202601-00001",
    "override": "DK202601-00001 重复",
    "dispatch": "S001 2 条",
    "dispatch_again": "S001 2 条",
    "publish": "2026-01-10",
    "close": "2026-01",
    "submit": "2026Q1 2026-04-03",
    "approve": "2026Q1",
    "send_back": "核对 2026Q1",
    "pay": "2026Q1 财务计划部",
    "rule": "DK202601-00001",
    "assess_manager": "2026Q1",
    "consent_file": "DK202601-00001",
    "incident_notices": "DK202601-00001",
    "incident_step": "DK202601-00001",
    "retention_propose": "DK202601-00001",
    "retention_decide": "DK202601-00001 重复",
    "retention_dispose": "DK202601-00001",
    "retention_certify": "DK202601-00001",
    "consent_record": "DK202601-00001",
    "consent_withdraw": "DK202601-00001",
    "prepare_custody_book": "2026-01",
    "disclosure_decide": "DK202601-00001 重复",
    "disclosure_hand_over": "DK202601-00001",
    "destroy": "0 个 核对",
    "trust": "核对",
}
DETAIL = {
    "number": "DK202601-00001",
    "verdict": "重复",
    "reason": "核对",
    "due_on": "2026-01-10",
    "month": "2026-01",
    "quarter": "2026Q1",
    "payer": "财务计划部",
    "as_of": "2026-04-03",
    "wanted": "approve",
    "role": "clerk",
    "file": "a.wbk",
    "user": "张三",
    "tries": [["张三", "x"], ["李四", "y"]],
    "files": {"a": ["lead_record", 3, 1], "b": ["organization", 2, 0]},
    "documents": [1, 2, 3],
    "codes": ["K7QF-2M9X"],
    "sections": {"S001": 2},
    "phone": "13700001234",
}


def test_what_an_entry_shows_in_one_line():
    """Of named parts only: a part that is new, or personal, stays out."""
    assert {name: text for name in recorded() if (text := summary(name, DETAIL))} == SHOWN
    assert summary("of_a_newer_program", DETAIL) == ""


def test_the_table_of_permissions_reads_both_ways():
    """By action and by role."""
    assert {(role, action.name) for role in ROLES for action in allowed_actions(role)} == {
        (role, name) for name, action in actions().items() for role in action.roles
    }
    assert [role for role in ROLES if allowed(role, "approve")] == ["approver"]
    with pytest.raises(KeyError):
        allowed("clerk", "nothing")
    with pytest.raises(KeyError):
        allowed("nobody", "list")


def test_a_capability_brings_its_own():
    """Permission, word, kind and the row of the page, from one line."""
    with extended(Capability("trial", "试行", actions=(TRIAL,))):
        assert allowed("approver", "try") and not allowed("analyst", "try")
        assert recorded()["try"] == Recorded("try", "试行", Kind.DATED, ("number", "verdict"))
        assert "try" in dated() and not is_custody("try")
        assert summary("try", DETAIL) == "DK202601-00001 重复"
        assert "| 试行 | trail | ✓ |  |  |  | ✓ |  |  |  |  |" in page().role_table().splitlines()
    assert "try" not in actions() and "try" not in recorded()


@pytest.mark.parametrize("other", [{"roles": ()}, {"roles": ("nobody",)}, {"word": ""}])
def test_an_action_has_a_word_and_known_roles(other):
    """Otherwise it cannot be declared."""
    with pytest.raises(ValueError, match="needs a word and known roles"):
        Action(**{"name": "try", "word": "试行", "roles": ("clerk",), **other})


def test_a_name_stands_once():
    """Also across capabilities."""
    again = Action("dispatch", "转交", ("clerk",))
    with extended(Capability("trial", "试行", actions=(again,))), pytest.raises(ValueError, match="dispatch"):
        actions()


def test_what_is_allowed_before_a_restore_is_confirmed_is_no_business():
    """Nothing that counts at a time of its own, and nothing unknown."""
    assert not any(is_custody(name) for name in dated())
    assert not is_custody("of_a_newer_program")


def page():
    """The builder of the documentation."""
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "docs" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
