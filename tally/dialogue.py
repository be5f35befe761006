"""How the guided commands talk: one language, plain words, one question at a time (hướng dẫn từng bước).

The words are the catalogue of tellers (`kiosk_templates.words`), Vietnamese first. What comes from files is shown
without anything that could steer the terminal. A guide keeps nothing: every step reads its files again.
"""

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from keys.files.passphrases import missing_words, strength_of, suggested
from keys.files.plain_text import first_line
from kiosk_templates.words import Language, catalogue
from tally.terminal import printable

GROUP, GROUPS_A_LINE = 4, 8
YES, NO = ("c", "có", "co", "y", "yes"), ("k", "không", "khong", "n", "no")


class Refused(click.ClickException):
    """Ends a command; the message is in Vietnamese, or in both languages."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message to standard error."""
        click.echo(printable(f"Lỗi / Error: {self.format_message()}", sys.stderr.encoding), file=file, err=True)


@dataclass(frozen=True, slots=True)
class Guide:
    """Speaks one language to the people before the terminal."""

    language: Language

    def words(self, key: str, /, **values: object) -> str:
        """The words of `section.name`, with values put in."""
        return catalogue("tellers", self.language)[key].format_map(values)

    def knows(self, key: str) -> bool:
        """Whether there are words of that name."""
        return key in catalogue("tellers", self.language)

    def title(self, key: str, /, **values: object) -> None:
        """Begin a part."""
        click.echo()
        self._write(f"== {self.words(key, **values)} ==", bold=True)

    def say(self, key: str, /, **values: object) -> None:
        """Say something."""
        self._write(self.words(key, **values))

    def good(self, key: str, /, **values: object) -> None:
        """Say that something is right."""
        self._write(f"[OK] {self.words(key, **values)}", fg="green")

    def warn(self, key: str, /, **values: object) -> None:
        """Say that something needs attention."""
        self._write(f"[!] {self.words(key, **values)}", fg="yellow")

    def plain(self, line: str) -> None:
        """Write a line of data."""
        self._write(line)

    def ask(self, key: str, /, default: str | None = None, **values: object) -> str:
        """Ask for a line; with a default, an empty answer is allowed."""
        answer: str = click.prompt(
            self.words(key, **values), default=default, show_default=bool(default), prompt_suffix=" ", type=str
        )
        return answer.strip()

    def number(self, key: str, /, least: int, most: int, default: int | None = None, **values: object) -> int:
        """Ask for a whole number from `least` to `most`."""
        while True:
            answer = self.ask(key, default=None if default is None else str(default), **values)
            if answer.isascii() and answer.isdigit() and least <= int(answer) <= most:
                return int(answer)
            self.say("general.number", least=least, most=most)

    def confirm(self, key: str, /, default: bool | None = None, **values: object) -> bool:
        """Ask a yes-no question; without a default, one has to answer."""
        letters = "c/k" if self.language == "vi" else "y/n"
        while True:
            answer = self.ask(key, default="" if default is not None else None, **values).casefold()
            if answer == "" and default is not None:
                return default
            if answer in YES or answer in NO:
                return answer in YES
            self.say("general.yes_or_no", letters=letters)

    def confirm_or_later(self, key: str, /, **values: object) -> bool | None:
        """Ask a yes-no question that can wait: an empty answer, None, leaves it for later."""
        while True:
            answer = self.ask(key, default="", **values).casefold()
            if answer == "":
                return None
            if answer in YES or answer in NO:
                return answer in YES
            self.say("general.yes_or_no", letters="c/k" if self.language == "vi" else "y/n")

    def passphrase(self, file: Path | None, **values: object) -> str:
        """Ask for the passphrase of a sealed file, or take it from a file's first line."""
        if file is not None:
            return first_line(file)
        return str(click.prompt(self.words("passphrase.ask", **values), hide_input=True, prompt_suffix=" "))

    def pin(self, **values: object) -> str:
        """Ask for the PIN of a token."""
        return str(click.prompt(self.words("token.pin", **values), hide_input=True, prompt_suffix=" "))

    def new_passphrase(self, file: Path | None, names: tuple[str, ...]) -> str:
        """Ask for a new passphrase twice; one that is easy to guess is refused, and a good one suggested."""
        if file is not None:
            text = first_line(file)
            if strength_of(text, names) == "weak":
                raise Refused(self.words("passphrase.weak", words=missing_words(text, names)))
            return text
        self.say("passphrase.advice", example=suggested(names))
        while True:
            text = str(click.prompt(self.words("passphrase.new"), hide_input=True, prompt_suffix=" "))
            if strength_of(text, names) == "weak":
                self.warn("passphrase.weak", words=missing_words(text, names))
                continue
            self.say("passphrase.strong")
            again = str(click.prompt(self.words("passphrase.again"), hide_input=True, prompt_suffix=" "))
            if again == text:
                return text
            self.warn("passphrase.differ")

    def _write(self, text: str, bold: bool = False, fg: str | None = None) -> None:
        for line in text.split("\n"):
            click.secho(printable(line, sys.stdout.encoding), bold=bold, fg=fg)


def both(key: str, /, **values: object) -> None:
    """Say something outside of a guide: Vietnamese, with English beside it."""
    click.echo(printable(in_both(key, **values), sys.stdout.encoding))


def tell_aside(path: Path, aside: Path | None) -> None:
    """Say where a signed file is that made way for another one."""
    if aside is not None:
        both("said.set_aside", path=path.name, aside=aside)


def in_both(key: str, /, **values: object) -> str:
    """The words of `section.name` in Vietnamese, with English beside them."""
    return f"{Guide('vi').words(key, **values)} / {Guide('en').words(key, **values)}"


def unquoted(text: str) -> Path:
    """Read a path as people paste it: in the quotes of Windows' "Copy as path", or with blanks around it."""
    bare = text.strip()
    for quote in ('"', "'"):
        if len(bare) > 1 and bare[0] == bare[-1] == quote:
            bare = bare[1:-1]
    return Path(bare.strip())


def quoted(path: Path) -> str:
    """Write a path so that the line that holds it can be pasted into a shell: in quotes where it needs them."""
    text = str(path)
    if os.name == "nt":
        return f'"{text}"' if set(text) & set(" &()^;,") else text
    return shlex.quote(text)


def groups(text: str, prefix: str = "    ") -> str:
    """Write a hash in groups that people can read aloud."""
    parts = [text[at : at + GROUP] for at in range(0, len(text), GROUP)]
    lines = [parts[at : at + GROUPS_A_LINE] for at in range(0, len(parts), GROUPS_A_LINE)]
    return "\n".join(prefix + " ".join(line) for line in lines)
