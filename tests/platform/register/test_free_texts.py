"""What people type into sheets and commands is sealed like names: in columns, in files' headers, and in the trail's own entries.

Attacks are made by a bare connection with the keys the attacker's role holds; to decrypt, the attacker has a reader of his own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from tests.support.earlier import names_only_program
from tests.support.pages import decrypted
from tests.support.raw_reading import in_clear, pieces, read_raw
from tests.support.vault import MOMENT, USER, Vault, deed, document, lead, outcome, write_pair
from workbench.core.errors import RegisterError
from workbench.platform.register import audit, destruction, free_texts, names, proof, resealing
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.facts import Stored, fact_tables
from workbench.platform.register.store import Register
from workbench.platform.register.subjects import name_of_customer

CUSTOMER = "江城重工集团"
HEADER, REVEALED, HELD = "因重工订单调减", "重工刘主任来电核对", "船厂老周说是误报"
SAID = ("对方已选定船厂", "对方已选定船厂", "船厂预算取消")  # by which a lead was found invalid, one after another
PLAIN = {"INTEGER": 1, "TEXT": "x", "TIME": MOMENT, "DATE": MOMENT, "MONTH": "2026-01", "BOOL": True, "JSON": {}}
REST = {"person": "陈核", "expires_on": MOMENT}
ABOUT = {"lead": 1, "document": 1, "feedback": 1, "unit": "D001"}


def typed(table: str, column: str) -> str:
    """What somebody typed into a column."""
    return f"甲乙{table}丙丁{column}"


def rows() -> Iterator[tuple[str, dict]]:
    """A row about the first lead for every table that has such columns, each with a text of its own."""
    from workbench.platform.register.schema import tables

    for table, columns in names.LATER.items():
        if table in ("lead", "feedback"):
            continue
        kinds = tables()[table]
        key = next(iter(kinds))
        row = {
            name: ABOUT.get(name, f"{table}{name}" if kind == "TEXT" else PLAIN[kind])
            for name, kind in kinds.items()
            if name not in (key, "entry", "submission") and kind in PLAIN
        }
        yield table, row | {column: typed(table, column) for column in columns} | {"submission": 1}


def fill(vault: Vault) -> None:
    """A file whose header gives a reason, a lead with every text, its answers, one row of everything else, reasons typed."""
    with vault.open() as register:
        with deed(register) as entry:
            entry.append("document", pd.DataFrame([document(1, header={"unit": "D001", "reason": HEADER})]))
            texts = {column: typed("lead", column) for column in names.LATER["lead"]}
            own = {"customer": f"{CUSTOMER}有限公司", "customer_key": CUSTOMER}
            entry.append("lead", pd.DataFrame([lead(1, 1, **own, **texts), lead(2, 1)]))
        for number, reason in enumerate(SAID):
            answer = {"lead": 1, "section": "K1", "at": MOMENT, "verdict": "无效", "reason": reason, **REST}
            with deed(register) as entry:
                entry.append("feedback", pd.DataFrame([{**answer, "document": 1, "row": number}]))
        for table, row in rows():
            with deed(register) as entry:
                entry.append(table, pd.DataFrame([row]))
        said = {"at": MOMENT, "recorded_at": MOMENT, "user": USER}
        with register.transaction("reveal", detail={"number": "DK202601-00001", "reason": REVEALED}, **said):
            pass
        with register.transaction("send_back", detail={"quarter": "2026Q1", "reason": HELD}, **said):
            pass


TEXTS = {
    *(typed(table, column) for table, columns in names.LATER.items() for column in columns if table != "feedback"),
    *SAID,
    HEADER,
    REVEALED,
    HELD,
}
TRACES = {HEADER, REVEALED, HELD, *SAID, *(text for text in TEXTS if "甲乙" in text)}


@pytest.fixture
def typed_in(tmp_path) -> Vault:
    """A register with a text in every place where one can stand."""
    vault = Vault.make(tmp_path / "册.db")
    fill(vault)
    return vault


@pytest.fixture
def older(tmp_path) -> Vault:
    """The same as the version before wrote it: names sealed, texts in clear."""
    vault = Vault.make(tmp_path / "旧册.db")
    with names_only_program():
        said = {"at": MOMENT, "recorded_at": MOMENT, "user": USER}
        with (
            vault.open() as register,
            register.transaction("init", detail={proof.BORN_WITH_KEYS: True, names.BORN: True}, **said),
        ):
            pass
        fill(vault)
    return vault


def reasons(register: Register) -> list:
    """The reasons of the trail's entries, as this user reads them."""
    kept = register.read("entry", ["entry", "detail"])
    told = free_texts.told(register, kept["entry"].tolist(), kept["detail"].tolist())
    return [detail["reason"] for detail in told if "reason" in detail]


