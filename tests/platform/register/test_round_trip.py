"""What is put into the register comes out of it: every table, every kind of column, any text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.vault import MOMENT, PHONES, Vault, deed, document, lead
from workbench.platform.register import schema, store
from workbench.platform.register.audit import OUTSIDE

# two values for each kind: an ordinary one and one that has been lost or bent somewhere before
SAMPLES: dict[str, tuple[Any, Any]] = {
    "INTEGER": (7, 2**53 + 1),
    "TEXT": ("江城客运公司", "00123"),
    "TIME": (datetime(2026, 1, 5, 9, 30, 1), datetime(1999, 12, 31, 23, 59, 59)),
    "DATE": (datetime(2026, 2, 28), datetime(2028, 2, 29)),
    "MONTH": ("2026-01", "2026-12"),
    "BOOL": (True, False),
    "JSON": ({"行": [1, None, "二"], "b": {"c": True}}, "2026"),
    "SEALED": ("张联系 13900001111", ""),
    "BLIND": ("13900001111", "13900002222"),
}
# rows that say what became of keys and digests or where names stand among others, not what somebody put in
OF_KEYS = ("subject_state", "restated", "restated_detail", "document_place")


@pytest.fixture(scope="module")
def kinds(original_vault: Vault) -> dict[str, dict[str, str]]:
    """Tables that grow, with their declared columns."""
    with original_vault.open() as register:
        return {name: columns for name, columns in register._tables.items() if name not in (*OUTSIDE, *OF_KEYS)}


def rows_of(columns: dict[str, str]) -> pd.DataFrame:
    """Two rows for a table: first and second sample of each column's kind."""
    key = next(iter(columns))
    frame = {
        name: pd.Series([SAMPLES[kind][0], SAMPLES[kind][1]], dtype=object)
        for name, kind in columns.items()
        if name not in (key, "entry")
    }
    frame[key] = [101, 102]
    return pd.DataFrame(frame)


def test_every_declared_kind_is_covered(kinds):
    """A column of a kind nobody tests fails here."""
    assert {kind for columns in kinds.values() for kind in columns.values()} == set(SAMPLES)
    assert schema.declared() == {*kinds, *OF_KEYS, "subject_key", "entry", "entry_signature", "state", "name_block"}


def test_every_table_and_column_round_trips(vault, kinds):
    """Two rows in every table: closed, reopened and read, whole rows are equal and the audit agrees."""
    wanted = {}
    with vault.open() as register:
        with deed(register) as entry:
            register._connection.execute("PRAGMA foreign_keys = OFF")
            for table, columns in kinds.items():
                frame = rows_of(columns)
                for name in set(frame) & {"document"} - {next(iter(columns))}:
                    frame[name] = [1, 2]  # documents the register has
                for _, _, parent, name, *_ in register._fetch(f"PRAGMA foreign_key_list({table})"):
                    if parent != "entry":
                        frame[name] = [1, 2] if parent == "document" else [101, 102]  # rows of this very deed
                assert entry.append(table, frame).tolist() == [101, 102]
                wanted[table] = frame.assign(entry=entry.number)
            entry.replace_state(wanted["transition"][["lead", "status", "clause"]])
        hashes = register.blind(pd.Series(SAMPLES["BLIND"])).tolist()
    with vault.open() as register:
        assert register.verify_audit() == []
        for table, columns in kinds.items():
            key = next(iter(columns))
            got = register.read(table, list(columns), where={key: [101, 102]})
            for name, kind in columns.items():
                expected = hashes if kind == "BLIND" else wanted[table][name].tolist()
                values = [item.to_pydatetime() if isinstance(item, pd.Timestamp) else item for item in got[name]]
                if name == "customer_key":  # a number stands for each name
                    expected, values = [0, 1], pd.factorize(got[name])[0].tolist()
                assert values == expected, f"{table}.{name}"


def test_columns_come_back_typed(vault):
    """Times are datetime64, whole numbers are integers even beside a gap, the rest is text; no float anywhere."""
    with vault.open() as register:
        with deed(register) as entry:
            entry.append(
                "application",
                pd.DataFrame(
                    [
                        {
                            "lead": 1,
                            "unit": "D001",
                            "at": MOMENT,
                            "quantity": 5,
                            "signs_on": date(2026, 3, 1),
                            "document": 1,
                            "row": 9,
                        },
                        {
                            "lead": 2,
                            "unit": "D001",
                            "at": MOMENT,
                            "quantity": None,
                            "signs_on": None,
                            "document": 1,
                            "row": 10,
                        },
                    ]
                ),
            )
        rows = register.read("application")
    typed = {name: str(kind) for name, kind in rows.dtypes.items() if str(kind) not in ("object", "str")}
    assert typed == {
        "application": "int64",
        "entry": "int64",
        "lead": "int64",
        "at": "datetime64[us]",
        "quantity": "Int64",
        "signs_on": "datetime64[us]",
        "document": "int64",
        "row": "int64",
    }
    assert rows["quantity"].tolist() == [5, pd.NA]
    assert rows["signs_on"].isna().tolist() == [False, True]


