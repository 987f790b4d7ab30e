"""The Chinese manual: every role has its page, every command in it exists, and its steps do what they say."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pip
import pytest

from docs.build import every_command
from tests.support.office import PASSPHRASE, lead
from workbench.app.manual import PAGES, page_of, pages
from workbench.core.errors import WrongUse
from workbench.interfaces.cli import main
from workbench.interfaces.cli.menu import program
from workbench.platform.access.roles import ROLES

BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
PICTURE = re.compile(r"!\[[^\]]+\]\((\.\./pictures/[a-z_]+\.png)\)")
SOURCE = re.compile(r'src="([^"]{27})')
COMMAND = re.compile(r"(?:^|`)\s*(?:\S*\\)?workbench ([a-z][^`\n]*)", re.MULTILINE)


def blocks(title: str, kind: str) -> list[str]:
    """The lines of a page's blocks of a kind, in order."""
    text = "\n".join(block for name, block in BLOCK.findall(page_of(title).text) if name == kind)
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_every_role_finds_its_page(capsys):
    """By its name in the register and its Chinese title; each page begins with its own title."""
    for name, role in ROLES.items():
        assert page_of(name) == page_of(role.title)
    for page in pages():
        assert page.text.startswith(f"# {page.title}")
        assert main(["help", page.title]) == 0
        assert capsys.readouterr().out.splitlines() == page.text.splitlines()


def test_without_a_role_the_pages_are_listed(capsys):
    """Each line can be run as it stands."""
    assert main(["help"]) == 0
    lines = capsys.readouterr().out.splitlines()[:-1]
    assert lines == [f"workbench help {title}" for title in PAGES]
    assert all(page_of(name).title == title for title, name in PAGES.items())
    with pytest.raises(WrongUse):
        page_of("店员")
    assert main(["help", "店员"]) == 2


@pytest.mark.parametrize("title", PAGES)
def test_every_command_of_a_page_exists_with_its_options(title):
    """Each ``workbench …`` on the page names a command of the menu and options it has."""
    known = dict(every_command(program()))
    general = {"--register", "--user", "--passphrase-file"}
    found = COMMAND.findall(page_of(title).text)
    assert found
    for said in found:
        words = said.split()
        name = next((name for name in sorted(known, key=len, reverse=True) if said.startswith(name)), None)
        assert name, said
        options = {option for each in known[name].params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= options | general, said


@pytest.mark.slow
def test_the_steps_of_the_strategy_section_can_be_followed(blanks, office, monkeypatch):
    """From an empty folder through receiving, publishing and settling to a backup, as the page says, line by line."""
    folder = office.folder / "跟着做"
    (folder / "收件箱").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("WORKBENCH_REGISTER")
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    for path in (office.units(), office.leads("D001", "D001.xlsx", [lead("江城客运公司")])):
        path.rename(folder / "收件箱" / path.name)
    for line in blocks("市场策略科", "bat"):
        words = shlex.split(line)
        if words[0] == "set":
            monkeypatch.setenv(*words[1].split("=", 1))
            continue
        assert main(words[1:]) in (0, 1), line
    made = {path.name for path in folder.iterdir()}
    assert made >= {"登记册.db", "模板", "收件结果", "转交", "通报", "报告", "备份"}
    assert list((folder / "转交").glob("*.xlsx"))
    assert list((folder / "收件结果").rglob("*.html"))
    assert list((folder / "通报").glob("*2026-01-10*.xlsx"))
    assert list((folder / "备份").glob("*.wbk"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "file", "made"),
    [("业务科室", "填好的反馈表.xlsx", ""), ("销售支持科", "填好的合同登记汇总表.xlsx", "合同登记/*.xlsx")],
)
def test_the_steps_of_the_sections_can_be_followed(office, monkeypatch, title, file, made):
    """Line by line, on a register with a lead that was dispatched; what a line needs filled in was filled in."""
    path = office.folder / "转交"
    office.receive(office.units(), "2026-01-02T09:00:00")
    office.receive(office.leads("D001", "提报.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    office.run("dispatch", "--at", "2026-01-06T09:00:00", "--out", path)
    (answered,) = office.answer(path, {"江城客运公司": {"甄别结论": "有效", "到期日期": "2026-12-30"}})
    monkeypatch.chdir(office.folder)
    answered.rename(file)
    for line in blocks(title, ""):
        assert main(shlex.split(line)[1:]) in (0, 1), line
        if made and not line.startswith("workbench import"):
            for each in office.folder.glob(made):
                each.replace(office.folder / file)
    assert {row["status"] for row in office.ask("leads")} == ({"待甄别"} if made else {"已立项"})
    assert made == "" or list((office.folder / "报告").glob("信息转化率月报_2026-01.xlsx"))


@pytest.mark.slow
def test_the_program_is_installed_as_the_page_says(tmp_path):
    """A fresh environment, the wheel from a folder, no network; the packages it needs are in the environment before."""
    root = Path(__file__).parents[3]
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "安装包" / "wheels")]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    said = []
    for line in blocks("安装", "bat"):
        line = line.replace("D:\\workbench\\Scripts\\", f"{tmp_path}/workbench/bin/").replace("D:\\", f"{tmp_path}/")
        words = shlex.split(line.replace("\\", "/"))
        words[0] = sys.executable if words[0] == "py" else words[0]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, (line, done.stderr)
        said.append(done.stdout)
        if "venv" in words:
            (site,) = (tmp_path / "workbench" / "lib").glob("python*/site-packages")
            for each in Path(pip.__file__).parents[1].iterdir():
                if "workbench" not in each.name and not (site / each.name).exists():
                    (site / each.name).symlink_to(each)
    assert "workbench help 市场策略科" in "".join(said)
    assert len(list((tmp_path / "模板").glob("*.xlsx"))) > 10


@pytest.mark.parametrize("title", PAGES)
def test_every_page_has_pictures_and_stands_alone(title, tmp_path):
    """As a page for a browser it holds them itself: no picture is missing, none is loaded from elsewhere."""
    assert main(["help", title, "--out", str(tmp_path)]) == 0
    (made,) = tmp_path.iterdir()
    text = made.read_text(encoding="utf-8")
    named = PICTURE.findall(page_of(title).text)
    assert named and f"<h1>{title}</h1>" in text
    assert SOURCE.findall(text) == ["data:image/png;base64,iVBOR"] * len(named)
    assert "<table>" in text or title == "安装"
    assert "](" not in text and "http" not in text.partition("</style>")[2]


def test_all_pages_are_written_at_once(tmp_path, capsys):
    """Without a role; each is named."""
    assert main(["help", "--out", str(tmp_path)]) == 0
    names = sorted(f"手册_{title}.html" for title in PAGES)
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert sorted(line.rpartition("/")[2] for line in capsys.readouterr().out.splitlines()) == names
