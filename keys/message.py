"""What people are told (lời cho người dùng): one message from where something is found to where it is shown.

A message names its words by key; the catalogues of `kiosk_templates.words` have them in both languages. The English
sentence beside them is for logs, commands and tests. Papers, audits and checks of lists say their sentences in both
languages at once, as a `Sentence`: their reader's language is not known where they are written. The words of those
that room and tellers share are in the catalogues as well (`voting.documents.conferences.sentences`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence, in Vietnamese and in English."""

    vi: str
    en: str

    def __str__(self) -> str:
        return f"{self.vi} / {self.en}"


@dataclass(frozen=True, slots=True)
class Message:
    """The key of the words, what fills them in, and one English sentence."""

    key: str
    english: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.english


class UserError(Exception):
    """An error with a message; the roots of our packages' errors derive from it, and it is never raised itself.

    Without a key, the words of the error's class are shown. `at` is the field of a form that has to be mended.
    """

    def __init__(self, english: str = "", key: str = "", *, at: str = "", **fields: object) -> None:
        """Keep the message: `fields` fill the words of `key`."""
        super().__init__(english)
        self.message, self.at = Message(key, english, fields), at
