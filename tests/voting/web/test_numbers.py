"""Numbers that no row has, in addresses, queries and forms: a page that is not there or a sentence, never a 500.

The addresses are those of the application, and the names of fields those that its pages and modules have, so that a new
one cannot be forgotten.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.voting.rooms import SECRET, Room, Teller, migrated
from tests.voting.web.conftest import PASSWORD, Browser, Clock, application, web_room
from tests.voting.web.test_rounds import begin
from voting.conference.steps import ROLES
from voting.web.access import accounts
from voting.web.numbers import MOST
from voting.web.settings import Settings

pytestmark = pytest.mark.slow

NUMBERS = ("0", str(MOST), str(MOST + 1), str(2**63), str(10**30), "9" * 5000, "-1", "٣", "1e3")
SOURCES = ("voting/web", "voting/conference/draft/editor.py", "kiosk_templates/pages")
FIELD = re.compile(r"""(?:name=|(?:form|fields|args)\.get\(|whole\((?:\w+, )?|_number\()["'](\w+)["']""")
WORDS = {"csrf_token", "understood", "login", "password", "code", "second_login", "second_password", "second_code"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """The room's server on each database, with staff of every role, and one with all of them."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'room.db'}"
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_cluster").database())
        settings = Settings(tmp_path, url, SECRET, casts_per_minute=9**9, polls_per_minute=9**9,
                            sign_ins_per_minute=9**9, clock=clock)  # fmt: skip
        storage = migrated(url)
        with storage.write() as session:
            for role in ROLES:
                accounts.create_staff(session, role, role.title(), PASSWORD, (role,))
            accounts.create_staff(session, "everybody", "Everybody", PASSWORD, ROLES)
        storage.close()
        yield (made := application(settings))
        web_room(made).storage.close()


@pytest.fixture
def opened(app: Flask, tellers: list[Teller]) -> Room:
    """The same room with its box open."""
    shared = web_room(app)
    return Room(shared.storage, shared.keyring, tellers).open()


def numbered(app: Flask) -> list[Rule]:
    """The rules of staff with a number in them."""
    return [rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]


def filled(rule: Rule, number: str) -> str:
    """The address of a rule, a number in each place of one, and a word elsewhere."""
    address = re.sub(r"<int:\w+>", number, rule.rule)
    return re.sub(r"<(?:\w+:)?\w+>", "present", address)


def fields() -> set[str]:
    """The names of all fields that pages and modules have."""
    root = Path(__file__).resolve().parents[3]
    files = [file for one in SOURCES for file in (sorted((root / one).rglob("*.*")) or [root / one])]
    texts = (file.read_text(encoding="utf-8") for file in files if file.suffix in (".py", ".html"))
    return {name for text in texts for name in FIELD.findall(text)} - WORDS


def sent(browser: Browser, rule: Rule, address: str, token: str, form: dict[str, str]) -> list[tuple[str, int]]:
    """Ask for an address by each of its methods; return the answers' codes."""
    answers = []
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        data = {**form, "csrf_token": token, "understood": "yes"} if method == "POST" else None
        answer = browser.client.open(address, method=method, base_url="https://localhost", data=data,
                                     headers={"Referer": "https://localhost/"})  # fmt: skip
        answers.append((method, answer.status_code))
    return answers


def test_there_are_numbers_and_fields_to_try(app: Flask) -> None:
    assert len(numbered(app)) >= 20
    assert {"once", "quorum", "person", "reason"} <= fields()


@pytest.mark.parametrize("role", [*ROLES, "everybody"])
def test_a_number_that_no_row_has_is_no_page(app: Flask, opened: Room, browser: Browser, role: str) -> None:
    browser.sign_in(role)
    token = browser.token()
    wrong = []
    for rule in numbered(app):
        for number in NUMBERS:
            for method, code in sent(browser, rule, filled(rule, number), token, {}):
                if not 400 <= code < 500:
                    wrong.append(f"{method} {rule.rule} with {number[:24]}: {code}")
    assert wrong == []


@pytest.mark.parametrize("number", ["0", str(MOST), str(10**30)])
def test_a_number_in_a_round_that_is_there_is_no_fault(app: Flask, browser: Browser, number: str) -> None:
    browser.sign_in("everybody")
    begun = begin(browser)
    token, wrong = browser.token(), []
    for rule in numbered(app):
        if rule.rule.startswith("/rounds/<int:number>/"):
            address = begun + filled(rule, number).removeprefix(f"/rounds/{number}")
            wrong += [
                f"{way} {rule.rule}: {code}" for way, code in sent(browser, rule, address, token, {}) if code >= 500
            ]
    assert wrong == []


@pytest.mark.parametrize("number", [str(MOST + 1), str(2**63), str(10**30), "-1"])
def test_a_huge_number_in_a_field_is_a_sentence(app: Flask, opened: Room, browser: Browser, number: str) -> None:
    browser.sign_in("everybody")
    token = browser.token()
    names, wrong = fields(), []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] in ("static", "sign_in"):
            continue
        form = {**dict.fromkeys(names, number), "second_login": "chair", "second_password": PASSWORD}
        address = f"{filled(rule, '1')}?" + "&".join(f"{name}={number[:2000]}" for name in sorted(names)[:40])
        for method, code in sent(browser, rule, address, token, form):
            if code >= 500:
                wrong.append(f"{method} {rule.rule}: {code}")
    assert wrong == []
