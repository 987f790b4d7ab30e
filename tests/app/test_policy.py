"""The policy in use: every capability's regulations, one of them replaced by the file a company names."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from tests.support.strategies import World
from workbench.app.context import policy_in_use
from workbench.app.policy import load_policy
from workbench.capabilities.settlement.settlement import settle
from workbench.core.errors import WrongUse
from workbench.interfaces.cli import main
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
    assert found == [
        ("DKHW080004", 4, 31),
        ("大客户管理制度", 1, 24),
        ("客户信息及档案管理制度", 1, 7),
        ("大客户信息收集管理办法（每周上报）", 1, 1),
        ("大客户管理的方法和策略", 1, 1),
        ("银行大客户管理流程", 1, 5),
        ("顾客信息管理制度", 1, 11),
        ("客户信息管理制度", 1, 7),
        ("客户信息综合管理制度", 1, 6),
    ]


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
    assert "车辆管理制度" in refused.value.zh and "DKHW080004、大客户管理制度、客户信息" in refused.value.zh


LEADING = next(Path(file) for file in declared("regulation_files") if Path(file).stem == "dkhw080004")
LINES = LEADING.read_text(encoding="utf-8").splitlines()
QUANTITY = next(number for number, line in enumerate(LINES, 1) if "minimum_quantity, title: 标的量下限" in line)
UNIT = next(number for number, line in enumerate(LINES, 1) if "key: overdue_unit" in line)

# what is written instead of what → where it is said to be, and what of it
FAULTS = {
    "no YAML": ("editions:", "editions: [", None, "不合 YAML 格式"),
    "key missing": (
        "title: 标的量下限, ",
        "",
        f"第 {QUANTITY} 行（parameters › minimum_quantity › title）",
        "缺少这一项",
    ),
    "unknown key": ("title: 标的量下限", "title: 标的量下限, note: 1", f"第 {QUANTITY} 行", "不认识"),
    "wrong type": ("标的量下限, value: 3", "标的量下限, value: 三", f"第 {QUANTITY} 行", "单位：台"),
    "of another kind": ("标的量下限, value: 3", "标的量下限, value: {a: 1}", f"第 {QUANTITY} 行", "类型不对"),
    "negative": ("标的量下限, value: 3", "标的量下限, value: -3", f"第 {QUANTITY} 行", "不能取这个值"),
    "no rate": ("季度项目转化率, value: 40", "季度项目转化率, value: 很多", "parameters", "类型不对"),
    "unknown word": ("行政级别, value: 县级及以下", "行政级别, value: 村级", "taxi_level_limit", "不能取这个值"),
    "unknown reading": ("value: lead\n", "value: week\n", f"第 {UNIT + 1} 行（readings › D11 › value）", "不能取 week"),
    "reading of another type": ("value: lead\n", "value: 1\n", f"第 {UNIT + 1} 行", "不能取 1"),
    "no such day": ("from: 2008-02-14", "from: 第四版", "editions › 4 › from", "类型不对"),
    "parameter lacking": ("name: minimum_quantity", "name: smallest_quantity", "parameters", "缺少“minimum_quantity”"),
    "reading lacking": ("- id: D11\n", "- id: E11\n", "readings", "缺少“D11”"),
    "no regulation": (None, "- 1\n- 2\n", None, "不是规章"),
    "empty": (None, "", None, "不是规章"),
    "not text": (None, b"\xff\xfe\x00", None, "无法读取"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_of_the_wrong_shape_is_refused_in_a_sentence(fault, tmp_path, capsys, monkeypatch):
    """With the file, the line and the name of the entry; exit code 2, in both languages."""
    old, new, place, reason = FAULTS[fault]
    path, text = tmp_path / "规章.yaml", LEADING.read_text(encoding="utf-8")
    written = new if old is None else text.replace(old, new)
    assert written != text
    path.write_bytes(written if isinstance(written, bytes) else written.encode())
    monkeypatch.setenv("WORKBENCH_POLICY", str(path))
    assert main(["templates", "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert str(path) in told and reason in told and (place or "") in told and told.count("\n") == 1
    assert main(["templates", "--out", str(tmp_path / "out"), "--lang", "en"]) == 2
    assert str(path) in capsys.readouterr().err


def test_every_alternative_of_a_reading_can_be_written_into_the_file(tmp_path):
    """The line ``value`` below its ``key`` is changed, nothing else."""
    known, tried = load_policy(), 0
    for reading in known.leading.readings.values():
        for value in reading.alternatives:
            lines, plain = list(LINES), yaml.safe_dump(value).splitlines()[0]
            place = next(number for number, line in enumerate(lines) if line.strip() == f"key: {reading.key}")
            lines[place + 1] = lines[place + 1].split(":")[0] + f": {plain}"
            path = tmp_path / f"{reading.key}_{tried}.yaml"
            path.write_text("\n".join(lines), encoding="utf-8")
            assert load_policy(path).reading(str(reading.key), DAY) == value
            tried += 1
    assert tried >= 8


@pytest.mark.slow
def test_any_parameter_can_be_repealed_by_a_later_edition(tmp_path):
    """From its day on there is none, and a quarter with its statuses is worked out without it."""
    world, tried = World(3), 0
    last = world.quarters[-1]
    for regulation in load_policy().regulations:
        for name in regulation.parameters:
            if load_policy().value(name, DAY) is None:  # none to begin with: the company has not set it
                continue
            folder = tmp_path / name
            folder.mkdir()
            policy = load_policy(changed(folder, regulation.document, **{name: None}))
            assert policy.value(name, date(2026, 12, 31)) is not None and policy.value(name, date(2027, 1, 1)) is None
            if regulation.document == policy.leading.document:  # no other is settled by
                assert settle(world.facts, last, world.until, policy).quarter == last
            tried += 1
    assert tried >= 31
