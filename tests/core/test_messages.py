"""Texts by code: both languages, the same placeholders, none missing and none left over."""

from __future__ import annotations

import ast
import json
import pickle
import re
import string
from datetime import datetime

import pytest

from tests.support.source import modules
from workbench.core.errors import FileRefused, RegisterError, WrongUse
from workbench.core.findings import Finding
from workbench.core.messages import SEMICOLON, Message, Part, both, files, joined, read

ENTRIES = {key: (path, entry) for path in files() for key, entry in read(path).items()}
CALLS = {
    "WrongUse",
    "RegisterError",
    "FileRefused",
    "WorkbenchError",
    "Message",
    "Refused",
    "say",
    "say_error",
    "of",
    "text_for",
}
HAN = re.compile(r"[\u3400-\u9fff]+")
CHINESE = re.compile(r"[\u2018-\u201d\u3000-\u9fff\uff00-\uffef]")  # Chinese marks as well
# words of the official templates and lists, which are written as they are in every language
OFFICIAL = {"休", "班", "月", "部分成立", "执行中", "已解除"}


def placeholders(text: str) -> set[str]:
    """The names of a text's placeholders."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def texts(entry: dict, lang: str) -> list[str]:
    """A language's texts of an entry: the sentence with each remedy, or alone."""
    remedies = [remedy[lang] for remedy in entry.get("remedy", {}).values()]
    return [entry[lang] + remedy for remedy in remedies] or [entry[lang]]


@pytest.mark.parametrize("key", ENTRIES)
def test_both_languages_say_the_same(key):
    """Chinese and English have the same placeholders, with every remedy; the English holds official words only."""
    _, entry = ENTRIES[key]
    assert set(entry) <= {"zh", "en", "remedy"}
    names = [placeholders(text) for lang in ("zh", "en") for text in texts(entry, lang)]
    assert all(each == names[0] for each in names)
    bare = re.sub(r"\{[^}]*\}", "", "".join(texts(entry, "zh")))
    assert CHINESE.search(bare) or not bare.strip()
    assert set(HAN.findall("".join(texts(entry, "en")))) <= OFFICIAL


REMEDIES = {key: entry["remedy"] for key, (_, entry) in ENTRIES.items() if "remedy" in entry}


@pytest.mark.parametrize("key", REMEDIES)
def test_each_interface_says_what_to_do_in_its_own_words(key):
    """The command line names commands and options; Excel names none of them."""
    assert set(REMEDIES[key]) == {"command", "excel"}
    excel = " ".join(REMEDIES[key]["excel"].values())
    assert "workbench " not in excel and "--" not in excel


def test_the_remedy_follows_the_interface():
    """The same refusal, on the command line and in Excel."""
    error = RegisterError("which_user")
    assert error.zh == "登记册有多个用户，请用 --user 或 WORKBENCH_USER 指明。"
    assert error.text("zh", "excel") == "登记册有多个用户，请在解锁时填写用户名。"
    assert error.en == "The register has several users. Say which with --user or WORKBENCH_USER."


def used() -> tuple[set[str], list[re.Pattern[str]]]:
    """Keys that stand in calls as constants, and patterns of those that are put together there."""
    constants, patterns = set(), []
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [each.value if isinstance(each, ast.Constant) else None for each in node.values]
                known = "".join(part for part in parts if part)
                if re.fullmatch(r"[a-z0-9_./-]{3,}", known):
                    patterns.append(re.compile("".join(re.escape(part) if part else ".+" for part in parts)))
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "both":  # a closed list, by its words
                patterns.append(re.compile(f"{ast.literal_eval(node.args[0])}/.+"))
    return constants, patterns


def test_no_entry_is_left_over():
    """Every key stands somewhere in the code."""
    constants, patterns = used()
    assert [key for key in ENTRIES if key not in constants and not any(one.fullmatch(key) for one in patterns)] == []


def test_who_says_a_text_gives_what_it_asks_for():
    """Every placeholder of its entry, remedies included: otherwise showing it would be a fault."""
    lacking = []
    for module in modules():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or len(node.args) != 1 or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {keyword.arg for keyword in node.keywords}
            if (
                name not in {"WrongUse", "RegisterError", "FileRefused", "say", "say_error", "text_for"}
                or None in given
            ):
                continue
            _, entry = ENTRIES[node.args[0].value]
            wanted = {re.split(r"[.\[]", each)[0] for text in texts(entry, "zh") for each in placeholders(text)}
            lacking += [(module.name, node.lineno, each) for each in sorted(wanted - given)]
    assert lacking == []


