"""What is committed is for everybody: no machine's paths, no registry's host names, no secrets, nothing built."""

from __future__ import annotations

import re

from tests.support.source import ROOT, committed, text_of

# put together here so that this file does not hold them itself
HOSTS = ["pypi" + ".org", "files.python" + "hosted", "npm" + "js", "--index" + "-url", "extra-index" + "-url"]
PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/tmp/" + "venv", "/ho" + "me/", "C:" + "\\Users"]
KEPT = ROOT / "tests" / "compatibility" / "data"  # registers of people who do not exist, papers byte for byte
SECRET = re.compile("BEGIN (RSA |EC |OPENSSH )?PRIVATE" + " KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30}")


def lines_with(words: list[str]) -> list[str]:
    """Places in committed text files where one of the words begins, not within a longer path."""
    pattern = re.compile("|".join(rf"(?<![\w.*~-]){re.escape(word)}" for word in words))
    found = []
    for path in committed():
        for number, line in enumerate((text_of(path) or "").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    return found


def test_no_registry_is_named():
    """Packages come from wherever the user's tools are set up to take them."""
    assert lines_with(HOSTS) == []


def test_no_machine_is_named():
    """No path of the machine something was written on."""
    assert lines_with(PATHS) == []


def test_no_secret_is_committed():
    """No private key, no access token; no key slots and no register but those kept as test data."""
    assert [path.name for path in committed() if SECRET.search(text_of(path) or "")] == []
    endings = (".keys", ".db", ".db-wal", ".pem", ".env")
    assert [path.name for path in committed() if path.name.endswith(endings) and KEPT not in path.parents] == []


def test_nothing_built_is_committed():
    """Compiled files, wheels, caches and environments stay out."""
    built = {".pyc", ".whl", ".egg", ".so", ".pyd"}
    folders = {"__pycache__", ".venv", "build", "dist", "_shipped", ".ipynb_checkpoints", ".hypothesis"}
    parts = [path for path in committed() if path.suffix in built or folders & set(path.relative_to(ROOT).parts)]
    assert parts == []


def test_text_files_are_utf8_with_plain_line_ends():
    """All text is UTF-8 without a byte order mark, ends with a line end and has no carriage returns."""
    odd = []
    for path in committed():
        raw = path.read_bytes()
        if b"\0" in raw or not raw or path.suffix in {".bas", ".cls", ".frm"}:  # VBA is kept as Excel wants it
            continue
        if KEPT in path.parents and path.suffix == ".keys":  # written without a line end
            continue
        raw.decode("utf-8")
        if raw.startswith(b"\xef\xbb\xbf") or b"\r" in raw or not raw.endswith(b"\n"):
            odd.append(path.relative_to(ROOT).as_posix())
    assert odd == []


def test_files_are_small():
    """Nothing larger than two megabytes."""
    assert [path.name for path in committed() if path.stat().st_size > 2_000_000] == []