def answers(register: Register) -> list[int]:
    """The answers on the first lead that rules look at, by their rows."""
    return Stored(register, named=register.names.readable)(fact_tables()["feedback"])["row"].tolist()


def content(register: Register) -> dict[str, list]:
    """Every value of every table that the version before has too, opened."""
    found = {
        table: register.read(table).astype(object).values.tolist()
        for table in register._tables
        if table not in ("meta", "entry", "entry_signature", "subject_key", "subject_state", "restated", "row_hash")
        and table not in ("same_text", "restated_detail", "document_place")
    }
    return found | {"reasons": reasons(register)}


def test_no_text_stands_in_clear_to_who_has_the_file_key(typed_in):
    """Cell by cell and page by page; with an analyst's other keys nothing opens; with all of them everything does."""
    assert in_clear(typed_in, TRACES) == set()
    pages = decrypted(typed_in.path, typed_in.keys.file)
    assert not any(text.encode() in pages for text in TRACES)
    assert read_raw(typed_in, typed_in.without_field_key()) == ""
    opened = read_raw(typed_in, typed_in.keys).split("\n")
    assert set(opened) >= TEXTS


def test_who_holds_the_names_key_reads_them_and_nobody_else(typed_in):
    """Values as they were typed, or nothing; the trail is whole to both."""
    with typed_in.open() as register:
        for table, columns in names.LATER.items():
            for column in columns:
                wanted = list(SAID) if table == "feedback" else [typed(table, column)]
                assert register.read(table, [column])[column].dropna().tolist() == wanted
        assert register.read("document", ["header"])["header"].tolist() == [{"unit": "D001", "reason": HEADER}]
        assert reasons(register) == [REVEALED, HELD] and register.verify_audit() == []
    with Register.open(typed_in.path, typed_in.without_field_key()) as register:
        for table, columns in names.LATER.items():
            assert not set(columns) & set(register.columns(table))
            assert register.read(table, list(columns)).isna().all(axis=None)
        assert register.read("document", ["header"])["header"].tolist() == [{"unit": "D001", "reason": None}]
        assert reasons(register) == [None, None] and register.verify_audit() == []


def test_statuses_do_not_depend_on_who_reads(typed_in):
    """An answer in the same words repeats the one before, in other words it does not: so to everybody, and afterwards."""
    with typed_in.open() as register:
        assert answers(register) == [0, 2]
    with Register.open(typed_in.path, typed_in.without_field_key()) as register:
        assert answers(register) == [0, 2]
    with typed_in.open() as register:
        destruction.destroy(register, [name_of_customer(CUSTOMER)], user=USER, now=MOMENT, reason="到期")
    with typed_in.open() as register:
        assert set(register.read("feedback", ["reason"])["reason"]) == {DESTROYED} and answers(register) == [0, 2]


def test_texts_about_a_customer_go_with_him(typed_in):
    """With all keys of everybody: what was typed about his leads opens to nobody; what names him elsewhere neither."""
    with typed_in.open() as register, deed(register) as entry:
        entry.append("closure", pd.DataFrame([{"month": "2026-02", "at": MOMENT, "reason": f"{CUSTOMER}催办"}]))
    with typed_in.open() as register:
        destruction.destroy(register, [name_of_customer(CUSTOMER)], user=USER, now=MOMENT, reason="到期")
    opened = read_raw(typed_in, typed_in.keys)
    about = {"lead", "feedback", "application", "disclosure_request", "disclosure_decision"}
    gone = {typed(table, column) for table in about for column in names.LATER[table]} | {REVEALED, *SAID}
    assert not any(trace in opened for text in gone for trace in (text, *pieces(CUSTOMER)))
    assert HELD in opened and typed("target", "reason") in opened
    assert outcome(typed_in) == "whole"
    with typed_in.open() as register:
        assert reasons(register) == [DESTROYED, HELD, "到期"]
        assert register.read("closure", ["reason"])["reason"].tolist() == [typed("closure", "reason"), DESTROYED]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE entry SET detail = replace(detail, '␟A', '␟B') WHERE action = 'reveal'", "chain"),
        ("UPDATE entry SET detail = '{\"reason\": \"别的\"}' WHERE action = 'send_back'", "chain"),
        ("UPDATE feedback SET reason = (SELECT reason FROM feedback WHERE row = 2) WHERE row = 0", "digest"),
        ("UPDATE same_text SET same = 3 WHERE row = 2", "digest"),
    ],
)
def test_an_altered_text_is_named(typed_in, statement, code):
    """An entry's words stand under its chain as they are sealed; other texts under their entry's digest."""
    typed_in.tamper(statement)
    with typed_in.open() as register:
        assert {breach.code for breach in register.verify_audit()} == {code}


