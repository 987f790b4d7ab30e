"""People with roles and passphrases of their own."""

from __future__ import annotations

PEOPLE = {
    "文员": ("clerk", "清晨的集市飘着豆浆香 one", ()),
    "领导": ("approver", "山谷里传来三声钟响 three", ()),
    "核实员": ("verifier", "雨后青苔爬满了台阶 five", ("--section", "S002")),
    "政府核实员": ("verifier", "石桥下的流水声很轻 nine", ("--section", "S001")),
    "审计员": ("auditor", "旧书店门口的石狮子 four", ()),
    "分析员": ("analyst", "蓝色的帆船绕过灯塔 two", ()),
}
ANALYST, ANALYST_PASSPHRASE = "分析员", "分析员在蓝色的帆船绕过灯塔 two"
