"""Reports by the workers of a real Dask cluster: the same files, no key there, and nothing lost where workers die."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from tests.platform.reporting.trial_report import CAPABILITY
from tests.support import synthetic
from tests.support.cluster import before_each_task, carried, first_ends_its_worker
from tests.support.office import lead
from tests.support.report_runs import WHEN, run
from workbench.app.reports import Reports
from workbench.capabilities.contracts import conversion_report
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.core.shipped import shipped
from workbench.platform.capability import extended
from workbench.platform.executors import cluster as clusters
from workbench.platform.executors import workers as executors
from workbench.platform.executors.workers import Workers
from workbench.platform.reporting import elsewhere, registry
from workbench.platform.reporting.registry import reports

pytestmark = [pytest.mark.slow, pytest.mark.process]
NAME = "芜湖机密机械有限公司"


@pytest.fixture(scope="module")
def both(cluster, quarter_register, tmp_path_factory):
    """Every report but a customer's card, made here and by the cluster; and what the cluster was given."""

    def made(place: str) -> dict:
        out = tmp_path_factory.mktemp(place)
        with Reports(quarter_register, "clerk", synthetic.PASSPHRASE, out) as making:
            making.send([(alias, *when) for alias, when in WHEN.items()])
            return {alias: making.make(alias, *when) for alias, when in WHEN.items()}

    here = made("here")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CLUSTER", cluster.address)
        sent = carried(patch)
        there = made("there")
    return SimpleNamespace(here=here, there=there, sent=sent)


