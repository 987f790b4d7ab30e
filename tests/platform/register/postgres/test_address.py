"""How a register on a server is named: never with a password, never over a way others could read or turn aside."""

from __future__ import annotations

import pytest

from workbench.core.errors import RegisterError
from workbench.platform.register.postgres import address, connection


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("postgresql://clerk:secret@127.0.0.1/register", "server_address", "PGPASSWORD"),
        ("postgresql://clerk:@127.0.0.1/register", "server_address", "PGPASSWORD"),
        ("postgresql://clerk@127.0.0.1/register?password=secret", "server_address", "PGPASSWORD"),
        ("postgresql://clerk@db.example.com/register?sslmode=require", "server_address", "verify-full"),
        ("postgresql://clerk@10.0.0.8/register?sslmode=disable", "server_address", "verify-full"),
        ("postgresql://clerk@127.0.0.1/register?host=db.example.com&sslmode=prefer", "server_address", "verify-full"),
        ("postgresql://clerk@127.0.0.1/register?options=-csearch_path%3Dother", "server_address", "options"),
        ("postgresql://clerk@127.0.0.1/register?hostaddr=10.0.0.8", "server_address", "hostaddr"),
        ("postgresql://clerk@127.0.0.1,10.0.0.8/register", "server_address", "DATABASE"),
        ("postgresql://clerk@127.0.0.1", "server_address", "DATABASE"),
        ("postgresql://clerk@127.0.0.1:port/register", "server_address", "DATABASE"),
        ("postgresql:///register", "server_address", "DATABASE"),
        ("PostgreSQL://clerk:secret@127.0.0.1/register", "server_address", "PGPASSWORD"),
        ("postgresql+psycopg://clerk:secret@127.0.0.1/register", "server_address", "PGPASSWORD"),
        ("mysql://clerk@127.0.0.1/register", "server_address", "DATABASE"),
    ],
)
def test_what_is_refused(text: str, code: str, says: str):
    """Each with the way out, and without the password that was given."""
    with pytest.raises(RegisterError) as refusal:
        address.parse(text)
    assert address.is_address(text) and refusal.value.code == code and says in refusal.value.en
    assert "secret" not in refusal.value.en + refusal.value.zh


def test_another_machine_is_always_proven():
    """Whoever does not say how gets the whole proof."""
    assert dict(address.parse("postgresql://clerk@db.example.com/register").options)["sslmode"] == "verify-full"
    assert "sslmode" not in dict(address.parse("postgresql://clerk@localhost:5433/register").options)


def test_an_address_is_known_however_it_is_typed():
    """Large letters and blanks around it make no file of it."""
    plain = "postgresql://clerk@127.0.0.1/register"
    assert address.parse(" PostgreSQL://clerk@127.0.0.1/register\n") == address.parse(plain)
    assert address.is_address(" Postgres://clerk@127.0.0.1/register") and not address.is_address("C:\\线索\\登记册.db")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "localhost", "[::1]"])
def test_this_machine_needs_no_proof(host: str):
    """The way there leaves it nowhere."""
    assert address.parse(f"postgresql://clerk@{host}/register").is_local


def test_a_file_stands_for_an_address():
    """The same address has the same file, which holds it and nothing else; others have others."""
    text = "postgresql://%E5%BC%A0@db.example.com:6432/%E7%BA%BF%E7%B4%A2?sslrootcert=%2Fetc%2Fca.crt"
    path = address.pointer(text)
    assert path == address.pointer(text) and address.of(path) == address.parse(text)
    assert (address.parse(text).user, address.parse(text).database) == ("张", "线索")
    assert path != address.pointer(text.replace("6432", "6433"))


def test_a_file_that_holds_a_register_stands_for_none(vault, tmp_path):
    """Registers in files are what they were; a file that was made to lead elsewhere obeys the same rules."""
    assert address.of(vault.path) is None and address.of(tmp_path / "none") is None
    forged = tmp_path / "other.server"
    forged.write_text("postgresql://clerk:secret@db.example.com/register\n")
    with pytest.raises(RegisterError) as refusal:
        address.of(forged)
    assert refusal.value.code == "server_address"


def test_a_register_in_a_file_is_never_opened_for_its_address(vault, monkeypatch):
    """Closing a file gives up every lock the process holds on it, also those of a rotation that has shut others out."""

    def opened(self, *_: object, **__: object):
        raise AssertionError(f"{self.name} was opened")

    monkeypatch.setattr("pathlib.Path.open", opened)
    monkeypatch.setattr("pathlib.Path.read_bytes", opened)
    assert address.of(vault.path) is None and not address.is_on_server(vault.path)


@pytest.mark.parametrize("text", ["a%3Asecret@{}/register", "clerk@{}/r%2541", "k%40b@{}/r%3Fx%23y"])
def test_an_address_is_kept_as_it_was_given(text: str, tmp_path, monkeypatch):
    """Whatever signs a login or a database is called by: neither another database nor a password."""
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path))
    given = address.parse(f"postgresql://{text.format('127.0.0.1:5433')}")
    assert address.of(address.pointer(f"postgresql://{text.format('127.0.0.1:5433')}")) == given


def test_where_windows_keeps_the_authorities(monkeypatch, tmp_path):
    """As PostgreSQL's own library looks for them."""
    monkeypatch.setenv("APPDATA", str(tmp_path))
    assert connection.authorities("win32") == tmp_path / "postgresql" / "root.crt"
    assert connection.authorities("linux").parts[-2:] == (".postgresql", "root.crt")
