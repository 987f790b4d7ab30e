"""Papermill runs of the notebooks: what they leave, what they refuse, and that they keep their secrets."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path

import nbformat
import pytest

from tests.support import synthetic
from tests.support.report_runs import OPTIONAL, everything, run
from workbench import __version__
from workbench.app.policy import load_policy
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.core.shipped import shipped
from workbench.platform.access.session import enter
from workbench.platform.reporting import registry, runs
from workbench.platform.reporting.registry import Report, find, reports
from workbench.platform.reporting.runs import Parameter

pytestmark = pytest.mark.slow


# a card is about one customer, and the register has none that is known by more than a lead: tests/capabilities/archive
@pytest.fixture(
    scope="module", params=[each for each in reports() if each.alias != "card"], ids=lambda report: report.alias
)
def made(request, quarter_register, tmp_path_factory):
    """Each report, run once by papermill."""
    return run(request.param.alias, quarter_register, tmp_path_factory.mktemp(request.param.alias))


def test_a_run_leaves_whole_files_and_nothing_else(made):
    """Workbook, a short one where there is one, page, executed notebook, manifest; no temporary folder stays."""
    assert sorted(path.name for path in made.workbook.parent.iterdir()) == sorted(path.name for path in made.files)
    short = [".xlsx"] if find(made.report).short else []
    assert [path.suffix for path in made.files] == [".xlsx", *short, ".html", ".ipynb", ".json"]
    assert made.workbook.name == f"{made.report}_{made.period}.xlsx"
    notebook = nbformat.read(made.notebook, as_version=4)
    nbformat.validate(notebook)
    assert not [o for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "error"]


def test_the_workbook_is_the_one_the_report_writes(made, quarter_register, tmp_path):
    """The notebook adds nothing: the same view written here, files by number, differs in the register's head alone."""
    report = find(made.report)
    manifest = json.loads(made.manifest.read_text(encoding="utf-8"))
    moment = datetime.fromisoformat(manifest["as_of"])
    with enter(quarter_register, None, synthetic.PASSPHRASE, load_policy(), moment) as session:
        book = open_snapshot(session, moment, files_named=False).load()
    object.__setattr__(book, "head", manifest["register_head"])
    report.write(report.view(book, made.period), tmp_path / "same.xlsx")
    assert (tmp_path / "same.xlsx").read_bytes() == made.workbook.read_bytes()


def test_the_manifest_says_what_the_run_rests_on(made):
    """Report, period, edition, readings, moment, head, hashes, version and parameters."""
    manifest = json.loads(made.manifest.read_text(encoding="utf-8"))
    assert manifest["files"] == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made.files[:-1]}
    assert (manifest["report"], manifest["period"]) == (made.report, made.period)
    assert (manifest["edition"], manifest["package_version"]) == ("DKHW080004/4", __version__)
    assert {f"D{number}" for number in range(1, 28)} <= {item["id"] for item in manifest["readings"]}
    assert manifest["parameters"] == {
        "register": "登记册.db",
        "period": made.period,
        "as_of": manifest["as_of"],
        "out_dir": ".",
        "user": "clerk",
    }


def test_no_secret_and_no_personal_data_in_any_file(made):
    """Neither the passphrase nor a contact's name or phone stands in what a run leaves."""
    for path in made.files:
        text = everything(path)
        for secret in (synthetic.PASSPHRASE, synthetic.SECRET_PHONE, *synthetic.SECRET_NAMES):
            assert secret not in text, path.name


def test_the_page_is_self_contained_and_shows_no_code(made):
    """Chinese page, own styles, nothing loaded from elsewhere, no code."""
    page = made.html.read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    # a notice to persons has nothing to plot, and this register neither account managers nor sales
    assert ("<svg" in page) is (
        made.report not in ("诚信黑点告知书", "每周信息汇总", "大客户分级报告", "客户信息管理检查报告")
    )
    for foreign in ("http://", "https://", "<script", "open_report", "import page", "@import"):
        assert foreign not in page


def test_a_report_run_again_differs_in_its_notebook_alone(made, quarter_register, tmp_path):
    """Same data, another folder, another kernel: workbook and page are byte for byte the same, for every report.

    The executed notebook records when its cells ran; the manifest differs in that file's hash and the time it was
    made, with the signature over them, and nothing else.
    """
    manifest = json.loads(made.manifest.read_text(encoding="utf-8"))
    at = datetime.fromisoformat(manifest["as_of"])
    again = run(made.report, quarter_register, tmp_path, period=made.period, as_of=at)
    assert again.workbook.read_bytes() == made.workbook.read_bytes()
    assert again.html.read_bytes() == made.html.read_bytes()
    second = json.loads(again.manifest.read_text(encoding="utf-8"))
    for each in (manifest, second):
        del each["files"][made.notebook.name], each["signature"]["signature"], each["made_at"]
    assert second == manifest