def untimed(path: Path) -> dict:
    """A notebook without when its cells ran, and the number papermill draws for the cell of what was given."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for part in (notebook, *notebook["cells"]):
        part["metadata"].pop("execution", None)
        for name in ("start_time", "end_time", "duration"):
            part["metadata"].get("papermill", {}).pop(name, None)
        if "injected-parameters" in part["metadata"].get("tags", []):
            del part["id"]
    return notebook


def test_all_of_them_were_made(both):
    """A report whose card needs a customer of another register apart."""
    assert {each.alias for each in reports()} == {*both.there, "card"}
    assert len(both.sent) == len(WHEN)


@pytest.mark.parametrize("alias", sorted(WHEN))
def test_every_report_is_the_same(alias, both):
    """Workbooks and page to the byte, the notebook but for its times, the manifest but for when it was signed."""
    here, there = both.here[alias], both.there[alias]
    assert [path.name for path in there.files] == [path.name for path in here.files]
    for one, other in zip(here.files, there.files, strict=True):
        assert one == here.notebook or one == here.manifest or one.read_bytes() == other.read_bytes(), one.name
    assert untimed(there.notebook) == untimed(here.notebook)
    manifests = [json.loads(each.manifest.read_text(encoding="utf-8")) for each in (here, there)]
    for each in manifests:
        del each["files"][here.notebook.name], each["signature"]["signature"], each["made_at"]
    assert manifests[0] == manifests[1]
    assert sorted(path.name for path in there.workbook.parent.iterdir() if path.name.startswith(".")) == []


def test_nothing_secret_travels_or_is_logged(both, cluster):
    """No passphrase and no personal data in what workers were given, nor anything of the reports in what they say."""
    for secret in (synthetic.PASSPHRASE, synthetic.SECRET_PHONE, *synthetic.SECRET_NAMES):
        assert not any(secret.encode() in each for each in both.sent)
        assert secret not in cluster.logs()
    said = cluster.logs()
    assert "登记册.db" not in said and "clerk" not in said
    assert not any(name in said for name in ("标的量", "合同量", "季度奖惩核算"))


def test_one_report_at_a_time_goes_there_too(cluster, quarter_register, tmp_path, monkeypatch):
    """Progress is told once it is through."""
    monkeypatch.setenv("WORKBENCH_CLUSTER", cluster.address)
    sent, told = carried(monkeypatch), []
    made = run("conversion", quarter_register, tmp_path, progress=lambda *step: told.append(step))
    assert len(sent) == 1 and len(told) == 1 and told[0][0] == told[0][1] > 5
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in made.files)


@pytest.fixture
def cell(tmp_path, monkeypatch):
    """Put code before the last cell of the notebook of the conversion."""

    def put(code: str) -> None:
        changed = nbformat.read(shipped("notebooks") / "信息转化率月报.ipynb", as_version=4)
        changed.cells.insert(-1, nbformat.v4.new_code_cell(code))
        folder = tmp_path / "changed"
        shutil.copytree(shipped("notebooks"), folder)
        nbformat.write(changed, folder / "信息转化率月报.ipynb")
        monkeypatch.setattr(registry, "shipped", lambda _: folder)

    return put


LOOK = """
import json, os, tempfile
from pathlib import Path
print(json.dumps([dict(os.environ), os.listdir(), os.getcwd(), tempfile.gettempdir(), Path("/proc/self/environ").read_text()]))
"""


def test_a_kernel_there_knows_no_register(own_cluster, quarter_register, tmp_path, cell, monkeypatch):
    """Even where its worker does, and was used all the same: no variable of ours; what it writes stays off the disk."""
    ours = {"WORKBENCH_PASSPHRASE": "一句不该在这里的口令", "WORKBENCH_REGISTER": "there.db", "WORKBENCH_USER": "there"}
    own_cluster.worker(**ours)
    monkeypatch.setattr(clusters, "_require_fit", lambda _: None)
    monkeypatch.setenv("WORKBENCH_CLUSTER", own_cluster.address)
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", synthetic.PASSPHRASE)
    cell(LOOK)
    made = run("conversion", quarter_register, tmp_path / "out")
    notebook = nbformat.read(made.notebook, as_version=4)
    (printed,) = (each.text for part in notebook.cells for each in part.get("outputs", []) if "text" in each)
    environment, files, folder, temporary, started = json.loads(printed)
    assert environment["JPY_PARENT_PID"] == str(own_cluster.processes[-1].pid)
    assert not [name for name in environment if name.startswith("WORKBENCH")] and "WORKBENCH" not in started
    assert "there" not in [*environment.values()] and synthetic.PASSPHRASE not in printed
    assert files == [] and temporary == folder and not Path(folder).exists()
    assert Path(folder).is_relative_to("/dev/shm") or elsewhere._in_memory() is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f'raise KeyError("{NAME}")', "report_failed"),
        ("import os; os._exit(9)", "report_failed"),
        (
            "from workbench.core.errors import WrongUse\n"
            "from workbench.platform.reporting.notebook import refusals_left_in\n"
            'with refusals_left_in(report.folder):\n    raise WrongUse("bad_period", text="2026-13")',
            "bad_period",
        ),
    ],
    ids=["fault", "death", "refusal"],
)
def test_what_a_notebook_ends_in_is_said_as_here(
    code, expected, cluster, quarter_register, tmp_path, cell, monkeypatch
):
    """The same sentences, without values; earlier files stay, and a worker's log knows nothing of it."""
    cell(code)
    out = tmp_path / "out"
    out.mkdir()
    (out / "旧.txt").write_text("stays", encoding="utf-8")
    said = []
    for address in ("", cluster.address):
        monkeypatch.setenv("WORKBENCH_CLUSTER", address)
        with pytest.raises(WorkbenchError) as refused:
            run("conversion", quarter_register, out)
        said.append((refused.value.code, refused.value.zh, refused.value.en))
        assert [path.name for path in out.iterdir()] == ["旧.txt"]
    assert said[0] == said[1] and said[0][0] == expected
    assert NAME not in str(said) and NAME not in cluster.logs()


def test_a_report_whose_kernel_dies_there_is_made_here(cluster, quarter_register, tmp_path, cell, monkeypatch):
    """As of one that has too little memory on that machine."""
    cell('import os; "WORKBENCH_PASSPHRASE" in os.environ or os._exit(9)')
    monkeypatch.setenv("WORKBENCH_CLUSTER", cluster.address)
    sent = carried(monkeypatch)
    made = run("conversion", quarter_register, tmp_path)
    assert len(sent) == 1 and made.workbook.exists() and made.manifest.exists()


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_sent(
    cluster, quarter_register, tmp_path, monkeypatch
):
    """In a sentence, with a cluster and without."""
    (tmp_path / "a file").write_text("")
    sent = carried(monkeypatch)
    for address in ("", cluster.address):
        monkeypatch.setenv("WORKBENCH_CLUSTER", address)
        with pytest.raises(WrongUse) as refused:
            run("conversion", quarter_register, tmp_path / "a file" / "报告")
        assert refused.value.code == "folder_not_written"
    assert sent == []


