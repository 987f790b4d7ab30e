"""Sets the workbench up from the folder this file is in: an environment of its own, the wheels beside it, nothing from elsewhere.

Runs on a PC that has nothing but Python, so it uses the standard library alone. Exit codes: 0 well, 1 not set up,
2 set up, but the Excel add-in was refused.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent


def reason_against(told: dict, base: Path, version: tuple, bits: int, system: str) -> str:
    """Why this Python cannot be used, as a sentence with what to do; empty where it can."""
    words = str(base).lower()
    way = "请从 python.org 安装 64 位的 Python {}（仅为我安装），再试。".format(told["python"])
    if told["platform"] != "here" and system != "win32":
        return "这个安装包是给 Windows 的。"
    if "windowsapps" in words or "pythonsoftwarefoundation" in words:
        return "这是微软商店的 Python，Excel 连不上它。" + way
    if (base / "conda-meta").is_dir():
        return "这是 Anaconda（conda）的 Python，离开它自己的环境会缺少组件。" + way
    if ".".join(map(str, version[:2])) != told["python"]:
        return "这个 Python 是 {}.{}，安装包是给 {} 的。".format(version[0], version[1], told["python"]) + way
    if bits != 64:
        return "这是 32 位的 Python，需要的组件没有 32 位的。" + way
    return ""


def place_of(arguments: list, environment: dict) -> Path:
    """The folder that is asked for, else one of the user's own that no profile carries along."""
    if arguments:
        return Path(arguments[0])
    return Path(environment.get("LOCALAPPDATA") or Path.home()) / "workbench"


def main(arguments: list) -> int:
    """Set up; what was done is said line by line."""
    told = json.loads((HERE / "offline.json").read_text(encoding="utf-8"))
    bits = 64 if sys.maxsize > 1 << 32 else 32
    against = reason_against(told, Path(sys.base_prefix), sys.version_info, bits, sys.platform)
    if against:
        print(against)
        return 1
    place = place_of(arguments, dict(os.environ))
    scripts = place / ("Scripts" if os.name == "nt" else "bin")
    print(f"安装到 {place} …", flush=True)
    try:
        venv.EnvBuilder(with_pip=True).create(place)
    except (OSError, subprocess.CalledProcessError) as fault:
        print(
            f"不能在 {place} 建立环境（{type(fault).__name__}）。请关闭 Excel，或换一个文件夹：安装.cmd D:\\workbench"
        )
        return 1
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    # --isolated: neither a mirror of this PC's own settings nor its variables are asked; --require-hashes: a spoilt file is refused
    pip = [str(python), "-m", "pip", "--isolated", "--disable-pip-version-check", "install", "--quiet", "--no-index"]
    pip += ["--find-links", str(HERE / "wheels"), "--require-hashes", "-r", str(HERE / "requirements.txt")]
    if subprocess.call(pip):
        print("没有装好，原因见上。安装包可能不完整，请重新复制后再试；Excel 开着的，请先关闭。")
        return 1
    program = str(scripts / ("workbench.exe" if os.name == "nt" else "workbench"))
    if told["excel"] and sys.platform == "win32":
        subprocess.call([program, "sendto", "install"])
        if subprocess.call([program, "addin", "install"]):
            print(f"程序已装好，Excel 加载项没有装，原因见上。命令照常可用：{program}")
            return 2
    print(f"已装好：{program}")
    print("请运行 workbench doctor 看一看；以后用新的安装包再做一遍即为升级。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
