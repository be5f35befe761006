"""A room's application for tests, with staff of every role and a clock that stands."""

import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from tally.cli.handed_in import attached_record, hand_count_fault
from tests.voting.rooms import OPENING, SECRET, Room, Teller, migrated
from voting.conference.steps import ROLES
from voting.web.access import accounts
from voting.web.app import create_app
from voting.web.room import Room as WebRoom
from voting.web.settings import Settings

PASSWORD = "một mật khẩu dài"
HERE = "https://localhost"


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = OPENING

    def __call__(self) -> datetime.datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.now += datetime.timedelta(**by)


class Browser:
    """Somebody's browser: keeps cookies, sends the token of the last form it saw."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> TestResponse:
        """Get a page."""
        return self.client.get(path, base_url=HERE)

    def post(self, path: str, *, token: bool = True, **form: object) -> TestResponse:
        """Send a form, with its token unless told not to, and ticked as read (`understood=None` leaves that out)."""
        form = {name: value for name, value in {"understood": "yes", **form}.items() if value is not None}
        fields = {**form, **({"csrf_token": self.token()} if token else {})}
        return self.client.post(path, data=fields, base_url=HERE, headers={"Referer": f"{HERE}/"})

    def token(self) -> str:
        """The form token of this session."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/trackers-none").text)
        assert found, "every page has a form with a token: the one of the language"
        return found.group(1)

    def sign_in(self, login: str, password: str = PASSWORD, code: str = "") -> "Browser":
        """Sign in; fails where that is refused."""
        answer = self.post("/sign-in", login=login, password=password, code=code)
        assert answer.status_code == 302, answer.text
        return self


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


def no_fault(archive: bytes, records: Sequence[bytes]) -> str:
    """Find nothing false: these rooms count nothing (tests/voting/conference/test_record_audit.py has real counts)."""
    return ""


class Compiled(BytecodeCache):
    """Pages as Jinja compiled them, for the next room of this process: each is compiled once, not once a test."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a page, unless its source has changed."""
        if (page := self.pages.get(bucket.key)) is not None:
            bucket.bytecode_from_string(page)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a page."""
        self.pages[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def application(settings: Settings) -> Flask:
    """The room's application as the server makes it, but that it finds nothing false."""
    made = create_app(settings, audit=no_fault, recount=hand_count_fault, attached=attached_record)
    made.jinja_env.bytecode_cache = COMPILED
    return made


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    """The room's server on SQLite, with limits that tests do not meet."""
    settings = Settings(
        tmp_path,
        f"sqlite:///{tmp_path / 'room.db'}",
        SECRET,
        casts_per_minute=1000,
        polls_per_minute=1000,
        sign_ins_per_minute=1000,
        clock=clock,
    )
    storage = migrated(settings.database)
    with storage.write() as session:
        for role in ROLES:
            accounts.create_staff(session, role, role.title(), PASSWORD, (role,))
    storage.close()
    yield (made := application(settings))
    web_room(made).storage.close()


def web_room(app: Flask) -> WebRoom:
    """What the pages share."""
    found = app.extensions["phieukin"]
    assert isinstance(found, WebRoom)
    return found


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the least cost, for tests alone."""
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_HASHER", cheap)
    monkeypatch.setattr(accounts, "_NOBODY", cheap.hash("nobody"))


@pytest.fixture
def room(app: Flask, tellers: list[Teller]) -> Room:
    """The same room, pushed from state to state by code."""
    shared = web_room(app)
    return Room(shared.storage, shared.keyring, tellers)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that has signed in nowhere."""
    return Browser(app.test_client())