def test_what_the_register_refuses_is_said_as_here(cluster, quarter_register, tmp_path, monkeypatch):
    """Nothing travels."""
    sent, said = carried(monkeypatch), []
    for address in ("", cluster.address):
        monkeypatch.setenv("WORKBENCH_CLUSTER", address)
        with pytest.raises(WorkbenchError) as refused:
            run("targets", quarter_register, tmp_path / "out", passphrase="not this one")
        said.append((refused.value.code, refused.value.zh))
    assert said[0] == said[1] and said[0][0] == "wrong_passphrase"
    assert sent == []


def test_a_report_from_outside_the_program_is_made_here(cluster, quarter_register, tmp_path, monkeypatch):
    """Workers do not have it, nor what else its capability may change."""
    monkeypatch.setenv("WORKBENCH_CLUSTER", cluster.address)
    sent = carried(monkeypatch)
    with extended(CAPABILITY):
        assert run("trial", quarter_register, tmp_path).manifest.exists()
    assert sent == []


def test_what_cannot_be_prepared_fails_in_its_notebook(cluster, quarter_register, tmp_path, monkeypatch):
    """A fault of a view is told with its cell, as ever; here it is none in the kernel, so that the report is made."""
    monkeypatch.setenv("WORKBENCH_CLUSTER", cluster.address)
    monkeypatch.setattr(conversion_report, "view", lambda *_: {}[NAME])
    sent = carried(monkeypatch)
    assert run("conversion", quarter_register, tmp_path).manifest.exists()
    assert sent == []


WAIT_ONCE = """
import os, time
from pathlib import Path
begun = Path({mark!r})
if not begun.exists():
    begun.write_text(f"{{os.getppid()}} {{os.getpid()}} {{Path.cwd()}}")
    time.sleep(120)
"""


def test_a_worker_killed_in_the_middle_loses_nothing(own_cluster, quarter_register, tmp_path, cell, monkeypatch):
    """Another one makes its report; its kernel ends with it, and what it left goes when the other begins."""
    mark = tmp_path / "begun"
    workers = [own_cluster.worker(), own_cluster.worker()]
    monkeypatch.setenv("WORKBENCH_CLUSTER", own_cluster.address)
    cell(WAIT_ONCE.format(mark=str(mark)))
    real, killed = Workers.result, []

    def result(self, task):
        if not killed:
            while not mark.exists() or "made" not in mark.read_text():
                assert not task.done()
                time.sleep(0.05)
            worker, kernel, folder = mark.read_text().split(" ", 2)
            killed.extend([next(each for each in workers if each.pid == int(worker)), int(kernel), Path(folder)])
            os.kill(int(worker), signal.SIGKILL)
            assert killed[2].is_dir()
        return real(self, task)

    monkeypatch.setattr(Workers, "result", result)
    wanted = [(alias, *WHEN[alias]) for alias in ("conversion", "targets")]
    with Reports(quarter_register, "clerk", synthetic.PASSPHRASE, tmp_path / "out") as making:
        making.send(wanted)
        made = [making.make(*each) for each in wanted]
    assert killed[0].wait(10) == -signal.SIGKILL
    assert all(path.exists() for each in made for path in each.files)
    assert len(list((tmp_path / "out").iterdir())) == 8
    assert gone(killed[1]) and not killed[2].parent.exists()