def test_every_key_that_is_asked_for_exists():
    """No refusal, finding or sentence asks for a text that no catalogue has."""
    missing = []
    for module in modules():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
            if name not in CALLS or (name == "of" and owner not in {"Message", "Problem"}) or len(node.args) == 3:
                continue
            if name in {"say", "say_error"} and (owner or len(node.args) > 1 or module.package == "demo"):
                continue  # functions of that name that take the text itself
            if isinstance(node.args[0].value, str) and node.args[0].value not in ENTRIES:
                missing.append((module.name, node.lineno, node.args[0].value))
    assert missing == []


def test_no_sentence_of_a_refusal_stands_in_code():
    """A refusal is raised by its key; its sentences are in a catalogue."""
    refusals = {"WrongUse", "RegisterError", "FileRefused", "WorkbenchError"}
    found = [
        (module.name, node.lineno)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in refusals and len(node.args) > 1
    ]
    assert found == []


def test_sequences_are_joined_as_the_language_does():
    """A list value, and a message as a value, appear in the language of the text."""
    line = Message("line_of_file", {"file": "a.csv", "line": 3})
    error = WrongUse("bad_list/month", where=line, text="十三")
    assert error.code == "bad_list"
    assert error.zh == "a.csv 第 3 行：“十三”不是月份，请写成 3月。"
    assert error.en == "a.csv, line 3: '十三' is not a month; write March as 3月."
    sent = {"sent": ["S001", "S002"], "kind": "X", "host": "h", "port": 25}
    assert "S001、S002" in WrongUse("mail_not_sent/partly", **sent).zh
    assert "S001, S002" in WrongUse("mail_not_sent/partly", **sent).en


def test_errors_survive_another_process():
    """Pickled, and written down as JSON, an error says the same."""
    error = FileRefused("own_approval", file="a.xlsx", sheet="表", cell="B2")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.zh, again.en, again.cell) == (FileRefused, error.zh, error.en, "B2")
    assert (
        WrongUse.from_plain(WrongUse("bad_list/month", where="x", text="y").plain()).zh
        == "x：“y”不是月份，请写成 3月。"
    )


def test_a_finding_is_said_in_both_languages():
    """Its message is Chinese; asked for English, the same entry answers."""
    finding = Finding("no_such_file", Message.of("no_such_file", path="b.xlsx"), file="a.xlsx")
    assert (finding.code, finding.message) == ("no_such_file", "找不到文件：b.xlsx。")
    assert finding.as_json("en")["message"] == "No such file: b.xlsx."
    assert finding.as_json()["file"] == "a.xlsx"


def test_days_and_times_stay_what_they_are_between_processes():
    """What a notebook's kernel refuses is said by the process that started it, with days written as everywhere."""
    moment = datetime(2026, 1, 6, 10)
    first = Message("x", {"day": moment.date(), "as_of": moment, "days": [moment.date()], "word": "甲", "count": 3})
    again = Message.from_plain(json.loads(json.dumps(first.plain())))
    assert again == first


def test_a_sentence_can_be_a_part_of_another_one():
    """Its full stop goes; several texts are joined with what the language has for it; written down it is the same."""
    half = Message.of("difference/left", rest=5)
    whole = Message.of("difference/if_otherwise", condition=Part(Message("difference/gone")), rest=half)
    assert whole.text() == str(whole) == "按现有事实，该季度没有这一笔；差额为 5 元。"
    known = "By the facts known now that quarter has no such line; the difference would be 5 yuan."
    assert whole.text("en") == known
    listed = Message.of("difference/now", text=joined(["甲", half], SEMICOLON))
    assert (listed.text(), listed.text("en")) == ("现在：甲；差额为 5 元。", "Now: 甲; the difference would be 5 yuan.")
    for each in (whole, listed):
        assert Message.from_plain(json.loads(json.dumps(each.plain()))).text("en") == each.text("en")


def test_words_of_closed_lists_have_both_languages():
    """By the Chinese word; one that no catalogue has stands as it is."""
    assert (both("unit", "台").en, both("unit", "台").zh, both("unit", "箱").en) == ("vehicles", "台", "箱")


def test_a_key_that_stands_twice_is_a_fault(tmp_path, monkeypatch):
    """Two catalogues with one key: neither text is taken; a key in quotes is found as well."""
    (path := tmp_path / "messages.yaml").write_text('locked: {zh: 锁, en: locked}\n"a: b": {zh: 甲, en: a}\n', "utf-8")
    monkeypatch.setattr("workbench.core.messages.more", [lambda: [path]])
    assert Message("locked").text() == "锁"
    assert Message("a: b").text("en") == "a"
    (tmp_path / "further").mkdir()
    (further := tmp_path / "further" / "messages.yaml").write_text("locked: {zh: 开, en: open}\n", "utf-8")
    monkeypatch.setattr("workbench.core.messages.more", [lambda: [path, further]])
    with pytest.raises(ValueError, match="locked stands twice"):
        Message("locked").text()
