"""What the first user of a register hears when a second one is added."""

from __future__ import annotations

from workbench.platform.access import actions


def test_the_first_user_is_told_what_he_may_no_longer_do(office, monkeypatch):
    """With the second user, once; the count is that of the table."""
    (custodian,) = [row["user"] for row in office.ask("users", "list") if row["role"] == "custodian"]
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", "清晨的集市飘着豆浆香 one")
    first = office.run("users", "add", "文员", "--role", "clerk")
    lost = [name for name, action in actions.actions().items() if "custodian" not in action.roles]
    assert f"等 {len(lost)} 项" in first
    assert "查看信息清单" in first
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", "山谷里传来三声钟响 three")
    assert "不再能" not in office.run("users", "add", "领导", "--role", "approver", "--user", custodian)
