"""Insiders who hold the file key and the trail's key reach into the files: who is let in is what custodians signed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.insider import Insider
from tests.support.machines import another_machine
from tests.support.office import CLOCK, PASSPHRASE
from tests.support.staff import PEOPLE
from tests.support.vault import bare
from workbench.app.policy import load_policy
from workbench.core.errors import RegisterError
from workbench.platform.access import users
from workbench.platform.access.session import Session, enter
from workbench.platform.register import audit, key_file, key_slots
from workbench.platform.register.keys import Keys, unlock

POLICY = load_policy()
CLERK, ANALYST = "文员", "分析员"
OTHER_WORDS = "窗台上的薄荷开出了小花 nine"


class Files:
    """The two files of a register, and the keys of each user, as somebody has them who took them from his own memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.custodian = unlock(path, self.first(), PASSPHRASE)[1]
        self.clerk = unlock(path, CLERK, PEOPLE[CLERK][1])[1]

    def first(self) -> str:
        """Who made the register."""
        return str(key_file.read(self.path)["slots"][0]["user"])

    def open(self, user: str | None = None, words: str | None = None) -> Session:
        """Open the register as somebody does."""
        name = user or self.first()
        return enter(self.path, name, words or (PEOPLE[name][1] if name in PEOPLE else PASSPHRASE), POLICY, CLOCK)

    def said(self, user: str | None = None, words: str | None = None) -> str:
        """What opening says: ``open``, or the code of the refusal."""
        try:
            with self.open(user, words):
                return "open"
        except RegisterError as error:
            return error.code

    def wrote(self, user: str | None = None) -> str:
        """What writing says: ``written``, or the code of the refusal."""
        with self.open(user) as session:
            try:
                with session.transaction("backup_test", CLOCK, file="x"):
                    return "written"
            except RegisterError as error:
                return error.code

    def verified(self) -> set[str]:
        """The kinds of breaches the trail shows."""
        with self.open() as session:
            return {breach.code for breach in session.register.verify_audit()}

    def content(self) -> dict:
        """The key file."""
        return json.loads(key_file.path_of(self.path).read_text(encoding="utf-8"))

    def put(self, content: dict, keys: Keys | None = None) -> None:
        """Write a key file as everybody who opens the register can: with its digest."""
        key_file.write(self.path, content, (keys or self.clerk).file)

    def raw(self, keys: Keys | None = None):
        """A bare connection."""
        return bare(self.path, keys or self.clerk)


@pytest.fixture
def files(become) -> Files:
    """A register with a staff."""
    return Files(become(None).folder / "登记册.db")


def slot_of(content: dict, user: str) -> dict:
    """A user's slot."""
    return next(slot for slot in content["slots"] if slot["user"] == user)


def test_everybody_opens_what_nobody_touched(files):
    """The roster is signed from the first entry on, and every entry by its user."""
    assert [files.said(user) for user in (None, *PEOPLE)] == ["open"] * (1 + len(PEOPLE))
    with files.open() as session:
        assert session.register.verify_audit() == []
        kept = session.register.read("entry", ["detail"], {"action": "user_add"})["detail"]
        assert [detail["roster"]["signed"]["epoch"] for detail in kept] == list(range(2, 2 + len(PEOPLE)))


@pytest.mark.parametrize("generation", [0, 5], ids=["as it was", "with a higher generation"])
def test_a_revoked_user_does_not_put_his_slot_back(files, generation):
    """Neither into the key file as it is nor with his old key file, and no rotation hands him new keys."""
    before = files.content()
    with files.open() as session:
        users.revoke(session, CLERK)
    now = files.content()
    for forged in ({**now, "slots": [*now["slots"], slot_of(before, CLERK)]}, before):
        files.put({**forged, "generation": now["generation"] + generation})
        assert files.said(CLERK) in ("roster_changed", "old_sidecar")
        assert files.said() in ("roster_changed", "old_sidecar")
    files.put({**now, "generation": now["generation"] + generation})
    assert files.said(CLERK) == "unknown_user"
    with files.open() as session:
        files.put({**files.content(), "slots": [*now["slots"], slot_of(before, CLERK)]})  # between opening and rotation
        with pytest.raises(RegisterError) as refused:
            users.rotate(session)
        assert refused.value.code == "roster_changed"


