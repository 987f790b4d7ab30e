"""The documentation is what the program does today: generated tables fresh, every command and clause in it, links good."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.source import ROOT, committed
from workbench.app.policy import load_policy
from workbench.interfaces.addin.cell_errors import CELL_ERRORS
from workbench.interfaces.addin.functions import FUNCTIONS
from workbench.interfaces.cli.menu import program
from workbench.platform.forms.spec import templates
from workbench.platform.regulation.clause import clauses
from workbench.platform.reporting.registry import reports

READMES = ["README.md", "README.zh-CN.md"]
LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """``docs/build.py`` as a module."""
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(name: str) -> str:
    """A page's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def test_generated_pages_are_fresh(builder):
    """``make docs`` would change nothing."""
    assert builder.stale() == []


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_in_both_readmes(name, builder):
    """With its options, those of groups too."""
    text = read(name)
    table = text.partition("<!-- commands -->")[2].partition("<!-- /commands -->")[0]
    missing = []
    for command, details in builder.every_command(program()):
        line = next((line for line in table.splitlines() if line.startswith(f"| `workbench {command}")), "")
        wanted = [option.opts[0] for option in details.params if option.param_type_name == "option"]
        missing += [command] if not line else [f"{command} {option}" for option in wanted if option not in line]
    assert missing == []


@pytest.mark.parametrize("name", READMES)
def test_commands_shown_as_examples_exist(name):
    """Every ``workbench something`` in the text is a command, with options it has."""
    commands = program().listed
    common = {"--register", "--user", "--passphrase-file", "--lang", "--help"}
    for line in re.findall(r"^workbench (\S+)(.*)$", read(name), flags=re.MULTILINE):
        command, rest = line
        assert command in commands, command
        inner = getattr(commands[command], "listed", {})
        found = inner.get(rest.split()[0] if rest.split() else "", commands[command])
        known = {option for item in found.params for option in item.opts} | common
        assert set(re.findall(r"--[a-z-]+", rest.partition("#")[0])) <= known, line


def test_every_make_target_of_the_readmes_exists():
    """What newcomers are told to type is in the Makefile, and the Makefile needs no file that is missing."""
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), flags=re.MULTILINE))
    for name in READMES:
        assert set(re.findall(r"^make (\w+)", read(name), flags=re.MULTILINE)) <= targets
    for script in re.findall(r"\$\(RUN\) (\S+\.py)", read("Makefile")):
        assert (ROOT / script).exists(), script


def test_every_clause_and_reading_is_in_the_rulebook():
    """docs/rulebook.md names each clause with its numbers, and each reading with its alternative."""
    text = read("docs/rulebook.md")
    assert [clause.id for clause in clauses() if f"| {clause.number} | {clause.title} |" not in text] == []
    policy = load_policy()
    assert [reading.id for reading in policy.readings.values() if f"| {reading.id} |" not in text] == []
    used = {name for clause in clauses() for name in clause.parameters}
    assert [name for name in used if policy.parameters[name].title not in text] == []


def test_every_template_is_described():
    """docs/templates.md has each template with each of its columns."""
    text = read("docs/templates.md")
    for template in templates().values():
        section = text.partition(f"(`{template.id}`")[2].partition("\n## ")[0]
        assert section, template.id
        missing = [
            column.title for column in template.columns if f"| {column.title} |" not in section.replace("**", "")
        ]
        assert missing == [], template.id


def test_every_function_for_cells_is_described():
    """docs/functions.md has each function with each of its arguments, and every text a cell may show."""
    text = read("docs/functions.md")
    for function in FUNCTIONS:
        line = next(line for line in text.splitlines() if line.startswith(f"| `{function.name}` |"))
        assert [each.title for each in function.arguments if each.title not in line] == []
    assert [shown.shown for shown in CELL_ERRORS.values() if f"| `{shown.shown}` |" not in text] == []


def test_every_report_is_named():
    """Each report a manager can ask for is mentioned in a README or a page of docs/."""
    pages = "".join(path.read_text(encoding="utf-8") for path in committed() if path.suffix == ".md")
    assert [report.name for report in reports() if report.name not in pages] == []


@pytest.mark.parametrize(
    "path", [path for path in committed() if path.suffix == ".md"], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_links_and_pictures_lead_somewhere(path: Path):
    """Pictures, pages and folders a page refers to exist; in-page anchors have their heading."""
    text = path.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ")).strip().lower().replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("#")
    }
    broken = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        if place and not (path.parent / place).exists():
            broken.append(target)
        if not place and anchor and anchor.lower() not in headings:
            broken.append(target)
    assert broken == []
    assert [name for name in re.findall(r'<img[^>]*src="([^"]+)"', text) if not (path.parent / name).exists()] == []


def test_folders_named_in_the_readme_exist():
    """The table of folders is a map of what is there."""
    for name in READMES:
        named = re.findall(r"^\| `([\w/]+/)`", read(name), flags=re.MULTILINE)
        assert len(named) >= 5, name
        assert [folder for folder in named if not (ROOT / folder).is_dir()] == []


def test_the_changelog_names_this_version():
    """The package and its metadata agree on the version; CHANGELOG.md has a place for it."""
    from workbench import __version__

    assert f'version = "{__version__}"' in read("pyproject.toml")
    assert f"[{__version__}]" in read("CHANGELOG.md") or "[Unreleased]" in read("CHANGELOG.md")


def test_the_gallery_shows_every_report():
    """Each under its own heading, with a picture."""
    gallery = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    sections = {part.partition("\n")[0]: part for part in gallery.split("\n## ")[1:]}
    assert [report.name for report in reports() if "](pictures/" not in sections.get(report.name, "")] == []


def test_every_picture_is_shown_somewhere():
    """None is left over from a page that went, and every PNG is one."""
    pages = "".join(path.read_text(encoding="utf-8") for path in committed() if path.suffix == ".md")
    kept = sorted((ROOT / "docs" / "pictures").iterdir())
    assert kept
    assert [path.name for path in kept if f"pictures/{path.name})" not in pages] == []
    assert [path.name for path in kept if path.suffix == ".png" and path.read_bytes()[:4] != b"\x89PNG"] == []
