"""Altered workbooks end in what the reader says of them, or in a refusal: nothing else comes out, and nothing hangs.

Mutations are drawn from a seed: bytes, tokens of XML, whole parts, and the archive itself. The reader runs in this process, so
that any other exception is seen as it is.
"""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.altered import altered, parts, zipped
from tests.support.examples import examples
from tests.support.fixtures.forms import Reports
from tests.support.fuzzing import FUZZED, counted, of_pass, written_otherwise
from tests.support.office import lead
from tests.support.official import T1
from tests.support.other_formats import grids_of, ods, xls, xlsb
from workbench.core.errors import FileRefused
from workbench.platform.forms import child
from workbench.platform.forms.guard import Refused
from workbench.platform.forms.read import Form, read_many
from workbench.platform.forms.reading_process import specs
from workbench.platform.forms.sheet import Sheet

pytestmark = pytest.mark.slow
SEEDS = st.integers(0, 2**32 - 1)
LONGEST = 10  # seconds for one small file, on a busy machine


class Files(dict[str, bytes]):
    """Contents by format; shown by their names only."""

    def __repr__(self) -> str:
        return f"Files({', '.join(self)})"


@pytest.fixture(scope="module")
def files(blanks, tmp_path_factory) -> Files:
    """A T1 of three rows in every format."""
    rows = lead("江城公交"), lead("滨江机械厂", 联系方式="13900003302"), lead("东湖农场", 需求车型=None)
    path = Reports(tmp_path_factory.mktemp("提报"), blanks / T1.file)(*rows)
    grids = grids_of(path)
    table = next(iter(grids.values()))
    text = "\n".join(",".join("" if value is None else str(value) for value in row) for row in table)
    return Files(
        xlsx=path.read_bytes(),
        xls=xls(grids, hidden_sheets=[child.STAMP]),
        xlsb=xlsb(grids),
        ods=ods(grids),
        csv=text.encode("gb18030"),
    )


def outcome(raw: bytes, specs: dict) -> str:
    """What became of a file; any exception but a refusal goes on."""
    begun = time.process_time()
    try:
        answer = child.parsed(raw, specs)
    except Refused as no:
        assert no.key
        return "refused"
    finally:
        assert time.process_time() - begun < LONGEST
    return "refused" if answer.get("refused") else "read"


@examples(4000, shrink=False)
@given(SEEDS)
def test_a_part_that_was_altered_is_read_or_refused(files, seed):
    """The workbook part, relationships, styles, texts or the sheet itself."""
    random, held = Random(seed), parts(files["xlsx"])
    for name in random.sample(sorted(held), random.randint(1, 2)):
        held[name] = altered(held[name], random)
    outcome(zipped(held), specs())


@examples(1000, shrink=False)
@given(SEEDS)
def test_an_archive_whose_parts_are_lost_or_exchanged_is_read_or_refused(files, seed):
    """Parts missing, under each other's names, in another case, or there twice."""
    random, held = Random(seed), parts(files["xlsx"])
    names = sorted(held)
    one, two = random.sample(names, 2)
    how = random.randrange(4)
    if how == 0:
        del held[one]
    elif how == 1:
        held[one], held[two] = held[two], held[one]
    elif how == 2:
        held[one.swapcase()] = held.pop(one)
    else:
        held[one.upper()] = held[two]
    outcome(zipped(held), specs())


def spoiled(raw: bytes, random: Random) -> bytes:
    """Some bytes are others, or the end is missing."""
    changed = bytearray(raw)
    for _ in range(random.randint(1, 12)):
        changed[random.randrange(len(changed))] = random.randrange(256)
    if random.random() < 0.3:
        del changed[random.randrange(len(changed)) :]
    return bytes(changed)


@examples(2000, shrink=False)
@given(SEEDS)
def test_bytes_that_were_altered_are_read_or_refused(files, seed):
    """Any byte of the archive, or the end of it missing."""
    outcome(spoiled(files["xlsx"], Random(seed)), specs())


@pytest.mark.parametrize("what", FUZZED)
def test_the_long_run_alters_what_is_read(what):
    """As many inputs as ``python -m tests.support.fuzzing`` is asked for; a good part of them is read, as many are refused."""
    counts = counted(what, 2_000)
    assert counts["read"] > 500 and counts["damaged_workbook"] > 500 and counts.total() == 2_000


def test_the_long_run_notices_a_pass_that_finds_something_else(monkeypatch):
    """What the short way of plain cells would lose."""
    monkeypatch.setattr(Sheet, "_plain_rows", lambda self, run, most: self.grid.extend([[]] * len(run)) or [])
    one = of_pass(written_otherwise())
    with pytest.raises(AssertionError, match="read another way"):
        for seed in range(200):
            one(Random(seed))


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods", "csv"])
def test_other_formats_cost_their_reader_at_most(files, tmp_path, kind):
    """A library that gives up with its process takes none of the files before and after it along."""
    random = Random(kind)
    paths = [tmp_path / f"{number}.{kind}" for number in range(120)]
    for path in paths:
        path.write_bytes(spoiled(files[kind], random))
    whole = tmp_path / f"完好.{kind}"
    whole.write_bytes(files[kind])
    told = [result for _, result in read_many([*paths, whole])]
    assert {type(each) for each in told} <= {Form, FileRefused}
    assert isinstance(told[-1], Form) and len(told[-1].rows) == 3
