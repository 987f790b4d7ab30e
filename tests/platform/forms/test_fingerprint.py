"""Rows are known again by receipts of versions that read less of a cell."""

from __future__ import annotations

from tests.support.office import lead
from tests.support.workbooks import accepted
from workbench.platform.forms.fingerprint import earlier_fingerprints, fingerprints, new_code


def test_a_row_is_known_by_what_earlier_versions_read_of_it(lead_record):
    """They took a mobile number stored as a number for empty; rows that were always read have one hash only."""
    code = new_code()
    now = accepted(lead_record(lead("江城公交", 联系方式=13900001111), lead("江城物流"), name="新.xlsx"))
    before = accepted(lead_record(lead("江城公交", 联系方式=None), lead("江城物流"), name="旧.xlsx"))
    received = fingerprints(before, code)
    assert earlier_fingerprints(now, code) == {7: [received[7]]}
    assert fingerprints(now, code)[7] != received[7] and fingerprints(now, code)[8] == received[8]
