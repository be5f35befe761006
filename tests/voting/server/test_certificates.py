"""Certificates of a room: which names, what is renewed, what is left alone, and what a tablet would refuse."""

import datetime
import ipaddress
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from voting.cli import room
from voting.cli.main import main
from voting.errors import CertificateUnusable, InvalidSettings
from voting.server.certificates import prepare_certificate, renew_authority
from voting.server.serve import prepare
from voting.web.host_names import addresses, check_names, is_permitted, own_names, to_type
from voting.web.settings import load_settings, write_config
from voting.web.trust import anchor, check_path, is_foreign, load_shown

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
FILES = ("ca.pem", "ca.key", "server.pem", "server.key")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def office(folder: Path, *names: str, start: datetime.datetime = NOW, days: int = 90) -> None:
    """Put an office's certificate and key into the folder, with the chain up to its authority."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Office authority")])
    listed = [one(name) for name in names]
    chain = []
    for public, subject, extensions in (
        (key.public_key(), x509.Name([]), [x509.SubjectAlternativeName(listed),
                                           x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())]),
        (root_key.public_key(), root, [x509.BasicConstraints(True, None),
                                       x509.SubjectKeyIdentifier.from_public_key(root_key.public_key())]),
    ):  # fmt: skip
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(root).public_key(public)
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(start).not_valid_after(start + days * DAY)
        for extension in extensions:
            critical = isinstance(extension, x509.BasicConstraints | x509.SubjectAlternativeName)
            builder = builder.add_extension(extension, critical=critical)
        if subject == root:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        chain.append(builder.sign(root_key, hashes.SHA256()))
    pem = serialization.Encoding.PEM
    (folder / "server.pem").write_bytes(b"".join(one.public_bytes(pem) for one in chain))
    form = serialization.PrivateFormat.TraditionalOpenSSL
    (folder / "server.key").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))


def one(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@pytest.mark.parametrize(
    "name",
    ["localhost", "phieu.local", "a.b.internal", "r.home.arpa", "x.test", "127.0.0.1", "10.1.2.3", "172.31.0.1",
     "192.168.1.10", "169.254.1.1", "::1", "fd00::1"],
)  # fmt: skip
def test_names_of_rooms_are_permitted_and_a_tablet_accepts_each(tmp_path: Path, name: str) -> None:
    check_names([name])
    prepare_certificate(tmp_path, (name,), NOW)
    assert check_path(tmp_path, (name,), NOW).covers(name)


@pytest.mark.parametrize(
    "name",
    ["phieu.sonla.gov.vn", "sonla", "mylocal", "xlocal.vn", "Phieu.local", "phiếu.local", "a..local", ".local",
     "-a.local", "a_b.local", "*.local", "a.local.", "8.8.8.8", "172.32.0.1", "192.168.1.300", "010.0.0.1",
     "2001:db8::1", "", " ", "https://a.local", "a.local:8443", "10.0.0.0/8", "a" * 64 + ".local"],
)  # fmt: skip
def test_a_name_that_browsers_would_refuse_is_refused_with_those_that_are_allowed(tmp_path: Path, name: str) -> None:
    assert not is_permitted(name)
    with pytest.raises(InvalidSettings, match=r"\.home\.arpa.*192\.168\.0\.0/16.*tls/server\.pem"):
        prepare_certificate(tmp_path / "tls", (name,), NOW)
    assert not any((tmp_path / "tls").glob("*.pem"))
    write_config(tmp_path, names=[name])
    with pytest.raises(InvalidSettings, match="names"):
        load_settings(tmp_path)


def test_the_option_for_a_name_is_checked_as_well(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["serve", "--folder", str(tmp_path), "--name", "phieu.sonla.gov.vn"])
    assert done.exit_code == 1 and "home.arpa" in done.output


def test_the_first_certificate_covers_this_machines_own_addresses_and_name(tmp_path: Path) -> None:
    write_config(tmp_path, host="127.0.0.1")
    settings = load_settings(tmp_path)
    prepare(settings)
    shown = check_path(tmp_path / "tls", own_names(), settings.clock())
    assert all(shown.covers(name) for name in (*own_names(), "localhost", "127.0.0.1"))
    assert all(shown.covers(address) for address in addresses() if is_permitted(address))


def test_addresses_to_type_have_the_port_and_none_is_the_wildcard() -> None:
    assert to_type("192.168.7.2", 8443, ()) == ["https://192.168.7.2:8443"]
    assert to_type("127.0.0.1", 18443, ()) == ["https://localhost:18443"]
    assert to_type("fd00::1", 8443, ()) == ["https://[fd00::1]:8443"]
    everywhere = to_type("0.0.0.0", 8443, ("phieu.local",))
    assert "https://phieu.local:8443" in everywhere and not [one for one in everywhere if "0.0.0.0" in one]


def test_the_certificate_is_kept_where_an_address_is_gone_and_renewed_where_one_is_new(tmp_path: Path) -> None:
    prepare_certificate(tmp_path, (), NOW, ("10.0.0.1", "10.0.0.2"))
    first = contents(tmp_path)
    prepare_certificate(tmp_path, (), NOW, ("10.0.0.2",))
    assert contents(tmp_path) == first
    prepare_certificate(tmp_path, (), NOW, ("10.0.0.3",))
    assert {name for name, raw in contents(tmp_path).items() if raw != first[name]} == {"server.pem"}


def test_an_offices_certificate_is_used_and_left_alone(tmp_path: Path) -> None:
    office(tmp_path, "phieu.sonla.gov.vn", "*.phong.gov.vn", "203.0.113.9")
    before = contents(tmp_path)
    for names in ((), ("phieu.sonla.gov.vn",), ("hop.phong.gov.vn", "203.0.113.9")):
        assert prepare_certificate(tmp_path, names, NOW, ("10.0.0.1",))[0] == tmp_path / "server.pem"
    assert contents(tmp_path) == before and is_foreign(tmp_path)
    assert anchor(tmp_path).subject.rfc4514_string() == "CN=Office authority"
    assert not check_path(tmp_path, ("phieu.sonla.gov.vn",), NOW).own


def test_an_offices_certificate_beside_the_rooms_own_authority_is_left_alone(tmp_path: Path) -> None:
    prepare_certificate(tmp_path, (), NOW)
    office(tmp_path, "phieu.local")
    before = contents(tmp_path)
    prepare_certificate(tmp_path, ("phieu.local",), NOW, ("10.0.0.1",))
    with pytest.raises(CertificateUnusable, match=r"phieu\.local, không cho other\.local"):
        prepare_certificate(tmp_path, ("other.local",), NOW)
    with pytest.raises(CertificateUnusable, match="office"):
        renew_authority(tmp_path, NOW)
    assert contents(tmp_path) == before
    assert anchor(tmp_path).subject.rfc4514_string() == "CN=Office authority"


@pytest.mark.parametrize("day", [-1, 91])
def test_an_offices_certificate_outside_of_its_dates_is_refused(tmp_path: Path, day: int) -> None:
    office(tmp_path, "phieu.local")
    with pytest.raises(CertificateUnusable, match=r"server\.pem.*đồng hồ"):
        prepare_certificate(tmp_path, ("phieu.local",), NOW + day * DAY)


@pytest.mark.parametrize("name", ["server.key", "ca.key"])
def test_a_key_that_does_not_belong_is_never_written_over(tmp_path: Path, name: str) -> None:
    prepare_certificate(tmp_path, (), NOW)
    prepare_certificate(tmp_path / "other", (), NOW)
    (tmp_path / name).write_bytes((tmp_path / "other" / name).read_bytes())
    before = {name: (tmp_path / name).read_bytes() for name in FILES}
    with pytest.raises(CertificateUnusable):
        prepare_certificate(tmp_path, ("new.local",), NOW)
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == before


@pytest.mark.parametrize("name", ["server.pem", "ca.pem", "server.key", "ca.key"])
def test_a_file_that_cannot_be_read_is_refused_with_its_name_and_left_alone(tmp_path: Path, name: str) -> None:
    prepare_certificate(tmp_path, (), NOW)
    (tmp_path / name).write_bytes(b"not a certificate")
    with pytest.raises(CertificateUnusable, match=name.replace(".", r"\.")):
        prepare_certificate(tmp_path, ("new.local",), NOW)
    assert (tmp_path / name).read_bytes() == b"not a certificate"


def test_an_authority_that_begins_later_means_a_wrong_clock_and_nothing_is_made(tmp_path: Path) -> None:
    prepare_certificate(tmp_path, (), NOW.replace(year=2036))
    before = contents(tmp_path)
    with pytest.raises(CertificateUnusable, match=r"đồng hồ sai.*31/12/2035.*clock is probably wrong.*renew-cert"):
        prepare_certificate(tmp_path, (), NOW)
    with pytest.raises(CertificateUnusable, match="clock"):
        check_path(tmp_path, (), NOW)
    assert contents(tmp_path) == before


def test_an_authority_that_has_ended_is_never_renewed_by_itself(tmp_path: Path) -> None:
    prepare_certificate(tmp_path, (), NOW.replace(year=2018))
    before = contents(tmp_path)
    with pytest.raises(CertificateUnusable, match=r"30/12/2022.*phieukin room renew-certificate"):
        prepare_certificate(tmp_path, (), NOW)
    assert contents(tmp_path) == before


def test_the_servers_certificate_never_outlives_the_authority_and_is_not_renewed_at_each_start(tmp_path: Path) -> None:
    prepare_certificate(tmp_path, (), NOW)
    late = NOW + 5 * 365 * DAY - 10 * DAY
    prepare_certificate(tmp_path, (), late)
    shown, before = load_shown(tmp_path), contents(tmp_path)
    assert shown is not None and shown.leaf.not_valid_after_utc <= anchor(tmp_path).not_valid_after_utc
    prepare_certificate(tmp_path, (), late)
    assert contents(tmp_path) == before


def test_a_certificate_of_the_room_made_under_a_wrong_clock_is_renewed_under_the_same_authority(tmp_path: Path) -> None:
    prepare_certificate(tmp_path, (), NOW)
    authority = (tmp_path / "ca.pem").read_bytes()
    (tmp_path / "server.pem").unlink()
    prepare_certificate(tmp_path, (), NOW + 3 * 365 * DAY)
    prepare_certificate(tmp_path, (), NOW)
    assert check_path(tmp_path, (), NOW).own
    assert (tmp_path / "ca.pem").read_bytes() == authority


@pytest.mark.parametrize("kept", [("ca.key",), ("ca.key", "ca.pem"), ("ca.key", "ca.pem", "server.key")])
def test_a_crash_between_two_files_of_the_first_start_is_made_good(tmp_path: Path, kept: tuple[str, ...]) -> None:
    prepare_certificate(tmp_path, (), NOW)
    for name in set(FILES) - set(kept):
        (tmp_path / name).unlink()
    prepare_certificate(tmp_path, (), NOW)
    assert check_path(tmp_path, ("127.0.0.1",), NOW).own


def test_renewing_asks_and_says_what_it_costs(tmp_path: Path) -> None:
    write_config(tmp_path, host="127.0.0.1")
    settings = load_settings(tmp_path)
    prepare(settings)
    before = settings.authority.read_bytes()
    command = ["renew-certificate", "--folder", str(tmp_path)]
    done = CliRunner().invoke(room.room_group, command, input="n\n")
    assert done.exit_code != 0 and "Every tablet" in done.output and settings.authority.read_bytes() == before
    done = CliRunner().invoke(room.room_group, [*command, "--yes"])
    assert done.exit_code == 0, done.output
    assert settings.authority.read_bytes() != before
    assert [path.read_bytes() for path in (tmp_path / "tls").glob("ca-*.pem")] == [before]
    assert check_path(tmp_path / "tls", ("127.0.0.1",), settings.clock()).own
