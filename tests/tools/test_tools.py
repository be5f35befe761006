"""The tools of the tests are tested too: an audit that never fails would prove nothing."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.belenios_audit import NotSound


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
    with pytest.raises(NotSound, match="not readable|no Setup"):
        belenios_audit(empty)
