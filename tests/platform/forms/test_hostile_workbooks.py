"""Marking, putting right and verifying open received files too: in the reading process, bounded, with a closed outcome."""

from __future__ import annotations

import ctypes
import os
import random
import resource
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from tests.support.office import lead
from tests.support.source import ROOT
from tests.support.workbooks import DATA, rewrite
from workbench.app.checking import check_files
from workbench.app.policy import load_policy
from workbench.core.errors import FileRefused
from workbench.platform.forms import limits
from workbench.platform.forms.fixing import fix_file
from workbench.platform.forms.limits import JobLimits, limit_by_job

pytestmark = pytest.mark.process
GUIDE = "xl/worksheets/sheet2.xml"  # no parser of ours reads it, openpyxl does
SOON = 40  # seconds, on a machine that is busy with other things


def many_cells(raw):
    """Three million numbers no packing makes small: a file of 20 MB."""
    chance = random.Random(1)
    rows = (
        f'<row r="{row}">'
        + "".join(f'<c r="AA{row}"><v>{chance.randrange(10**9)}</v></c>' for _ in range(20))
        + "</row>"
        for row in range(1000, 151_000)
    )
    return raw.replace(b"</sheetData>", "".join(rows).encode() + b"</sheetData>")


def merged(raw):
    """An area of half a thousand million cells, its colon written as a reference."""
    return raw.replace(b"</sheetData>", b"</sheetData><mergeCells><mergeCell ref='A300&#58;SZ900000'/></mergeCells>")


def deep(raw):
    """Elements within elements, nine hundred thousand."""
    return raw.replace(b"</sheetData>", b"</sheetData>" + b"<a>" * 900_000 + b"</a>" * 900_000)


def long_texts(raw):
    """More text than a form can have, in a part that is read whole."""
    return raw + b"<!--" + b"".join(b"%x" % n for n in range(12_000_000)) + b"-->"


@pytest.mark.parametrize(
    "spoil",
    [merged, deep, *(pytest.param(each, marks=pytest.mark.slow) for each in (many_cells, long_texts))],
    ids=lambda spoil: spoil.__name__,
)
def test_a_workbook_that_would_take_minutes_is_marked_by_its_values_alone(lead_record, tmp_path, spoil):
    """The copies hold what the form holds and nothing of what would take long; in seconds, and this process stays small."""
    path = rewrite(lead_record(lead("江城　公交", 联系方式=None)), GUIDE, spoil)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    (receipt,) = check_files([path], load_policy(), annotate_to=tmp_path / "批注")
    fix_file(path, tmp_path / "更正")
    assert [finding.code for finding in receipt.findings] == ["missing"]
    assert time.monotonic() - started < SOON
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # KiB
    assert [path.name for path in (tmp_path / "批注").iterdir()] == ["提报_批注.xlsx"]
    assert [path.name for path in (tmp_path / "更正").iterdir()] == ["提报_更正.xlsx"]


def test_a_merged_area_over_the_whole_table_costs_nothing(lead_record):
    """Each row of the table that lies in it is named, the other million rows are not gone through."""
    path = rewrite(
        lead_record(lead("江城公交")),
        DATA,
        lambda raw: raw.replace(b"</mergeCells>", b'<mergeCell ref="A7:D999999"/>' * 500 + b"</mergeCells>"),
    )
    started = time.monotonic()
    (receipt,) = check_files([path], load_policy())
    assert {finding.code for finding in receipt.findings} >= {"merged_cells"}
    assert len(receipt.findings) < 60
    assert time.monotonic() - started < SOON


def wide(raw):
    """Cells far to the right in so many rows that a copy would have half a million cells."""
    rows = "".join(f'<row r="{row}"><c r="ZZ{row}"><v>1</v></c></row>' for row in range(1000, 1800))
    return raw.replace(b"</sheetData>", rows.encode() + b"</sheetData>")


def cut_off(raw):
    """A part that ends in the middle: openpyxl cannot take the workbook."""
    return raw[:-40]


