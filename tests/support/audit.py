"""Asks a database of known vulnerabilities about every pinned package: ``make audit``.

Run as ``python -m tests.support.audit PIP_AUDIT``. It passes only where every package was looked up and none has a known
vulnerability: exit code 1 for vulnerabilities, 2 where no database said anything of a package.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from tests.support.source import ROOT

SILENT = "No database of known vulnerabilities answered for {missing} of {all} pinned packages: the audit has FAILED, it says nothing of them."


def judged(pinned: Sequence[str], said: dict[str, Any] | None) -> tuple[int, list[str]]:
    """The exit code and what is to be printed of pip-audit's JSON (None: it gave none) about pinned packages."""
    entries = (said or {}).get("dependencies", [])
    known = {each["name"].lower(): each["vulns"] for each in entries if "vulns" in each}
    lines = [
        f"{name}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version'}"
        for name, flaws in known.items()
        for flaw in flaws
    ]
    if missing := [name for name in pinned if name.lower() not in known]:
        return 2, [*lines, SILENT.format(missing=len(missing), all=len(pinned)), "Unknown: " + ", ".join(missing)]
    return (1, lines) if lines else (0, [f"{len(pinned)} packages, no known vulnerability."])


def main() -> int:
    """Audit constraints.txt."""
    pins = ROOT / "constraints.txt"
    lines = pins.read_text(encoding="utf-8").splitlines()
    pinned = [line.partition("==")[0].strip() for line in lines if "==" in line and not line.startswith("#")]
    command = [sys.argv[1], "-r", str(pins), "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        said = json.loads(ran.stdout)
    except ValueError:
        print(ran.stderr.strip()[-2000:], file=sys.stderr)
        said = None
    code, told = judged(pinned, said)
    print("\n".join(told))
    return code


if __name__ == "__main__":
    sys.exit(main())