def test_a_register_of_the_version_before_is_worked_in_as_it_is(older):
    """It opens, reads, takes in more and is proven; new texts are sealed; answers count as before."""
    assert in_clear(older, TRACES) >= {("entry", "detail"), ("feedback", "reason"), ("document", "header")}
    with older.open() as register:
        assert resealing.is_pending(register) and reasons(register) == [REVEALED, HELD]
        with deed(register) as entry:
            answer = {
                "lead": 1,
                "section": "K1",
                "at": MOMENT,
                "verdict": "无效",
                "reason": SAID[2],
                "document": 1,
                **REST,
            }
            entry.append("feedback", pd.DataFrame([{**answer, "row": 3}, {**answer, "row": 4, "reason": "另一句话"}]))
        assert answers(register) == [0, 2, 4]
    with Register.open(older.path, older.without_field_key()) as register:
        assert answers(register) == [0, 2, 4]
    assert ("另一句话" not in read_raw(older, older.without_field_key())) and outcome(older) == "whole"
    assert in_clear(older, {"另一句话"}) == set()


def test_a_register_of_the_version_before_is_brought_over(older):
    """The same before and after, value by value; heads noted before hold; no text is left in any page; destruction reaches it."""
    with older.open() as register:
        before, anchor, counted = content(register), register.head(), answers(register)
        assert resealing.bring_over(register, user=USER, now=MOMENT) >= len(TEXTS)
    with older.open() as register:
        assert content(register) == before and answers(register) == counted
        assert not resealing.is_pending(register) and register.verify_audit(anchor) == []
        assert register.read("entry", ["action"])["action"].tolist()[-1] == names.TEXTS_BY
    assert in_clear(older, TRACES) == set()
    pages = decrypted(older.path, older.keys.file)
    assert not any(text.encode() in pages for text in TRACES)
    assert read_raw(older, older.without_field_key()) == ""
    with Register.open(older.path, older.without_field_key()) as register:
        assert register.verify_audit(anchor) == [] and answers(register) == counted
    with older.open() as register:
        destruction.destroy(register, [name_of_customer(CUSTOMER)], user=USER, now=MOMENT, reason="到期")
    with older.open() as register:
        assert reasons(register) == [DESTROYED, HELD, "到期"]
        write_pair(register, 7)
    assert outcome(older, anchor) == "whole"


def test_a_register_that_was_altered_is_not_brought_over(older):
    """What was altered before would be stated as true: refused, and nothing changed."""
    older.tamper("UPDATE entry SET detail = '{\"reason\": \"别的\"}' WHERE action = 'send_back'")
    with older.open() as register, pytest.raises(RegisterError) as refusal:
        resealing.bring_over(register, user=USER, now=MOMENT)
    assert refusal.value.code == "damaged_copy" and outcome(older) == "chain"


def test_entries_words_are_stated_anew_once_and_in_no_register_of_this_version(older, typed_in):
    """With file key and audit key: an earlier entry says something else, and a new one says that this is right."""
    with older.open() as register:
        resealing.bring_over(register, user=USER, now=MOMENT)
    for vault, action in (
        (older, names.TEXTS_BY),
        (typed_in, names.TEXTS_BY),
        (typed_in.copy(older.path.parent / "x"), "import"),
    ):
        vault.tamper("UPDATE entry SET user = '别人' WHERE action = 'send_back'")
        with vault.open() as register:
            about = register.read("entry", ["entry"], {"action": "send_back"})["entry"].iloc[0]
            wanted = proof.links(register)[about]
            said = {"at": MOMENT, "recorded_at": MOMENT, "user": USER, "detail": {}}
            with register.transaction(action, **said) as entry:
                entry.append("restated_detail", pd.DataFrame([{"about": about, "digest": wanted}]))
            assert audit.Breach("restated", entry.number) in register.verify_audit()
