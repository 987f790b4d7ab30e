"""The policy in use: every capability's regulations, one of them replaced by the file a company names."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from workbench.app.context import policy_in_use
from workbench.app.policy import load_policy
from workbench.core.errors import WrongUse
from workbench.platform.capability import declared

DAY = date(2026, 6, 30)


def changed(tmp_path: Path, document: str, **parameters) -> Path:
    """A copy of a regulation's file with an edition 2027 more."""
    known = [yaml.safe_load(Path(file).read_text(encoding="utf-8")) for file in declared("regulation_files")]
    own = next(each for each in known if each["document"] == document)
    own["editions"].append({"edition": 9, "from": date(2027, 1, 1), "parameters": parameters})
    path = tmp_path / "规章.yaml"
    path.write_text(yaml.safe_dump(own, allow_unicode=True), encoding="utf-8")
    return path


def test_each_regulation_has_its_own_file_and_editions():
    """Their documents, the number of the newest edition, and how many parameters each has."""
    found = [(each.document, each.editions[-1].edition, len(each.parameters)) for each in load_policy().regulations]
    assert found == [("DKHW080004", 4, 27), ("大客户管理制度", 1, 1), ("顾客信息管理制度", 1, 3)]


def test_a_file_replaces_the_regulation_of_its_document_only(tmp_path):
    """The share of key accounts changes with its own document; the leading one keeps every number and its edition."""
    path = changed(tmp_path, "大客户管理制度", key_account_share=4)
    policy, before = policy_in_use({"WORKBENCH_POLICY": str(path)}), load_policy()
    days = (DAY, date(2026, 12, 31), date(2027, 1, 1))
    assert [policy.value("key_account_share", day) for day in days] == [
        Fraction(1, 20),
        Fraction(1, 20),
        Fraction(1, 25),
    ]
    assert policy.leading == before.leading
    assert [policy.edition_on(day) for day in days] == ["DKHW080004/4"] * 3


def test_a_file_of_the_leading_regulation_leaves_the_others_alone(tmp_path):
    """The other way round."""
    path = changed(tmp_path, "DKHW080004", minimum_quantity=5)
    policy, before = policy_in_use({"WORKBENCH_POLICY": str(path)}), load_policy()
    assert (policy.value("minimum_quantity", DAY), policy.value("minimum_quantity", date(2027, 1, 1))) == (3, 5)
    assert policy.regulations[1:] == before.regulations[1:]


def test_a_regulation_nobody_carries_out_is_refused(tmp_path):
    """The file is named, and so are the documents there are."""
    path = changed(tmp_path, "大客户管理制度")
    path.write_text(path.read_text(encoding="utf-8").replace("大客户管理制度", "车辆管理制度"), encoding="utf-8")
    with pytest.raises(WrongUse) as refused:
        policy_in_use({"WORKBENCH_POLICY": str(path)})
    assert refused.value.code == "unknown_regulation"
    assert "车辆管理制度" in refused.value.zh and "DKHW080004、大客户管理制度、顾客信息管理制度" in refused.value.zh