def gone(process: int) -> bool:
    """Whether a process ends within seconds."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


def test_where_worker_after_worker_dies_a_report_is_made_here(
    impatient_cluster, quarter_register, tmp_path, monkeypatch
):
    """And the one beside it by a worker."""
    ended = first_ends_its_worker(monkeypatch, lambda first: first == "信息转化率月报")
    monkeypatch.setenv("WORKBENCH_CLUSTER", impatient_cluster.address)
    wanted = [(alias, *WHEN[alias]) for alias in ("conversion", "targets")]
    with Reports(quarter_register, "clerk", synthetic.PASSPHRASE, tmp_path / "out") as making:
        making.send(wanted)
        assert all(making.make(*each).manifest.exists() for each in wanted)
    assert ended


@pytest.fixture
def january(staffed, prepared):
    """A register whose first lead came on the 5th of January, and whose publications are out."""
    leads = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    prepared(staffed.folder, "one lead", lambda: staffed.receive(leads, "2026-01-05T09:00:00", code=0))
    for day in ("10", "20", "30"):
        staffed.published(f"2026-01-{day}", f"2026-01-{day}T17:00:00")
    return staffed


def test_what_is_due_is_the_same(cluster, january, monkeypatch):
    """The reports of a month at once; the other duties between them, and every workbook and page, as without a cluster."""
    ran, files, together = [], [], []
    sent, send = carried(monkeypatch), Reports.send
    monkeypatch.setattr(Reports, "send", lambda self, wanted: (together.append(len(wanted)), send(self, wanted)))
    for name, address in (("hier", ""), ("dort", cluster.address)):
        folder = january.folder / name
        folder.mkdir()
        for path in january.folder.glob("登记册.db*"):
            shutil.copy2(path, folder / path.name)
        monkeypatch.setenv("WORKBENCH_REGISTER", str(folder / "登记册.db"))
        monkeypatch.setenv("WORKBENCH_CLUSTER", address)
        out = folder / "报告"
        done = january.ask("due", "--on", "2026-02-03", "--run", "--out", out, code=1)["ran"]
        ran.append([(each["task"], each["period"], each["late"], each["again"], each["error"]) for each in done])
        files.append({path.name: path.read_bytes() for path in out.iterdir() if path.suffix in (".xlsx", ".html")})
    assert ran[0] == ran[1]
    assert [task for task, *_ in ran[0]].count("publication") == 3
    assert files[0] == files[1] and len(files[0]) == 10
    assert together == [2, 2] and sum(b"reporting.elsewhere" in each for each in sent) == 5


def test_without_workers_left_it_ends_in_a_sentence(own_cluster, january, monkeypatch):
    """Folder and register are as they were, and the report is made once there are workers again."""
    monkeypatch.setattr(executors, "PATIENCE", 1.0)
    only = own_cluster.worker()
    monkeypatch.setenv("WORKBENCH_CLUSTER", own_cluster.address)
    out = january.folder / "报告"
    command = ("report", "信息转化率月报", "--period", "2026-01", "--as-of", "2026-02-03", "--out", out)
    with january.opened() as session:
        before = session.register.count("entry")
    with monkeypatch.context() as patch:
        before_each_task(patch, lambda _: only.kill())
        january.run(*command, code=2)
    assert "工作进程全部中断" in january.said
    assert list(out.iterdir()) == []
    with january.opened() as session:
        assert session.register.count("entry") == before
    own_cluster.worker()
    january.run(*command)
    assert len(list(out.iterdir())) == 4


def test_without_a_scheduler_each_is_told(own_cluster, quarter_register, tmp_path, monkeypatch):
    """What was sent, and what is asked for afterwards: nobody waits for ever, and nothing is left."""
    monkeypatch.setattr(executors, "PATIENCE", 1.0)
    monkeypatch.setattr(clusters, "PATIENCE", 1.0)
    own_cluster.worker()
    monkeypatch.setenv("WORKBENCH_CLUSTER", own_cluster.address)
    codes, wanted = [], [(alias, *WHEN[alias]) for alias in ("conversion", "targets", "development")]
    with Reports(quarter_register, "clerk", synthetic.PASSPHRASE, tmp_path / "out") as making:
        making.send(wanted[:2])
        own_cluster.scheduler.kill()
        for each in wanted:
            with pytest.raises(WorkbenchError) as refused:
                making.make(*each)
            codes.append(refused.value.code)
    assert codes == ["no_worker_left"] * 3  # and it is not sought again
    assert list((tmp_path / "out").iterdir()) == []
