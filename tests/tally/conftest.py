"""What tests of the count share: a software token, answers typed by nobody, and sealing that costs little.

The token (SoftHSM2) is one for the whole process, since the PKCS#11 library reads its settings once.
"""

import functools
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from keys.files.sealing import LEAST_COST
from tally.ceremony.own_file import replace_state, write_state
from tally.cli import count as count_commands
from tally.guide import ceremony
from tally.guide import count as count_guide
from tally.signing.teller_file import bind_to_box, bind_to_setup, write_teller_file
from tests.conftest import missing
from tests.tally.tokens import LABEL, MODULES, PIN


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A token with an RSA-2048 key "rsa", P-256 keys "p256" and "head", a too short key "short"; its module's path."""
    module = next((Path(one) for one in MODULES if Path(one).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        missing("softhsm2")
    assert module is not None
    pkcs11 = pytest.importorskip("pkcs11")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        initialise = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "0000"]
        subprocess.run(initialise, check=True, capture_output=True)
        fill(pkcs11.lib(str(module)).get_token(token_label=LABEL))
        yield module


def fill(token: object) -> None:
    """Make the keys and certificates of the software token."""
    from pkcs11 import Attribute, KeyType
    from pkcs11.util.ec import encode_named_curve_parameters

    with token.open(user_pin=PIN, rw=True) as session:  # type: ignore[attr-defined]
        session.generate_keypair(KeyType.RSA, 2048, label="rsa", store=True)
        session.generate_keypair(KeyType.RSA, 1024, label="short", store=True)
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        for label in ("p256", "head"):
            session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(label=label, store=True)


@pytest.fixture
def cheap_binding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a share be bound to its box at little cost: what a guess costs is tested elsewhere."""
    for module in (count_commands, count_guide):
        monkeypatch.setattr(module, "bind_to_box", functools.partial(bind_to_box, cost=LEAST_COST))
    monkeypatch.setattr(count_commands, "bind_to_setup", functools.partial(bind_to_setup, cost=LEAST_COST))
    monkeypatch.setattr(count_commands, "write_teller_file", functools.partial(write_teller_file, cost=LEAST_COST))


@pytest.fixture
def cheap_ceremony(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a teller's own file of the ceremony be sealed at little cost."""
    for one in (write_state, replace_state):
        monkeypatch.setattr(ceremony, one.__name__, functools.partial(one, cost=LEAST_COST))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The answers that people will give, one a question."""
    answers: list[str] = []
    monkeypatch.setattr(click, "prompt", lambda *_, **options: _next(answers, options))
    return answers


def _next(answers: list[str], options: dict[str, Any]) -> str:
    answer = answers.pop(0)
    return answer if answer or options.get("default") is None else str(options["default"])
