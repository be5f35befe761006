"""The constants that the room's Python and the tablet's TypeScript share: `kiosk_templates/src/shared.ts`.

`make docs` writes the module from the values here, so that no second literal stands on either side;
`tests/test_docs.py` finds a stale one, and tsc finds a state or a code that a table of the tablet does not have.
"""

import json
from collections.abc import Mapping
from typing import get_args

from keys.cards import ALPHABET, GROUPS, LENGTH, UUID_PATTERN
from keys.group import POINT_BYTES, SCALAR_DIGITS
from voting.box.card_status import TRACKER_TAG
from voting.box.casting import RECEIPT_TAG
from voting.box.tablet_interface import API, CODES, DEVICE_HEADER, NO_STATE, PAGE_HEADER, SHOWN, SIGNATURE_HEADER
from voting.box.tablets import CODE_LENGTH, DEVICE_TAG, LABEL_LIMIT
from voting.conference.cards import TEST_MARK
from voting.documents.conferences.election import ELECTION_LIMIT, GROUP, VERSION
from voting.documents.kinds import Kind, QuestionForm, kinds
from voting.documents.states import STATES

HEAD = "/** What the room's Python shares with the tablet: made by `make docs`, never by hand. */\n"

SHARED: Mapping[str, str | int | tuple[str | int, ...]] = {
    "CARD_ALPHABET": ALPHABET,
    "CARD_LENGTH": LENGTH,
    "CARD_GROUPS": GROUPS,
    "TEST_MARK": TEST_MARK,
    "UUID_PATTERN": UUID_PATTERN.pattern,
    "GROUP": GROUP,
    "ELECTION_VERSION": VERSION,
    "ELECTION_LIMIT": ELECTION_LIMIT,
    "POINT_BYTES": POINT_BYTES,
    "SCALAR_DIGITS": SCALAR_DIGITS,
    "RECEIPT_TAG": RECEIPT_TAG,
    "DEVICE_TAG": DEVICE_TAG,
    "TRACKER_TAG": TRACKER_TAG,
    "API": API,
    "DEVICE_HEADER": DEVICE_HEADER,
    "SIGNATURE_HEADER": SIGNATURE_HEADER,
    "PAGE_HEADER": PAGE_HEADER,
    "ENROLMENT_CODE_LENGTH": CODE_LENGTH,
    "LABEL_LIMIT": LABEL_LIMIT,
    "STATES": STATES,
    "NO_STATE": NO_STATE,
    "SHOWN": SHOWN,
    "REFUSAL_CODES": CODES,
}
SHORT = 4  # a list of so many stands in one line
TYPES = {"RoomState": "STATES", "Showing": "SHOWN", "RefusalCode": "REFUSAL_CODES"}


def document() -> str:
    """Return the TypeScript module: one constant a line, and the types of the lists of words."""
    lines = [f"export const {name} = {_literal(value)};" for name, value in SHARED.items()]
    lines += ["export const KINDS = {", *(f"  {kind.id}: {_kind(kind)}," for kind in kinds().values()), "} as const;"]
    lines += [f"export type {name} = (typeof {values})[number];" for name, values in TYPES.items()]
    lines += [f"export type QuestionForm = {' | '.join(map(json.dumps, get_args(QuestionForm)))};"]
    return HEAD + "\n".join(lines) + "\n"


def _kind(kind: Kind) -> str:
    """Return what the tablet has to know of a kind of ballot: what becomes of its names, and its words."""
    languages = {language: kind.words(language) for language in ("vi", "en")}
    words = {
        language: {
            "heading": one.heading,
            "instruction": one.tablet.instruction,
            "answers": list(one.tablet.answers.values()),
        }
        for language, one in languages.items()
    }
    tablet = {"question": kind.question, "handsOn": kind.hands_on, **words}
    return json.dumps(tablet, ensure_ascii=False, indent=2).replace("\n", "\n  ")


def _literal(value: str | int | tuple[str | int, ...]) -> str:
    if not isinstance(value, tuple):
        return json.dumps(value)
    if len(value) <= SHORT:
        return f"{json.dumps(value)} as const"
    lines = "".join(f"  {json.dumps(one)},\n" for one in value)
    return f"[\n{lines}] as const"
