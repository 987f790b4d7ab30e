"""What the folder of JupyterLab holds, and how its server is set up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.interfaces.cli import main
from workbench.interfaces.lab import serve


def notebook(*sources: str, outputs: list | None = None) -> str:
    """A notebook of code cells."""
    cells = [
        {
            "cell_type": "code",
            "id": f"c{n}",
            "metadata": {},
            "source": [source],
            "outputs": outputs or [],
            "execution_count": 3,
        }
        for n, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_folder_is_furnished_once_and_what_somebody_changed_stays(tmp_path):
    """Twice is the same; a run notebook is put back, a changed one is kept."""
    serve.furnish(tmp_path)
    start, target = tmp_path / serve.START, tmp_path / serve.NOTEBOOKS / "开发计划.ipynb"
    fresh = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    shipped = sum(1 for _ in (Path(__file__).parents[3] / "notebooks").glob("*.ipynb"))
    assert len(fresh) == 3 + shipped
    run = json.loads(start.read_text(encoding="utf-8"))
    run["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["客户"]}]
    start.write_text(json.dumps(run), encoding="utf-8")
    changed = target.read_text(encoding="utf-8").replace("report.front()", "report.front()  # 我的")
    target.write_text(changed, encoding="utf-8")
    serve.furnish(tmp_path)
    assert start.read_bytes() == fresh[start]
    assert target.read_text(encoding="utf-8") == changed


def test_nothing_that_was_shown_is_saved():
    """Outputs, counts and widgets go; text and other files stay."""
    model = {"type": "notebook", "content": json.loads(notebook("1+1", outputs=[{"output_type": "stream"}]))}
    model["content"]["metadata"]["widgets"] = {"state": "客户"}
    serve.without_outputs(model)
    assert model["content"]["metadata"] == {}
    assert model["content"]["cells"][0]["outputs"] == []
    assert model["content"]["cells"][0]["execution_count"] is None
    text = {"type": "file", "content": "客户"}
    serve.without_outputs(text)
    assert text["content"] == "客户"


def test_the_server_is_for_this_machine_and_without_terminals(tmp_path):
    """Its options are known to JupyterLab and do what they say."""
    from jupyterlab.labapp import LabApp

    serve.furnish(tmp_path)
    app = LabApp.initialize_server([*serve.options(tmp_path, None, False), "--ServerApp.port=0"])
    try:
        assert (app.ip, app.terminals_enabled, app.open_browser) == ("127.0.0.1", False, False)
        assert app.identity_provider.token
        assert list(app.kernel_spec_manager.get_all_specs()) == ["python3"]
        assert app.contents_manager.pre_save_hook is serve.without_outputs
    finally:
        app.http_server.stop()
        LabApp.clear_instance()
        type(app).clear_instance()


@pytest.mark.parametrize(
    ("words", "given"),
    [("口令", {"WORKBENCH_PASSPHRASE": "not this one"}), ("登记册", {"WORKBENCH_REGISTER": "不存在.db"})],
)
def test_a_register_that_does_not_open_starts_no_server(as_analyst, monkeypatch, capsys, tmp_path, words, given):
    """Refused with a sentence before anything is put anywhere."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "工作区"
    assert main(["lab", "--no-browser", "--folder", str(folder)]) == 2
    assert words in capsys.readouterr().err
    assert not folder.exists()


def test_the_passphrase_is_the_kernels_alone(tmp_path, monkeypatch):
    """The server and what it starts do not have it; the kernel does, and still after it was started again."""
    import asyncio
    import os
    from pathlib import Path

    from workbench.interfaces.lab import kernels

    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "exported before")
    monkeypatch.setattr(kernels, "SECRETS", {})
    asked: list[bool] = []
    monkeypatch.setattr(kernels, "without_node", lambda: asked.append(True))
    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", lambda _: seen.append(dict(os.environ)))
    seen: list[dict[str, str]] = []
    environment = {"WORKBENCH_PASSPHRASE": "a passphrase of several words", "WORKBENCH_USER": "分析员"}
    with monkeypatch.context() as patch:
        for name in (*environment, "WORKBENCH_IN_LAB", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            patch.setenv(name, "before")
        serve.serve(tmp_path, environment, port=None, browser=False)
    assert asked == [True]
    assert seen[0]["WORKBENCH_USER"] == "分析员" and "WORKBENCH_PASSPHRASE" not in seen[0]
    monkeypatch.delenv("WORKBENCH_PASSPHRASE", raising=False)

    async def of_kernel() -> list[bytes]:
        manager = kernels.OwnKernelManager(kernel_spec_manager=serve.OwnKernels(), root_dir=str(tmp_path))
        kernel = await manager.start_kernel(env=dict(os.environ), kernel_name="python3")
        found = []
        for again in (False, True):
            if again:
                await manager.get_kernel(kernel).restart_kernel(now=True)
            process = manager.get_kernel(kernel).provisioner.process
            found.append(Path(f"/proc/{process.pid}/environ").read_bytes())
        await manager.shutdown_kernel(kernel, now=True)
        return found

    for around in asyncio.run(of_kernel()):
        assert b"WORKBENCH_PASSPHRASE=a passphrase of several words" in around.split(b"\x00")


def test_node_is_never_started(tmp_path, monkeypatch):
    """JupyterLab looks whether it should be built by asking ``node`` for settings: here it finds none."""
    import jupyterlab.commands
    import jupyterlab_server.process
    from jupyterlab.commands import build_check

    from workbench.interfaces.lab import kernels

    for module in (jupyterlab.commands, jupyterlab_server.process):
        monkeypatch.setattr(module, "which", module.which)  # put back at the end
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\necho '{{}}'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    started = tmp_path / "started"
    build_check()
    assert started.exists()  # so it is where nobody sees to it
    started.unlink()
    kernels.without_node()
    with pytest.raises(ValueError, match="node is not used"):  # which the server's handler expects
        build_check()
    assert not started.exists()
