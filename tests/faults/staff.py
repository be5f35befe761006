"""Staff at the desk, over HTTPS: signs in, sends forms with their token; enough of a browser for these tests."""

import contextlib
import http.client
import re
import ssl
import urllib.parse

from voting.conference.steps import ROLES
from voting.web.access import accounts

PASSWORD = "một mật khẩu dài"
SECOND = {"second_login": "chair", "second_password": PASSWORD, "second_code": ""}


class Staff:
    """A browser of staff, one connection a request."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self.port, self.trust = port, trust
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send one request; keep the cookies of the answer."""
        here = f"localhost:{self.port}"
        all_headers = {"Referer": f"https://{here}/", "Host": here, **(headers or {})}
        if self.cookies:
            all_headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with contextlib.closing(
            http.client.HTTPSConnection("localhost", self.port, timeout=60, context=self.trust)
        ) as connection:
            connection.request(method, path, body, all_headers)
            answer = connection.getresponse()
            raw = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers, raw

    def post(self, path: str, **fields: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send a form with its token."""
        form = urllib.parse.urlencode({"csrf_token": self.token(), **fields}).encode()
        return self.ask("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})

    def token(self) -> str:
        """The token of a form."""
        found = re.search(rb'name="csrf_token" value="([^"]+)"', self.ask("GET", "/sign-in")[2])
        assert found, "the form for signing in has a token"
        return found.group(1).decode()

    def sign_in(self, login: str, password: str = PASSWORD) -> "Staff":
        """Sign in."""
        status, _, raw = self.post("/sign-in", login=login, password=password, code="")
        assert status == 302, raw.decode(errors="replace")
        return self


def add_staff(storage: object) -> None:
    """One account for each role, named after it."""
    from voting.storage.engine import Storage

    assert isinstance(storage, Storage)
    with storage.write() as session:
        for role in ROLES:
            accounts.create_staff(session, role, role.title(), PASSWORD, (role,))
