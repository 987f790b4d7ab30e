"""``--lang en`` is a whole language: help, wrong usage and what commands print, data apart."""

from __future__ import annotations

import re

import pytest

from workbench.app.interface import commands
from workbench.app.options import take_common
from workbench.app.policy import load_policy
from workbench.core.messages import both, exists, files, lookup, read
from workbench.interfaces.cli import main
from workbench.interfaces.cli.menu import localise, program
from workbench.platform.regulation.clause import clauses
from workbench.platform.workflow.task import tasks

HAN = re.compile(r"[\u3400-\u9fff]+")
PATHS = ["", *(each.path for each in commands())]


def printed(capsys, *arguments: str) -> str:
    """What a help text says."""
    assert main([*arguments, "--help"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("path", PATHS)
def test_help_is_in_one_language(path, capsys):
    """Command, arguments, options and their values, and the words between them; no type of the program."""
    english = printed(capsys, *path.split(), "--lang", "en")
    assert HAN.findall(re.sub(r"\[default: [^]]*\]", "", english)) == []  # folders are named in Chinese
    chinese = printed(capsys, *path.split())
    assert HAN.search(chinese)
    assert not re.search(r"Usage|Options|Arguments|Commands|ARGS|default|required|Show|<[a-z]|\[\[|\.\.\.\.", chinese)


def every_command():
    """Path and command."""
    take_common([])
    waiting = [("", program())]
    while waiting:
        path, command = waiting.pop()
        yield path, command
        waiting += [(f"{path} {name}".strip(), each) for name, each in getattr(command, "listed", {}).items()]


def every_parameter():
    """Path, name and value's name of every option and argument."""
    for path, command in every_command():
        yield from ((path, each.name, each.metavar) for each in command.params)


# what means the same wherever it stands; anything else says itself for its command or its group
GENERAL = {
    "as_of",
    "at",
    "customer",
    "files",
    "json",
    "key",
    "mail",
    "manager",
    "manifest",
    "month",
    "name",
    "new_passphrase_file",
    "no_browser",
    "out",
    "papers",
    "password_file",
    "passwords",
    "port",
    "protect",
    "quarter",
    "reason",
    "role",
    "unit",
    "week",
    "workers",
}


def test_every_option_says_what_it_is():
    """In both languages, and its value in the reader's; several commands share a text only where it is true of each of them."""
    for path, command in every_command():
        localise(command)
        assert all(each.help for each in command.params), path
    shared: dict[str, set[str]] = {}
    for path, name, metavar in every_parameter():
        own, group = path.replace(" ", "."), path.partition(" ")[0]
        key = next((key for key in (f"{own}/{name}", f"{group}/{name}", name) if exists(f"option/{key}")), None)
        assert key, f"{path} --{name} says nothing of itself"
        assert metavar is None or metavar == "CSV" or exists(f"metavar/{metavar}"), f"{path} --{name}: {metavar}"
        shared.setdefault(key, set()).add(path)
    assert {key for key, paths in shared.items() if "/" not in key and len(paths) > 1} <= GENERAL


def test_no_text_of_an_option_is_left_over():
    """Every ``option/…`` and ``metavar/…`` belongs to a parameter."""
    wanted = set()
    for path, name, metavar in every_parameter():
        own, group = path.replace(" ", "."), path.partition(" ")[0]
        wanted |= {f"option/{name}", f"option/{own}/{name}", f"option/{group}/{name}", f"metavar/{metavar}"}
    known = {key for file in files() for key in read(file) if key.startswith(("option/", "metavar/"))}
    assert known - wanted == set()


def test_tasks_are_called_in_both_languages_as_they_are_declared():
    """The Chinese of ``task/…`` and ``instruction/…`` is what the task itself says."""
    for task in tasks():
        assert lookup(f"task/{task.key}")["zh"] == task.title
        if exists(key := f"instruction/{task.key}"):
            assert lookup(key)["zh"] == task.instruction


ENGLISH = (
    ("users", "list"),
    ("users", "roles"),
    ("audit", "show"),
    ("audit", "verify"),
    ("due",),
    ("leads",),
    ("review",),
    ("backup",),
    ("backup", "test"),
    ("settlement", "status"),
    ("disclosures", "list"),
    ("appeals", "list"),
    ("deliver", "list"),
    ("import", "missing.xlsx"),
    ("settle", "2026Q9"),
    ("explain", "nobody", "--quarter", "2026Q1"),
)


@pytest.mark.parametrize("arguments", ENGLISH, ids=" ".join)
def test_commands_on_a_new_register_speak_english(arguments, tmp_path, monkeypatch, capsys):
    """What they print and what stands in their way, on a register that holds nothing yet."""
    monkeypatch.setenv("WORKBENCH_REGISTER", str(tmp_path / "register.db"))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "correct horse battery staple 2026")
    monkeypatch.setenv("WORKBENCH_USER", "someone")
    monkeypatch.chdir(tmp_path)
    assert main(["--lang", "en", "init"]) == 0
    main([*arguments, "--lang", "en"])
    printed = capsys.readouterr()
    assert HAN.findall(printed.out + printed.err) == []


def test_the_language_is_one_there_is(monkeypatch, capsys):
    """An option, or a variable that other processes inherit; anything else is a sentence."""
    assert main(["rules", "--lang", "fr"]) == 2
    assert "没有语言“fr”" in capsys.readouterr().err
    monkeypatch.setenv("WORKBENCH_LANG", "en")
    assert main(["no-such-command"]) == 2
    assert HAN.findall(capsys.readouterr().err) == []
    assert main(["no-such-command", "--lang", "zh"]) == 2
    assert HAN.search(capsys.readouterr().err)


def test_the_regulations_have_their_english():
    """Titles of clauses and parameters, units, questions and every answer, also those approved quarters keep."""
    policy = load_policy()
    words = [each.title_words for each in clauses()]
    for parameter in policy.parameters.values():
        words += [parameter.title_words, both("unit", parameter.unit)]
    for reading in policy.readings.values():
        answers = [reading.standard, *reading.alternatives, *([reading.before[0]] if reading.before else [])]
        words += [reading.question_words, *(reading.words_of(value) for value in answers)]
    assert [each.zh for each in words if HAN.search(each.zh) and each.en == each.zh] == []