def test_a_revoked_user_does_not_put_his_slot_back_after_a_rotation(files):
    """Nor as it was, nor with the keys given to a colleague, though one of the staff lent him the file key."""
    before = files.content()
    with files.open() as session:
        users.revoke(session, CLERK)
        users.rotate(session)
    keys = unlock(files.path, ANALYST, PEOPLE[ANALYST][1])[1]
    now = files.content()
    old = slot_of(before, CLERK)
    for slot in (old, {**old, "given": slot_of(now, ANALYST)["given"]}):
        files.put({**now, "slots": [*now["slots"], slot]}, keys)
        assert files.said(CLERK) in ("foreign_share", "damaged_sidecar") and files.said() == "roster_changed"
        files.put({**now, "slots": [*now["slots"], slot]})  # with the file key he has still
        assert files.said(CLERK) in ("foreign_share", "damaged_sidecar") and files.said() == "damaged_sidecar"
    files.put(before)
    assert files.said(CLERK) != "open"
    files.put(now, keys)
    assert files.said() == "open" and files.verified() == set()


def test_custodians_are_not_deleted(files):
    """An analyst takes their slots out: nobody opens the register any more, and nobody takes it for right."""
    content = files.content()
    first = files.first()
    files.put({**content, "slots": [slot for slot in content["slots"] if slot["role"] != "custodian"]})
    assert [files.said(CLERK), files.said(ANALYST)] == ["roster_changed"] * 2
    files.put({**content, "roster": {}, "slots": content["slots"]})
    assert files.said(first) == "damaged_sidecar"
    files.put({**{k: v for k, v in content.items() if k != "roster"}, "format": key_file.BEFORE_ROSTERS})
    assert files.said(first) == "roster_changed"


def test_a_role_is_not_changed_and_a_user_not_renamed(files):
    """Members are what was signed, in their order."""
    content = files.content()
    slot_of(content, ANALYST)["role"] = "clerk"
    files.put(content)
    assert files.said() == "roster_changed"


def test_an_older_key_file_and_the_page_that_notes_the_newest_let_nobody_in(files):
    """What the register's own notes say decides nothing: the trail does."""
    before = files.content()
    with files.open() as session:
        users.revoke(session, CLERK)
    files.put(before)
    with files.raw() as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'generation'", (str(before["generation"]),))
    assert [files.said(CLERK), files.said()] == ["roster_changed"] * 2


def test_an_earlier_slot_does_not_stand_for_a_later_one(files):
    """Who knows a passphrase that its owner changed cannot put the slot back that it opens."""
    before = files.content()
    with files.open(CLERK) as session:
        users.set_passphrase(session, OTHER_WORDS)
    now = files.content()
    assert files.said(CLERK, OTHER_WORDS) == "open"
    files.put({**now, "slots": [slot_of(before, slot["user"]) for slot in now["slots"]]})
    assert files.said(CLERK) == "roster_changed" and files.said() == "roster_changed"
    forged = {**slot_of(before, CLERK), "turn": 9}
    files.put({**now, "slots": [forged if slot["user"] == CLERK else slot for slot in now["slots"]]})
    assert files.said() == "damaged_sidecar"  # he did not sign that turn


def test_a_change_of_ones_own_whose_entry_was_cut_off_is_taken_up(files, tmp_path):
    """The key file is newer than the trail: by its owner's signature, and by the house's."""
    for who, change in (
        (CLERK, lambda session: users.set_passphrase(session, OTHER_WORDS)),
        (None, lambda session: users.revoke(session, ANALYST)),
    ):
        files_before = files.path.read_bytes()
        with another_machine(tmp_path / str(who)), files.open(who) as session:  # the note is written behind the entry
            change(session)
        for ending in ("-wal", "-shm"):
            files.path.with_name(files.path.name + ending).unlink(missing_ok=True)
        files.path.write_bytes(files_before)  # the power went before the entry was on the disk
        assert files.said() == "open"
        with files.open() as session:
            assert session.register.count("entry", {"action": "users_found"}) >= 1
            assert session.register.verify_audit() == []
    assert files.said(CLERK, OTHER_WORDS) == "open" and files.said(ANALYST) == "unknown_user"


def test_nobody_is_handed_keys_that_are_not_the_registers(files):
    """Somebody hands the clerk a field key of his own, to read what the clerk will write."""
    content = files.content()
    slot = slot_of(content, CLERK)
    held = files.clerk.keys_for(slot["holds"])
    held["fields"] = {**held["fields"], "2": "11" * 32}
    shared = key_slots.encrypt_register_keys(content["register"], content["house"], slot, held)
    files.put({**content, "slots": [shared if each is slot else each for each in content["slots"]]})
    assert files.said(CLERK) == "foreign_share"
    keys = content["roster"]["keys"]
    files.put(
        {**files.content(), "roster": {**content["roster"], "keys": {**keys, "fields": {**keys["fields"], "2": "0"}}}}
    )
    assert files.said(ANALYST) == "roster_changed"


