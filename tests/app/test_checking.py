"""Many files are judged together as each would be by itself."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from tests.support.office import UNIT_TITLES, UNITS, fill, lead
from tests.support.official import T1, T6
from tests.support.workbooks import Reports
from workbench.app.checking import all_findings, findings_of
from workbench.app.policy import load_policy
from workbench.platform.forms.read import Form, read_many

TAXI = {"客户类别": "出租", "行政级别": "地市级及以上"}


@pytest.fixture
def paths(blanks, tmp_path):
    """Reports of two years with faults of every kind, one without rows, and a directory."""
    make = Reports(tmp_path, blanks / T1.file)
    twice = lead("江城公交")
    return [
        make(twice, lead("滨江机械厂", 联系方式="无"), twice, name="一.xlsx"),
        make(lead("江城公交"), lead("东湖农场", 第三方联系人="李提报"), name="二.xlsx"),
        make(
            lead("南岸学校", 联系方式="13700002222", **{"标的量(台)": 1}), name="三.xlsx", 提报人=None, 提报人电话=None
        ),
        fill(blanks / T1.file, tmp_path / "空.xlsx", {"单位代码": "D001", "提报日期": datetime(2026, 1, 5)}, []),
        make(lead("西山出租", **TAXI), lead("北站出租", 行政级别=None, 客户类别="出租"), name="四.xlsx"),
        make(lead("旧年", 第三方联系人=None), name="五.xlsx", 提报日期=datetime(2015, 1, 5)),
        fill(
            blanks / T6.file,
            tmp_path / "名录.xlsx",
            {},
            [dict(zip(UNIT_TITLES, (*UNITS[0][:8], "出祖"), strict=True))],
        ),
    ]


def test_files_together_and_each_by_itself(paths):
    """The same findings in the same order, the same rows returned."""
    policy = load_policy()
    together, alone = ([form for _, form in read_many(paths) if isinstance(form, Form)] for _ in range(2))
    assert len(together) == len(paths)
    found = all_findings(together, policy)
    assert found == [findings_of(form, policy) for form in alone]
    for one, other in zip(together, alone, strict=True):
        pd.testing.assert_frame_equal(one.rows, other.rows)
    codes = [{finding.code for finding in each} for each in found]
    assert codes[0] == {"missing", "duplicate"} and codes[1] == {"own_contact"} and codes[2] == {"too_few_vehicles"}
    assert not codes[3] and codes[4] == {"taxi_review", "missing"}
    assert codes[6] == {"unknown_category"}
