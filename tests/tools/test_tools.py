"""The tools of the tests are tested too: an audit that never fails would prove nothing."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.belenios_audit import NotSound, check_spelling


@pytest.mark.postgres
def test_a_database_is_there_and_empty(postgres_url: str) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    engine = sqlalchemy.create_engine(postgres_url)
    assert sqlalchemy.inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.browser
def test_chromium_opens_a_page(chromium: "object") -> None:
    page = chromium.new_page()  # type: ignore[attr-defined]
    page.set_content("<h1>Phiếu kín</h1>")
    assert page.text_content("h1") == "Phiếu kín"
    page.close()


def test_connecting_to_another_machine_is_refused() -> None:
    with socket.socket() as plug, pytest.raises(RuntimeError, match="only this machine"):
        plug.connect(("192.0.2.1", 80))


@pytest.mark.interop
def test_the_audit_refuses_what_is_no_archive(belenios_audit: Callable[[Path], int], tmp_path: Path) -> None:
    empty = tmp_path / "empty.bel"
    empty.write_bytes(b"")
    with pytest.raises(NotSound, match="not readable"):
        belenios_audit(empty)


VECTORS = sorted((Path(__file__).resolve().parents[1] / "vectors").glob("*/*.bel"))


@pytest.mark.interop
@pytest.mark.parametrize("archive", VECTORS, ids=lambda path: path.parent.name)
def test_the_audit_accepts_archives_made_by_belenios(belenios_audit: Callable[[Path], int], archive: Path) -> None:
    assert belenios_audit(archive) > 0


@pytest.mark.interop
@pytest.mark.parametrize(
    "damage",
    [lambda raw: raw + b"\0" * 512, lambda raw: raw[:-512], lambda raw: raw[:-1], lambda raw: raw + raw[-1024:]],
    ids=["a block more", "a block less", "a byte less", "the last record twice"],
)
def test_the_audit_refuses_a_damaged_file(
    belenios_audit: Callable[[Path], int], tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    damaged = tmp_path / VECTORS[0].name
    damaged.write_bytes(damage(VECTORS[0].read_bytes()))
    with pytest.raises(NotSound):
        belenios_audit(damaged)


@pytest.mark.parametrize("raw", [b'{"a": 1}', b'{"a":1,"a":1}', b'{"a":"01"}', b'{"a":1}\n'])
def test_the_audit_refuses_another_spelling(raw: bytes) -> None:
    with pytest.raises(NotSound, match="spelled"):
        check_spelling(raw, "event 1")