def forge(files: Files, user: str, action: str, own: Keys, detail: dict | None = None) -> int:
    """An entry in somebody's name by who holds the trail's key, signed with his own: number."""
    with files.raw() as connection:
        number, before = connection.execute("SELECT entry, chain FROM entry ORDER BY entry DESC LIMIT 1").fetchone()
        at = (CLOCK - timedelta(hours=1)).isoformat()
        fields = [number + 1, at, at, user, action, json.dumps(detail or {}), audit.digest(own.audit, {})]
        chain = audit.link(own.audit, before, fields)
        connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [*fields, chain])
        message = json.dumps(["entry", own.register_id, number + 1, chain]).encode()
        signed = Ed25519PrivateKey.from_private_bytes(own.own.sign).sign(message).hex()
        connection.execute("INSERT INTO entry_signature VALUES (?, ?)", (number + 1, signed))
        return int(number + 1)


def test_nobody_writes_an_entry_in_anothers_name(files):
    """The chain is right and everybody can make it; the signature is not: nothing is written any more, and verify tells."""
    number = forge(files, files.first(), "restore_confirm", files.clerk)
    assert [files.wrote(), files.wrote(CLERK), files.verified()] == ["trail_changed", "trail_changed", {"signature"}]
    with files.raw() as connection:
        connection.execute("DELETE FROM entry_signature WHERE entry = ?", (number,))
    assert [files.wrote(), files.verified()] == ["trail_changed", {"unsigned"}]


def test_who_has_it_open_writes_nothing_behind_a_forged_entry(files):
    """Somebody forges while a colleague, or Excel, has had the register open and has written before."""
    with files.open(CLERK) as session:
        for _ in range(2):
            with session.transaction("backup_test", CLOCK, file="x"):
                pass
        forge(files, files.first(), "restore_confirm", files.clerk)
        with pytest.raises(RegisterError) as refused, session.transaction("backup_test", CLOCK, file="x"):
            pass
        assert refused.value.code == "trail_changed"


@pytest.mark.parametrize("action", ["init", "backup"])
def test_nobody_has_the_register_be_of_an_earlier_version_to_state_words_anew(files, tmp_path, action):
    """A custodian with a program of his own: the first entry says less, or is another, and a new one says that this is right."""
    custodian = Insider(files.path, files.first(), PASSPHRASE)
    with custodian.raw() as file:
        before = {row[0]: row for row in file.execute("SELECT * FROM entry ORDER BY entry").fetchall()}
        number = next(number for number, row in before.items() if row[4] == "init")
        link = before[number - 1][7] if number > 1 else audit.FIRST_LINK
        row = list(before[number])
        detail = json.loads(row[5])
        said = {name: value for name, value in detail.items() if name in ("user", "role", "roster", "papers")}
        row[4:6] = action, json.dumps(said)
        assert said != detail
        kept = audit.link(custodian.keys.audit, link, ["kept", *row])
        file.execute("UPDATE entry SET action = ?, detail = ? WHERE entry = ?", (row[4], row[5], number))
    restated = custodian.write("free_texts", detail={"values": 1}, restated_detail={"about": number, "digest": kept})
    with another_machine(tmp_path), files.open() as session:
        found = {(breach.code, breach.entry) for breach in session.register.verify_audit()}
        assert ("restated", restated) in found


def test_what_is_forged_deeper_down_is_named_by_verify(files, tmp_path):
    """An entry rewritten and everything chained anew, with more entries behind it than are looked at at opening."""
    with files.open() as session:
        for _ in range(20):
            with session.transaction("backup_test", CLOCK, file="x"):
                pass
    with files.raw() as connection:
        rows = connection.execute("SELECT * FROM entry ORDER BY entry").fetchall()
        before = audit.FIRST_LINK
        for number, *fields, _ in rows:
            if number == 2:
                fields[4] = json.dumps({"files": {}})
            chain = audit.link(files.clerk.audit, before, [number, *fields])
            connection.execute("UPDATE entry SET detail = ?, chain = ? WHERE entry = ?", (fields[4], chain, number))
            before = chain
    assert files.said() == "earlier_register"  # what this machine saw is gone
    with another_machine(tmp_path):
        assert files.wrote() == "trail_changed"  # all later entries were signed over another chain
        assert files.verified() == {"signature"}


def test_an_entry_taken_out_is_noticed(files):
    """The numbers have no gap, and the newest entries no other writer."""
    with files.raw() as connection:
        newest = connection.execute("SELECT max(entry) FROM entry").fetchone()[0]
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM entry_signature WHERE entry = ?", (newest - 1,))
        connection.execute("DELETE FROM entry WHERE entry = ?", (newest - 1,))
    assert files.wrote() == "trail_changed" and "gap" in files.verified()


