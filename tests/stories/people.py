"""The people of a room in their browsers: members of staff who sign in, and what they do with pages."""

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from PIL import Image

from kiosk_templates.build_front import HERE, find_node
from tests.stories.looking import Lens, complaints, picture
from voting.conference.steps import ROLES
from voting.rehearsal.room import Desk
from voting.web.access.accounts import Hashed, create_staff

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

PASSWORD = "một mật khẩu dài"
READ_CODE = """import {{readFileSync}} from "node:fs";
import decodeQR from "qr/decode.js";
process.stdout.write(decodeQR({{width: {width}, height: {height}, data: readFileSync(0)}}));"""
_GROUPS = re.compile(r"\b(\w{5})\s*-\s*(\w{6})\s*-\s*(\w{5})\s*-\s*(\w{6})\b", re.ASCII)
LARGEST = "document.documentElement.style.fontSize = '200%'"


def hire(desk: Desk) -> None:
    """Give everybody an account that is called by the role, without an authenticator."""
    hashed = hashed_password()
    with desk.storage.write() as session:
        for role in ROLES:
            create_staff(session, role, role.title(), hashed, (role,))


@cache
def hashed_password() -> Hashed:
    """Everybody's password as the room keeps it, at little cost: a hash names its own, and the room asks it often."""
    return Hashed(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))


@dataclass
class Member:
    """A member of staff at a browser of their own."""

    page: "Page"
    url: str
    role: str
    lens: Lens
    problems: list[str]

    @classmethod
    def sign_in(cls, browser: "Browser", url: str, role: str, lens: Lens, problems: list[str]) -> "Member":
        """Open a browser and sign in."""
        viewport = {"width": lens.width, "height": lens.height}
        context = browser.new_context(viewport=viewport, ignore_https_errors=True)  # type: ignore[arg-type]
        page = context.new_page()
        one = cls(page, url, role, lens, problems)
        one.go("/sign-in")
        if lens.language == "en":
            one.speak("en")
        one.look("sign-in")
        page.fill("[name=login]", role)
        page.fill("[name=password]", PASSWORD)
        with page.expect_navigation(url="**/desk"):
            page.click("main button")
        return one

    def go(self, path: str) -> "Member":
        """Open a page."""
        self.page.goto(self.url + path)
        return self

    def look(self, name: str, *, whole: bool = True) -> None:
        """Look at a page and note what axe-core finds, and whether it is wider than the screen."""
        if self.lens.size == "x":
            self.page.evaluate(LARGEST)
        picture(self.page, f"staff-{name}-{self.lens}", whole=whole)
        self.problems += [f"{name}: {one}" for one in complaints(self.page)]

    def turn(self, button: "Locator") -> None:
        """Press what leads to another page, and wait until that page is there."""
        with self.page.expect_navigation():
            button.click()

    def press(self, endpoint: str) -> None:
        """Press the button of the form that goes to an address, having read what it will do."""
        self.understand(f"form[action='{endpoint}']")
        self.turn(self.page.locator(f"form[action='{endpoint}'] button:not([lang])").first)

    def understand(self, form: str) -> None:
        """Tick that one has read what cannot be taken back, where a form asks for it; unfold the form if need be."""
        for tick in self.page.locator(f"{form} [name=understood]").all():
            tick.evaluate(
                "(one) => { for (let at = one; at = at.parentElement;) if (at.matches('details')) at.open = true; }"
            )
            tick.check()

    def beside(self, endpoint: str, second: str) -> "Locator":
        """Let a second person type name and password for a step; return the button that takes it."""
        form = self.page.locator(f"form[action='{endpoint}']")
        form.locator("[name=second_login]").fill(second)
        form.locator("[name=second_password]").fill(PASSWORD)
        self.understand(f"form[action='{endpoint}']")
        return form.locator("button")

    def together(self, endpoint: str, second: str) -> None:
        """Take a step with a second person."""
        self.turn(self.beside(endpoint, second))

    def upload(self, endpoint: str, path: Path) -> None:
        """Upload a file, having read what that will do."""
        self.understand(f"form[action='{endpoint}']")
        form = self.page.locator(f"form[action='{endpoint}']")
        form.locator("input[type=file]").set_input_files(path)
        self.turn(form.locator("button"))

    def fetch(self, selector: str, path: Path) -> Path:
        """Press what starts a download, and keep the file."""
        with self.page.expect_download() as download:
            self.page.locator(selector).first.click()
        download.value.save_as(path)
        return path

    def speak(self, language: str) -> "Member":
        """Switch the page to the other language, and stay on it."""
        self.turn(self.page.locator(f".bar button[lang={language}]"))
        self.page.wait_for_selector(f"html[lang={language}]")
        return self

    def leave(self) -> "Member":
        """Sign out."""
        self.press("/sign-out")
        self.page.wait_for_url("**/sign-in")
        return self

    def try_code(self, code: str) -> None:
        """Try to sign in again with password and code."""
        for field, text in (("login", self.role), ("password", PASSWORD), ("code", code)):
            self.page.fill(f"[name={field}]", text)
        self.press("/sign-in")

    def replace(self, spare: str, second: str, *, returned: str = "", reason: str = "lost") -> str:
        """Activate a spare with a second person, and hand back the old card where there is one."""
        self.page.check(f"#scan [value={reason}]")
        self.page.fill("#scan [data-card=returned]", returned)
        self.page.fill("#scan [name=second_login]", second)
        self.page.fill("#scan [name=second_password]", PASSWORD)
        self.understand("#scan")
        return self.scan(spare)

    def scan(self, card: str) -> str:
        """Scan a card with a hand scanner on a page of staff; return what the page says."""
        self.understand("#scan")
        self.page.focus("#scan-field")
        self.page.keyboard.type(card)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#scan-note[data-kind=good], #scan-note[data-kind=bad]")
        said = self.page.inner_text("#scan-note")
        self.page.evaluate("delete document.getElementById('scan-note').dataset.kind")
        return said


def scanned(code: "Locator", folder: Path) -> str:
    """What a QR code on a page says, read from a picture of it by the tablet's own reader."""
    path = folder / "code.png"
    code.screenshot(path=path)
    with Image.open(path) as picture:
        pixels, (width, height) = picture.convert("RGBA").tobytes(), picture.size
    command = [find_node()[0], "--input-type=module", "--eval", READ_CODE.format(width=width, height=height)]
    return subprocess.run(command, cwd=HERE, input=pixels, capture_output=True, check=True).stdout.decode()


def printed_cards(pdf: Path) -> list[str]:
    """The codes on sheets of cards, as a person would read them off."""
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    return ["".join(groups) for groups in _GROUPS.findall(text)]
