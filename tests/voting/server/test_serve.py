"""The server as it runs: TLS by the room's own authority, several processes, casting over HTTPS."""

import base64
import datetime
import errno
import hashlib
import http.client
import json
import os
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from keys.files.signing import new_signing_key, public_text, raw_message, sign_raw
from tests.faults.room import assert_no_crash
from tests.voting.rooms import Room, Teller
from voting.box import tablets
from voting.box.casting import count_ballots
from voting.box.tablets import DEVICE_TAG
from voting.errors import InvalidSettings
from voting.server.certificates import prepare_certificate
from voting.server.serve import RunningServer, prepare
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.web.settings import CONFIG_FILE, SECRET_FILE, load_settings, write_config

pytestmark = pytest.mark.slow

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = load_settings(tmp_path)
    assert load_settings(tmp_path).secret == first.secret
    assert len(first.secret) == 32
    assert (tmp_path / SECRET_FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_the_secret_is_made_on_a_disk_without_hard_links_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(number, "FAT has no hard links")

    monkeypatch.setattr(os, "link", no_links)
    first = load_settings(tmp_path)
    assert load_settings(tmp_path).secret == first.secret
    assert [path.name for path in tmp_path.iterdir()] == [SECRET_FILE]
    assert (tmp_path / SECRET_FILE).stat().st_mode & 0o777 == 0o600


def test_a_folder_that_was_open_to_others_is_shut_with_the_database_and_its_log(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    settings = load_settings(tmp_path)
    prepare(settings)
    log = tmp_path / "room.db-wal"
    log.touch()
    for path in (tmp_path, tmp_path / "room.db", log):
        path.chmod(0o755)
    prepare(settings)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path, *tmp_path.glob("room.db*"))} == {0}


@pytest.mark.parametrize("content", [b"{", b'{"port": "x"}', b'{"prot": 1}', b'{"port": 0}', b'{"port": 65536}'])
def test_settings_that_cannot_be_read_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CONFIG_FILE).write_bytes(content)
    with pytest.raises(InvalidSettings, match=CONFIG_FILE):
        load_settings(tmp_path)


def test_settings_saved_by_notepad_are_read_and_utf_16_is_named(tmp_path: Path) -> None:
    text = '{"port": 9443}\r\n'
    (tmp_path / CONFIG_FILE).write_bytes(text.encode("utf-8-sig"))
    assert load_settings(tmp_path).port == 9443
    (tmp_path / CONFIG_FILE).write_bytes(text.encode("utf-16"))
    with pytest.raises(InvalidSettings, match=r"room\.json is UTF-16.*Save as"):
        load_settings(tmp_path)


def test_the_certificate_is_for_the_rooms_names_by_an_authority_that_is_bound_to_rooms(tmp_path: Path) -> None:
    pem, key = prepare_certificate(tmp_path, ("room.local", "192.168.1.10"), NOW)
    certificate = x509.load_pem_x509_certificate(pem.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "room.local"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "192.168.1.10"]
    authority = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    certificate.verify_directly_issued_by(authority)
    bound = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert bound.critical
    assert {path.name: path.stat().st_mode & 0o777 for path in (key, tmp_path / "ca.key")} == {
        "server.key": 0o600,
        "ca.key": 0o600,
    }


def test_the_certificate_is_kept_until_it_runs_out_or_the_names_change(tmp_path: Path) -> None:
    pem, _ = prepare_certificate(tmp_path, ("a.local",), NOW)
    first, authority = pem.read_bytes(), (tmp_path / "ca.pem").read_bytes()
    prepare_certificate(tmp_path, ("a.local",), NOW + datetime.timedelta(days=300))
    assert pem.read_bytes() == first
    prepare_certificate(tmp_path, ("b.local",), NOW)
    second = pem.read_bytes()
    assert second != first
    prepare_certificate(tmp_path, ("b.local",), NOW + datetime.timedelta(days=380))
    assert pem.read_bytes() != second
    assert (tmp_path / "ca.pem").read_bytes() == authority


def test_another_server_secret_does_not_open_what_the_first_one_sealed() -> None:
    sealed = Keyring(bytes(32)).seal(b"key")
    assert Keyring(bytes(32)).unseal(sealed) == b"key"
    with pytest.raises(InvalidSettings, match="another server secret"):
        Keyring(bytes([1] * 32)).unseal(sealed)


def test_ballots_are_cast_over_https_to_several_processes(tmp_path: Path, tellers: list[Teller]) -> None:
    write_config(tmp_path, host="127.0.0.1", processes=2, threads=4)
    settings = load_settings(tmp_path)
    prepare(settings)
    storage = Storage(settings.database)
    room = Room(storage, Keyring(settings.secret), tellers)
    room.open()
    with storage.write() as session:
        code = tablets.new_code(session, "Máy 01", int(settings.clock().timestamp()))
    bodies = [room.body(card) for card in room.drawn]
    with RunningServer.start(settings) as server:
        key = new_signing_key()
        content = json.dumps({"code": code, "public_key": public_text(key)}).encode()
        device = post(server, "/api/v1/devices", content, {"Content-Type": "application/json"})["device"]
        for body in [*bodies, bodies[0]]:
            message = raw_message(DEVICE_TAG, room.uuid().encode(), hashlib.sha256(body).digest())
            signature = base64.b64encode(sign_raw(key, message)).decode()
            headers = {"Phieukin-Device": device, "Phieukin-Signature": signature}
            assert len(post(server, f"/api/v1/elections/{room.uuid()}/ballots", body, headers)["tracker"]) == 43
    with storage.read() as session:
        assert count_ballots(session, room.conference) == 3
    log = (tmp_path / "server.log").read_text()
    assert "/ballots" not in log, "casting leaves no line in any log"
    assert_no_crash(tmp_path, "Unexpected exit")
    storage.close()


def post(server: RunningServer, path: str, body: bytes, headers: dict[str, str]) -> dict[str, str]:
    """Post on a connection of its own, so that any process may take it."""
    place = urlsplit(server.url)
    trust = ssl.create_default_context(cadata=server.authority_pem)
    connection = http.client.HTTPSConnection(str(place.hostname), place.port, timeout=60, context=trust)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        content: dict[str, str] = json.loads(answer.read())
        assert answer.status == 200, content
        return content
    finally:
        connection.close()