def test_what_cannot_be_copied_is_one_files_outcome(lead_record, tmp_path):
    """Neither the library nor a new workbook can hold it: why is said, and the next one of the same run is marked."""
    bad = rewrite(rewrite(lead_record(lead("江城　公交", 联系方式=None), name="坏.xlsx"), GUIDE, cut_off), DATA, wide)
    good = lead_record(lead("江城公交", 联系方式=None), name="好.xlsx")
    first, second = check_files([bad, good], load_policy(), annotate_to=tmp_path / "批注")
    assert first.findings[-1].code == "not_marked" and not first.refused
    assert [finding.code for finding in second.findings] == ["missing"]
    assert sorted(path.name for path in (tmp_path / "批注").iterdir()) == ["坏_退回说明.txt", "好_批注.xlsx"]
    with pytest.raises(FileRefused) as no:
        fix_file(bad, tmp_path / "更正")
    assert no.value.code == "too_much_to_mark" and [*(tmp_path / "更正").iterdir()] == []


def test_a_part_that_nobody_reads_may_be_no_xml(lead_record, tmp_path):
    """A drawing of an old program, its `<br>` never closed: the form is read, and its copy holds the values alone."""
    path = rewrite(lead_record(lead("江城公交", 联系方式=None)), "xl/drawings/old.vml", lambda _: b"<xml><br></xml>")
    (receipt,) = check_files([path], load_policy(), annotate_to=tmp_path / "批注")
    assert [finding.code for finding in receipt.findings] == ["missing"]
    assert [path.name for path in (tmp_path / "批注").iterdir()] == ["提报_批注.xlsx"]


def test_files_of_one_name_get_a_copy_each(lead_record, tmp_path):
    """Two dealers send 提报.xlsx: neither copy takes the other's place."""
    paths = []
    for folder in ("甲", "乙"):
        (tmp_path / folder).mkdir()
        paths.append(lead_record(lead(f"{folder}公交", 联系方式=None)).rename(tmp_path / folder / "提报.xlsx"))
    check_files(paths, load_policy(), annotate_to=tmp_path / "批注")
    copies = sorted((tmp_path / "批注").iterdir())
    assert [copy.name for copy in copies] == ["提报_批注.xlsx", "提报_批注_2.xlsx"]
    assert [load_workbook(copy).worksheets[0]["B7"].value for copy in copies] == ["甲公交", "乙公交"]


def test_a_file_changed_after_the_check_is_not_marked(lead_record, tmp_path):
    """The copy would show findings of other cells."""
    from workbench.platform.forms.annotate import annotate
    from workbench.platform.forms.read import read

    (form,) = read(lead_record(lead("江城公交", 联系方式=None)))
    lead_record(lead("江城物流"))
    with pytest.raises(FileRefused) as no:
        annotate(form, form.findings, tmp_path / "批注.xlsx")
    assert no.value.code == "changed_meanwhile"


@pytest.mark.skipif(sys.platform == "win32", reason="asks for limits of the system that Windows keeps in jobs")
def test_the_reading_process_is_bounded_by_the_system():
    """Memory, and nothing of it on a disk when it crashes."""
    code = (
        "import resource; from workbench.platform.forms.limits import limit_memory; limit_memory();"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CORE)[1])"
    )
    told = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert told.stdout.split() == [str(limits.MEMORY).encode(), b"0"]


class Function:
    """A function of a Windows library: records what it is given, answers as told."""

    def __init__(self, answer, log, name):
        self.answer, self.log, self.name = answer, log, name

    def __call__(self, *given):
        self.log.append((self.name, given))
        return self.answer


@pytest.mark.parametrize("refuses", [None, "CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"])
def test_on_windows_a_job_bounds_the_process(refuses):
    """With a stand-in for Windows' library: a job with a limit per process, this process in it; a refusal is told.

    That Windows keeps to it cannot be tested here.
    """
    log = []
    answers = {
        "CreateJobObjectW": 7,
        "GetCurrentProcess": 9,
        "SetInformationJobObject": 1,
        "AssignProcessToJobObject": 1,
    }
    kernel = SimpleNamespace(
        **{name: Function(0 if name == refuses else answer, log, name) for name, answer in answers.items()}
    )
    assert limit_by_job(kernel) is (refuses is None)
    if refuses is None:
        told = dict(log)
        job, kind, pointer, size = told["SetInformationJobObject"]
        given = pointer._obj
        assert (job, kind, size) == (7, 9, ctypes.sizeof(JobLimits))
        assert (given.process_memory, given.basic.flags) == (limits.MEMORY, 0x500)
        assert told["AssignProcessToJobObject"] == (7, 9)
    if ctypes.sizeof(ctypes.c_void_p) == 8:  # as Windows lays it out on 64 bits
        assert (ctypes.sizeof(JobLimits), JobLimits.process_memory.offset) == (144, 112)