def test_the_same_run_again_gives_the_same_workbook(quarter_register, tmp_path):
    """A second run into the same folder replaces the set; workbook and page are byte for byte the same."""
    first = run("conversion", quarter_register, tmp_path)
    before = [path.read_bytes() for path in first.files[:2]]
    second = run("信息转化率月报", quarter_register, tmp_path)
    assert [path.read_bytes() for path in second.files[:2]] == before
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"parameters": {"monht": "2026-03"}}, "unknown_parameter"),
        ({"parameters": {"passphrase": "x"}}, "unknown_parameter"),
        ({"parameters": {"user": 7}}, "bad_parameter"),
        ({"user": ""}, "missing_parameter"),
        ({"period": "2026-13"}, "bad_month"),
        ({"period": "2026Q1"}, "bad_month"),
    ],
)
def test_bad_parameters_are_refused_before_anything_starts(changes, code, quarter_register, tmp_path, monkeypatch):
    """Unknown, badly typed and missing parameters and bad periods: no kernel, no folder."""
    monkeypatch.setattr(runs, "_execute", lambda *_: pytest.fail("started"))
    with pytest.raises(WrongUse) as refused:
        run("targets", quarter_register, tmp_path / "out", **changes)
    assert refused.value.code == code
    assert not (tmp_path / "out").exists()


def test_an_unknown_report_is_refused(quarter_register, tmp_path):
    """The sentence names the reports there are."""
    with pytest.raises(WrongUse) as refused:
        run("yearly", quarter_register, tmp_path)
    assert "季度奖惩核算报告" in refused.value.zh


def test_a_wrong_passphrase_is_a_sentence(quarter_register, tmp_path):
    """The register's own refusal comes out of the notebook in both languages, and nothing stays behind."""
    with pytest.raises(WorkbenchError) as refused:
        run("targets", quarter_register, tmp_path, passphrase="not this one")
    assert refused.value.code == "wrong_passphrase"
    assert "口令" in refused.value.zh
    assert "not this one" not in refused.value.zh + refused.value.en
    assert list(tmp_path.iterdir()) == []


def test_a_failing_notebook_leaves_nothing_and_betrays_nothing(quarter_register, tmp_path, monkeypatch):
    """An error in a cell becomes a sentence without its values; earlier files of the folder stay."""
    broken = nbformat.read(shipped("notebooks") / "信息转化率月报.ipynb", as_version=4)
    broken.cells.insert(-1, nbformat.v4.new_code_cell('raise KeyError("张联系 13912345678")'))
    (tmp_path / "notebooks").mkdir()
    nbformat.write(broken, tmp_path / "notebooks" / "信息转化率月报.ipynb")
    monkeypatch.setattr(registry, "shipped", lambda folder: tmp_path / folder)
    out = tmp_path / "out"
    out.mkdir()
    (out / "旧.txt").write_text("stays", encoding="utf-8")
    with pytest.raises(WorkbenchError) as failed:
        run("conversion", quarter_register, out)
    assert failed.value.code == "report_failed"
    assert "KeyError" in failed.value.zh
    assert "139" not in failed.value.zh + failed.value.en
    assert [path.name for path in out.iterdir()] == ["旧.txt"]


def test_a_kernel_that_dies_is_a_sentence(quarter_register, tmp_path, monkeypatch):
    """The kernel's sudden end is reported, not waited for."""
    dying = nbformat.read(shipped("notebooks") / "信息转化率月报.ipynb", as_version=4)
    dying.cells.append(nbformat.v4.new_code_cell("import os; os._exit(9)"))
    (tmp_path / "notebooks").mkdir()
    nbformat.write(dying, tmp_path / "notebooks" / "信息转化率月报.ipynb")
    monkeypatch.setattr(registry, "shipped", lambda folder: tmp_path / folder)
    with pytest.raises(WorkbenchError) as failed:
        run("conversion", quarter_register, tmp_path / "out")
    assert failed.value.code == "report_failed"
    assert list((tmp_path / "out").iterdir()) == []


def test_the_kernel_is_private(quarter_register, tmp_path, monkeypatch):
    """IPC sockets in a folder of its own, and the passphrase in no environment but the kernel's."""
    import os

    from workbench.platform.reporting import kernel

    seen = {}
    execute = kernel.execute

    def watching(notebook, parameters, manager, *rest):
        info = manager.get_connection_info()
        seen.update(transport=info["transport"], folder=Path(manager.connection_file).parent)
        seen["mode"] = seen["folder"].stat().st_mode & 0o777
        return execute(notebook, parameters, manager, *rest)

    monkeypatch.setattr(kernel, "execute", watching)
    monkeypatch.delenv("WORKBENCH_PASSPHRASE", raising=False)
    run("conversion", quarter_register, tmp_path)
    assert (seen["transport"], seen["mode"]) == ("ipc", 0o700)
    assert not seen["folder"].exists()
    assert "WORKBENCH_PASSPHRASE" not in os.environ


@pytest.mark.parametrize("report", reports(), ids=lambda report: report.alias)
def test_notebooks_are_thin_and_without_outputs(report: Report):
    """No outputs, one tagged parameters cell, the same five required parameters and known optional ones, no logic."""
    notebook = nbformat.read(report.notebook, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in code) == 1
    required = {name: Parameter(str, "", name) for name in ("register", "period", "as_of", "out_dir", "user")}
    assert runs.parameters_of(notebook) == required | OPTIONAL.get(report.alias, {})
    for cell in code:
        assert not [word for word in ("for ", "while ", "def ", "if ", "lambda") if word in cell.source]
