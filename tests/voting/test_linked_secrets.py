"""A link in the place of a secret of the room is told as one, and neither read nor written through."""

from collections.abc import Callable
from pathlib import Path

import pytest

from voting.box import mirror
from voting.errors import CertificateUnusable, InvalidSettings, VotingError
from voting.web.settings import load_settings, old_secret, write_config
from voting.web.trust import read_key

READERS: dict[str, tuple[Callable[[Path], object], type[VotingError]]] = {
    "room.key": (lambda path: old_secret(path.parent), InvalidSettings),
    "room.json": (lambda path: load_settings(path.parent), InvalidSettings),
    "mirror.key": (mirror.read_secret, InvalidSettings),
    "server.key": (read_key, CertificateUnusable),
}


@pytest.mark.parametrize("name", READERS)
def test_a_link_in_the_place_of_a_secret_is_not_read(tmp_path: Path, name: str) -> None:
    read, error = READERS[name]
    elsewhere, room = tmp_path / "elsewhere", tmp_path / "room"
    write_config(elsewhere)
    load_settings(elsewhere)
    target = elsewhere / ("room.json" if name == "room.json" else "room.key")
    room.mkdir()
    (room / name).symlink_to(target)
    with pytest.raises(error, match="link to another place"):
        read(room / name)


@pytest.mark.parametrize("there", [True, False])
def test_a_new_secret_is_not_written_through_a_link(tmp_path: Path, there: bool) -> None:
    victim = tmp_path / "victim"
    if there:
        victim.write_bytes(b"precious")
    (tmp_path / "mirror.key").symlink_to(victim)
    with pytest.raises(InvalidSettings, match="link to another place"):
        mirror.read_secret(tmp_path / "mirror.key", make=True)
    assert (victim.read_bytes() if there else not victim.exists()) == (b"precious" if there else True)


def test_a_secret_of_the_mirror_is_for_its_owner_and_stays(tmp_path: Path) -> None:
    made = mirror.read_secret(tmp_path / "mirror.key", make=True)
    assert mirror.read_secret(tmp_path / "mirror.key", make=True) == made
    assert (tmp_path / "mirror.key").stat().st_mode & 0o077 == 0