def test_missing_values_are_null_whatever_they_were(vault):
    """None, NaN, NaT and NA in nullable columns all come back missing; columns not given too."""
    gaps = [None, np.nan, pd.NA, pd.NaT]
    with vault.open() as register:
        with deed(register) as entry:
            for number, gap in enumerate(gaps, start=11):
                row = lead(number, 1, reported_on=gap, model=gap, remark=gap, content=gap)
                entry.append("lead", pd.DataFrame([row], dtype=object))
        rows = register.read(
            "lead", ["reported_on", "model", "remark", "content", "rivals"], {"lead": [11, 12, 13, 14]}
        )
    assert rows.isna().all(axis=None)
    assert len(rows) == len(gaps)


def test_sealed_columns_are_read_only_when_named(vault):
    """A plain read leaves personal fields closed; named, they come back in clear."""
    with vault.open() as register:
        assert not {"contact", "phone", "content", "remark"} & set(register.read("lead"))
        assert register.read("lead", ["lead", "phone"])["phone"].tolist() == list(PHONES)


def test_filters_compare_as_the_columns_are_stored(vault):
    """Times, dates, numbers and lists of values select the same rows however they are typed."""
    with vault.open() as register:
        for where in (
            {"filed_at": MOMENT},
            {"filed_at": pd.Timestamp(MOMENT)},
            {"filed_at": np.datetime64(MOMENT)},
            {"lead": [1, 2, 3, 4]},
            {"lead": np.array([1, 2, 3, 4])},
            {"category": "企事业单位", "city": {"芜湖市"}},
        ):
            assert register.count("lead", where) == 4, where
        assert register.count("lead", {"lead": np.int64(3)}) == 1
        assert register.count("lead", {"lead": []}) == 0
        assert register.maximum("lead", "filed_at") == MOMENT
        assert register.minimum("incident", "at") is None
        assert register.read("lead", ["lead"], {"lead": [99]}).empty


def test_a_hash_of_digits_stays_text(vault, monkeypatch):
    """A blind hash may by chance look like a number, with or without an exponent; it must not become one."""
    by_chance = [
        "12345678901234567890123456789012",
        "0000000000000000000000000000001e",
        "1e345678901234567890123456789012",
    ]
    genuine = store.cipher.blind
    monkeypatch.setattr(
        store.cipher,
        "blind",
        lambda key, values: [by_chance.pop() if value in PHONES else genuine(key, [value])[0] for value in values],
    )
    looks = list(reversed(by_chance))
    with vault.open() as register:
        with deed(register) as entry:
            entry.append("lead", pd.DataFrame([lead(number, 1) for number in (11, 12, 13)]))
        assert register.read("lead", ["phone_key"], {"lead": [11, 12, 13]})["phone_key"].tolist() == looks
        assert register.verify_audit() == []


@examples(100)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=4, max_size=4))
def test_any_text_survives(shelf, texts):
    """Emoji, zero bytes, quotes, digits: plain, sealed and inside JSON, and the audit agrees."""
    plain, sealed, inside, detail = texts
    with deed(shelf, note=detail) as entry:
        ids = entry.append(
            "document",
            pd.DataFrame(
                [document(0, name=plain, sealed_header=sealed, header={inside: inside}, sha256=str(entry.number))]
            ).drop(columns="document"),
        )
    got = shelf.read("document", ["name", "sealed_header", "header"], {"document": ids.tolist()})
    assert got.to_dict("records") == [{"name": plain, "sealed_header": sealed, "header": {inside: inside}}]
    assert shelf.read("entry")["detail"].tolist()[-1] == {"note": detail}
    assert shelf.verify_audit() == []


@pytest.fixture(scope="module")
def shelf(original_vault, tmp_path_factory):
    """A register kept open for many examples."""
    with original_vault.copy(tmp_path_factory.mktemp("文字")).open() as register:
        yield register


def test_a_missing_text_among_others_is_none(vault):
    """Not nan, which is true and no JSON: neither in a column of texts nor in one of opened fields."""
    with vault.open() as register:
        with deed(register) as entry:
            rows = [lead(11, 1, remark=None, county="镜湖区"), lead(12, 1, county=None)]
            entry.append("lead", pd.DataFrame(rows))
        got = register.read("lead", ["county", "remark"], where={"lead": [11, 12]})
    assert got["county"].tolist() == ["镜湖区", None]
    assert got["remark"].tolist() == [None, "经刘密联介绍"]
