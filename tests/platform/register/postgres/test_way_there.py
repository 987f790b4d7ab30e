"""Off this machine the server is proven before anything is said: a real server with a certificate, under an address of the
machine that is not its loopback."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.fixtures.postgres import OWNER, PostgresServer
from tests.support.vault import PASSPHRASE, USER, cheaply
from workbench.core.errors import RegisterError
from workbench.platform.register.keys import create_keys
from workbench.platform.register.postgres import address
from workbench.platform.register.store import Register

pytestmark = pytest.mark.slow
PASSWORD = "of the database alone"


def own_address() -> str:
    """An address of this machine that is not its loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent
        return str(probe.getsockname()[0])


def certificate(name: str, key, issuer: x509.Name, signer, host: str | None) -> bytes:
    """A certificate for a day, of an authority where there is no host."""
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
    )
    if host is not None:
        made = made.add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False
        )
    return made.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def secured(postgres: PostgresServer, tmp_path: Path):
    """The server under the machine's own address, with TLS and a password; the address and the authority's certificate."""
    host, data = own_address(), postgres.folder / "data"
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    root = tmp_path / "root.crt"
    root.write_bytes(certificate("authority", authority, name, authority, None))
    (data / "server.crt").write_bytes(certificate("server", key, name, authority, host))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (data / "server.key").write_bytes(key.private_bytes(*pem))
    (data / "server.key").chmod(0o600)
    if os.getuid() == 0:
        shutil.chown(data / "server.key", "postgres", "postgres")
    with postgres.connect("postgres") as connection:
        connection.execute(f"ALTER ROLE {OWNER} PASSWORD '{PASSWORD}'")
    rules = data / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"host all all 127.0.0.1/32 trust\nhostssl all all {host}/32 scram-sha-256\n")
    settings = data / "postgresql.auto.conf"
    settings.write_text("ssl = on\n")
    postgres.control("restart", address=f"127.0.0.1,{host}")
    yield f"postgresql://{OWNER}@{host}:{postgres.port}/{postgres.database()}", root
    settings.write_text("")
    rules.write_text(before)
    postgres.control("restart")


def refused(url: str) -> str:
    """Which sentence the way to a server is refused with."""
    with pytest.raises(RegisterError) as refusal:
        create_keys(address.pointer(url), USER, PASSPHRASE)
    assert PASSWORD not in refusal.value.en
    return refusal.value.message.key


def test_a_proven_server_is_worked_with_and_another_is_not(secured, monkeypatch, tmp_path):
    """With the authority's certificate and the password from the environment or a file; with another authority, or without
    a password, nothing is made."""
    url, root = secured
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PGPASSWORD", raising=False)
    assert refused(f"{url}?sslrootcert={root}") == "server_login"
    monkeypatch.setenv("PGPASSWORD", "another")
    assert refused(f"{url}?sslrootcert={root}") == "server_login"
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert refused(url) == "server_unreached/certificate"  # the authorities of the system do not know it
    assert refused(f"{url}?sslrootcert={root}&sslmode=require") == "server_address/unproven"
    monkeypatch.delenv("PGPASSWORD")
    kept = tmp_path / "passwords"
    kept.write_text(f"*:*:*:{OWNER}:{PASSWORD}\n")
    kept.chmod(0o600)
    place = address.pointer(f"{url}?sslrootcert={root}&passfile={kept}")
    with cheaply():
        keys = create_keys(place, USER, PASSPHRASE)
    with Register.create(place, keys) as register:
        assert register._connection._connection.pgconn.ssl_in_use
        assert register.verify_audit() == []
    assert PASSWORD not in place.read_text()
