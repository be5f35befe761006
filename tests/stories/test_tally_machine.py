"""The tally machine: the base wheel alone in a fresh environment, without Flask, SQLAlchemy or a network.

Key ceremony, Setup confirmed, count, second and third count, minutes and signatures run there from first to last.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.tally_machine import Machine, installed_here, installed_on, set_up
from tests.stories.tellers import Table, on_machine, passphrase, run
from tests.stories.test_tellers import NAMES, confirmed, count, recounts, sign_all, step
from tests.voting.documents.elections import UUID

pytestmark = pytest.mark.slow

OF_THE_ROOM = {"flask", "sqlalchemy", "alembic", "granian", "openpyxl", "python-docx", "numba", "dask", "pytest"}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return set_up(tmp_path_factory.mktemp("machine"))


@pytest.fixture
def there(machine: Machine) -> Iterator[None]:
    with on_machine(machine.command):
        yield


def test_the_base_wheel_brings_neither_the_rooms_libraries_nor_those_of_the_tests(machine: Machine) -> None:
    there = installed_on(machine)
    assert {"phieukin", "pynacl", "pyhanko", "typst", "click"} <= there
    assert not there & OF_THE_ROOM
    assert installed_here() >= OF_THE_ROOM - {"dask"}  # so their absence there says something
    for name in ("flask", "sqlalchemy"):
        assert f"No module named '{name}'" in machine.says("-c", f"import {name}").stderr


def test_what_is_installed_fits_together(machine: Machine) -> None:
    checked = machine.says("-m", "pip", "check")
    assert checked.returncode == 0, checked.stdout


def test_there_is_no_network(machine: Machine) -> None:
    if len(machine.command) == 1:
        pytest.skip("this account may not take the network from a process")
    done = machine.says("-c", "import socket; socket.create_connection(('127.0.0.1', 9), 1)")
    assert "Network is unreachable" in done.stderr


@pytest.mark.usefixtures("there")
def test_the_rooms_commands_say_what_they_need() -> None:
    assert "pip install 'phieukin[room]'" in run("serve", status=1)


@pytest.mark.usefixtures("there")
def test_ceremony_setup_count_recounts_minutes_and_signatures_run_there(tmp_path: Path) -> None:
    table = Table(tmp_path / "tellers", NAMES, 2)
    table.turn(1)
    table.turn(2)
    with step(table, 3) as third:  # the last one to announce has nobody yet to compare with
        third.answer("Mật khẩu mới", passphrase(3)).answer("Gõ lại", passphrase(3)).see("so ở lượt sau").ends()
    with step(table, 3) as third:
        third.answer("Mật khẩu", passphrase(3)).answer("Có giống hệt không?", "c").see("Đã chia phần khóa").ends()
    for index in (1, 2, 3, 1, 2, 3):  # deal, accept, rehearse
        table.turn(index)
    assert "Mở thử thành công: bất kỳ 2 trong 3" in table.turn(1)

    made = confirmed(table, tmp_path)  # point 2: each teller's tool, in a process of its own
    with count(made, table) as one:
        one.see("Hòm phiếu đúng: 3 phiếu").answer("Có giống hệt không?", "c")
        one.answer("số mấy mở tiếp", "1").answer("Mật khẩu", passphrase(1)).see("đã mở phần của mình")
        one.answer("số mấy mở tiếp", "2").answer("Mật khẩu", passphrase(2)).see("đã mở phần của mình")
        one.answer("số mấy mở thêm", "").answer("Lời của chủ trì", "")
        one.answer("Người chứng kiến", "Lường Văn Giỏi – Chủ tịch Công đoàn").answer("Người chứng kiến", "")
        one.answer("Khiếu nại", "").answer("dòng cần sửa", "").see("KẾT QUẢ").see("2/4 = 50,00%").ends()
    result = made.stick / f"result-{UUID}"
    minutes = (result / "minutes.pdf").read_bytes()
    sign_all(made, table, result)
    assert ": ĐÚNG / sound" in run("verify", result / f"{UUID}.bel", "--record", result / "record.json")
    assert "đã đủ chữ ký" in run("tally", "check-minutes", result / "record.json", result / "minutes.pdf")
    recounts(result, tmp_path)
    others = [tmp_path / f"recount {number}" / "record.json" for number in (1, 2, 3)]
    assert "4 records agree byte for byte" in run("tally", "compare", result / "record.json", *others)
    again = tmp_path / "again.pdf"
    run("tally", "minutes", result / "record.json", "--out", again)
    assert again.read_bytes() == minutes
    assert (result / "minutes.pdf").read_bytes().startswith(minutes)
    run("tally", "minutes", result / "record.json", "--language", "en", "--out", tmp_path / "english.pdf")
