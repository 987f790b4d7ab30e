"""The project's own source, parsed once: modules, their imports, the files under version control."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "workbench"


@dataclass(frozen=True)
class Module:
    """A parsed file of the package; ``package`` is its folder or, at the top, its own name."""

    path: Path
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        """How it is shown: its path from the project's folder."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def package(self) -> str:
        """``core``, ``platform`` …; ``workbench`` for the package's own two files."""
        first = self.path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        return "workbench" if first.startswith("__") else first

    @property
    def area(self) -> str:
        """The part of its package a module stands in: ``capabilities.leads``, ``platform.register``."""
        return ".".join(self.path.relative_to(PACKAGE).parts[:2]).removesuffix(".py")

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything imported, inside functions too; relative names made absolute."""
        here = ["workbench", *self.path.relative_to(PACKAGE).parts[:-1]]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = here[: len(here) - node.level + 1] if node.level else []
                stem = ".".join([*base, *([node.module] if node.module else [])])
                yield from ((node.lineno, f"{stem}.{alias.name}") for alias in node.names)

    def docstrings(self) -> set[int]:
        """Identities of the string nodes that are docstrings."""
        owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        return {
            id(node.body[0].value)
            for node in ast.walk(self.tree)
            if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr)
        }


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
    return tuple(Module(path, ast.parse(text), text.count("\n")) for path, text in texts.items())


@cache
def committed() -> tuple[Path, ...]:
    """Files under version control, and those that will be with the next commit."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def text_of(path: Path) -> str | None:
    """A committed file's text; None where it is binary."""
    raw = path.read_bytes()
    return None if b"\0" in raw else raw.decode("utf-8")