def test_a_rotation_serves_only_whom_the_trail_proves(files):
    """The roster stays as it is under the new keys, one epoch later, and is recorded."""
    before = files.content()["roster"]
    with files.open() as session:
        users.rotate(session)
    after = files.content()["roster"]
    assert after["members"] == before["members"] and after["epoch"] == before["epoch"] + 1
    assert set(after["keys"]["fields"]) == {"1", "2"}
    assert [files.said(user) for user in (None, *PEOPLE)] == ["open"] * (1 + len(PEOPLE))
    with files.open() as session:
        assert session.register.verify_audit() == []
        assert session.register.count("entry", {"action": "users_found"}) == 0


def take_rosters_out(files: Files) -> dict:
    """The trail is written anew, and the key file, as an earlier version made them: no roster, no signature."""
    content = {name: value for name, value in files.content().items() if name != "roster"}
    files.put({**content, "format": key_file.BEFORE_ROSTERS})
    with files.raw() as connection:
        for number, detail in connection.execute("SELECT entry, detail FROM entry").fetchall():
            kept = {name: value for name, value in json.loads(detail).items() if name != "roster"}
            connection.execute("UPDATE entry SET detail = ? WHERE entry = ?", (json.dumps(kept), number))
        before = audit.FIRST_LINK
        for number, *fields, _ in connection.execute("SELECT * FROM entry ORDER BY entry").fetchall():
            before = audit.link(files.clerk.audit, before, [number, *fields])
            connection.execute("UPDATE entry SET chain = ? WHERE entry = ?", (before, number))
        connection.execute("DELETE FROM entry_signature")
    return content


def test_nobody_makes_the_trail_one_of_a_version_without_signatures(files, tmp_path):
    """Whoever holds the trail's key writes all of it anew, and takes the rosters out, or puts them back behind his own."""
    before, opened = files.content(), files.path.read_bytes()
    with files.raw() as connection:
        rosters = [
            json.loads(detail)["roster"]
            for (detail,) in connection.execute("SELECT detail FROM entry WHERE action IN ('init', 'user_add')")
        ]
    take_rosters_out(files)
    with another_machine(tmp_path / "no roster anywhere"):
        assert [files.said(user) for user in (None, CLERK, ANALYST)] == ["roster_changed"] * 3
    files.put(before)
    with another_machine(tmp_path / "none in the trail"):
        assert [files.said(user) for user in (None, CLERK, ANALYST)] == ["roster_changed"] * 3
    for kept in rosters:  # genuine ones, in entries of his own at the end
        forge(files, CLERK, "users_found", files.clerk, {"roster": kept})
    with another_machine(tmp_path / "those of before"):
        assert files.wrote() == "trail_changed" and files.verified() == {"unsigned", "signature"}
    files.path.write_bytes(opened)
    with another_machine(tmp_path / "as it was"):
        assert files.said() == "open" and files.verified() == set()


def test_a_register_of_an_earlier_version_gets_its_roster_by_its_custodian(become, files, monkeypatch):
    """Until then it opens as it did; the clerk cannot bring it over, the custodian can, once."""
    opened = key_slots.decrypt_private_keys  # slots of then do not say that there was a roster
    monkeypatch.setattr(key_slots, "decrypt_private_keys", lambda *given: replace(opened(*given), rostered=False))
    content = take_rosters_out(files)
    assert [files.said(user) for user in (None, *PEOPLE)] == ["open"] * (1 + len(PEOPLE))
    become(CLERK).run("upgrade", code=2)
    assert CLERK in become(None).run("upgrade")
    become(None).run("upgrade", code=2)
    assert files.content()["roster"]["epoch"] == 1
    assert [files.said(user) for user in (None, *PEOPLE)] == ["open"] * (1 + len(PEOPLE))
    with files.open() as session:
        assert session.register.verify_audit() == []
    generation = files.content()["generation"]
    files.put({**content, "format": key_file.BEFORE_ROSTERS, "generation": generation})
    assert files.said() == "roster_changed"


def test_what_stood_before_the_first_roster_is_not_written_anew(become, files, monkeypatch, tmp_path):
    """The custodian's first roster says which head he signed it at: nobody exchanges the unsigned entries under it."""
    opened = key_slots.decrypt_private_keys
    monkeypatch.setattr(key_slots, "decrypt_private_keys", lambda *given: replace(opened(*given), rostered=False))
    take_rosters_out(files)
    become(None).run("upgrade")
    with files.raw() as connection:
        newest = connection.execute("SELECT max(entry) FROM entry").fetchone()[0]
    forged = Insider(files.path, CLERK, PEOPLE[CLERK][1])
    forged.alter(2, file="another")
    with another_machine(tmp_path):
        assert files.verified() == {"roster", "signature"} and newest > 2
