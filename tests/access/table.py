"""Who may what: every route of the application with every method, and for whom it is.

Written by hand, as a second opinion: docs/access.md is made from the program's own tables. `test_routes.py` compares,
tries each route with each role, and fails on a route that is not in here. Beside the roles:

* everybody   no account;
* staff       anybody who signed in;
* tablet      whoever signs the request with an enrolled tablet's key;
* card        whoever signs the request with that card's secret;
* code        whoever has the desk's one-time code for enrolling a tablet.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from voting.conference.steps import ROLES, Role

EVERYBODY, STAFF, TABLET, CARD, CODE = "everybody", "staff", "tablet", "card", "code"
KEYS = frozenset({TABLET, CARD, CODE})
"""Not a session but a key or a code lets these in: forms' tokens and cookies have no part in them."""

TABLE: dict[str, str] = {
    "GET /": "everybody",
    "GET /account": "staff",
    "POST /account/password": "staff",
    "GET /account/totp": "staff",
    "POST /account/totp": "staff",
    "POST /account/totp/confirm": "staff",
    "POST /api/v1/devices": "code",
    "POST /api/v1/elections/<uuid>/audits": "tablet",
    "POST /api/v1/elections/<uuid>/ballots": "tablet",
    "POST /api/v1/elections/<uuid>/cards": "card",
    "GET /api/v1/elections/<uuid>/credentials.json": "everybody",
    "GET /api/v1/elections/<uuid>/election.json": "everybody",
    "POST /api/v1/elections/<uuid>/receipts": "tablet",
    "GET /api/v1/elections/<uuid>/trustees.json": "everybody",
    "GET /api/v1/room": "everybody",
    "GET /ca": "everybody",
    "GET /ca/phieukin.crt": "everybody",
    "GET /card": "teller chair secretary technician",
    "POST /card": "teller chair secretary technician",
    "GET /card/mine": "everybody",
    "GET /deck": "organiser technician",
    "POST /deck": "organiser technician",
    "POST /deck/tests": "organiser technician",
    "GET /desk": "staff",
    "POST /desk/annul": "organiser chair",
    "POST /desk/back-to-draft": "organiser chair",
    "POST /desk/close": "teller chair",
    "POST /desk/draft": "organiser",
    "POST /desk/freeze": "teller chair technician",
    "POST /desk/freeze-list": "organiser",
    "POST /desk/new": "organiser",
    "POST /desk/notes": "teller secretary technician",
    "POST /desk/on-paper": "organiser chair",
    "POST /desk/open": "teller chair",
    "POST /desk/reserve-deck": "organiser teller chair secretary",
    "POST /desk/take-roll": "organiser teller chair secretary",
    "GET /door": "door secretary",
    "POST /door/<int:person>/<mark>": "door",
    "GET /door/leftovers": "door teller",
    "POST /door/leftovers": "door teller",
    "GET /door/spares": "door teller chair",
    "POST /door/spares": "door teller chair",
    "POST /door/undo": "door",
    "GET /draft": "organiser chair secretary technician",
    "GET /draft/basics": "organiser",
    "POST /draft/basics": "organiser",
    "GET /draft/draft.json": "organiser chair secretary technician",
    "GET /draft/new": "organiser",
    "POST /draft/new": "organiser",
    "GET /draft/papers/<int:number>": "organiser",
    "POST /draft/papers/<int:number>": "organiser",
    "POST /draft/papers/<int:number>/remove": "organiser",
    "GET /draft/people": "organiser",
    "POST /draft/people": "organiser",
    "POST /draft/people/confirm": "organiser",
    "GET /draft/planner": "organiser chair secretary technician",
    "GET /draft/preview": "organiser chair secretary technician",
    "POST /draft/replace": "organiser",
    "GET /draft/signers": "organiser",
    "POST /draft/signers": "organiser",
    "POST /draft/tellers": "organiser",
    "GET /hall": "everybody",
    "GET /kiosk": "everybody",
    "POST /language/<chosen>": "everybody",
    "POST /last-call": "teller chair",
    "POST /last-call/take-back": "teller chair",
    "GET /log": "organiser teller chair secretary technician",
    "GET /results": "staff",
    "GET /results/<name>": "organiser teller chair secretary technician",
    "POST /results/head-decision": "organiser teller chair secretary technician",
    "POST /results/records": "organiser teller chair secretary technician",
    "POST /results/release": "chair",
    "POST /results/signed": "organiser teller chair secretary",
    "POST /results/stick": "teller secretary technician",
    "GET /rounds": "organiser chair secretary",
    "GET /rounds/<int:number>": "organiser chair secretary",
    "GET /rounds/<int:number>/briefing.pdf": "organiser chair secretary",
    "GET /rounds/<int:number>/dossier": "organiser chair secretary",
    "POST /rounds/<int:number>/dossier": "organiser secretary",
    "POST /rounds/<int:number>/leavers": "organiser",
    "POST /rounds/<int:number>/letters": "organiser secretary",
    "POST /rounds/<int:number>/options": "organiser",
    "GET /rounds/<int:number>/people": "organiser secretary",
    "POST /rounds/<int:number>/people": "organiser",
    "GET /rounds/<int:number>/people/changes": "organiser",
    "POST /rounds/<int:number>/people/changes": "organiser",
    "GET /rounds/<int:number>/people/template.<kind>": "organiser secretary",
    "GET /rounds/<int:number>/seats": "organiser chair secretary",
    "POST /rounds/<int:number>/seats": "organiser",
    "GET /rounds/<int:number>/seats/<int:place>": "organiser chair secretary",
    "POST /rounds/<int:number>/seats/<int:place>/confirm": "organiser chair",
    "POST /rounds/<int:number>/seats/<int:place>/lists": "organiser",
    "POST /rounds/<int:number>/seats/<int:place>/removals": "organiser",
    "POST /rounds/<int:number>/seats/<int:place>/remove": "organiser",
    "GET /rounds/<int:number>/steps/<int:step>": "organiser chair secretary",
    "POST /rounds/<int:number>/steps/<int:step>/annul": "organiser chair",
    "POST /rounds/<int:number>/steps/<int:step>/composition": "organiser",
    "POST /rounds/<int:number>/steps/<int:step>/conference": "organiser",
    "POST /rounds/<int:number>/steps/<int:step>/decision": "organiser secretary",
    "POST /rounds/<int:number>/steps/<int:step>/exclusions": "organiser chair",
    "POST /rounds/<int:number>/steps/<int:step>/files": "organiser secretary",
    "POST /rounds/<int:number>/steps/<int:step>/hand-count": "organiser secretary",
    "GET /rounds/<int:number>/steps/<int:step>/hand-count.json": "organiser chair secretary",
    "GET /rounds/<int:number>/steps/<int:step>/list-decision.json": "organiser chair secretary",
    "POST /rounds/<int:number>/steps/<int:step>/head-decision": "organiser secretary",
    "POST /rounds/<int:number>/steps/<int:step>/records": "organiser secretary",
    "POST /rounds/<int:number>/steps/<int:step>/signed-decision": "organiser chair secretary",
    "POST /rounds/new": "organiser",
    "GET /setup": "organiser teller chair secretary technician",
    "POST /setup/confirmations": "teller secretary technician",
    "GET /setup/setup.bel": "organiser teller chair secretary technician",
    "POST /setup/trustees": "organiser teller technician",
    "POST /setup/write": "secretary technician",
    "GET /sheets": "staff",
    "GET /sheets/<name>.pdf": "staff",
    "GET /sign-in": "everybody",
    "POST /sign-in": "everybody",
    "POST /sign-out": "everybody",
    "GET /staff": "organiser chair",
    "POST /staff": "organiser chair",
    "POST /staff/<int:number>/password": "organiser chair",
    "POST /staff/<int:number>/remove": "organiser chair",
    "POST /staff/<int:number>/totp": "organiser chair",
    "GET /static/<path:filename>": "everybody",
    "GET /tablets": "technician",
    "POST /tablets/<identifier>/revoke": "technician",
    "POST /tablets/codes": "technician",
    "GET /trackers": "everybody",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address."""

    method: str
    rule: str
    who: str

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that it is for; all of them where it is for any staff, none where it is not for staff."""
        if self.who == STAFF:
            return frozenset(ROLES)
        return frozenset(role for role in ROLES if role in self.who.split())

    @property
    def of_staff(self) -> bool:
        """Whether one must have signed in."""
        return bool(self.roles)


def routes() -> list[Route]:
    """The table, row by row."""
    return [Route(*place.split(" ", 1), who) for place, who in TABLE.items()]


def routes_of(app: Flask) -> Iterator[str]:
    """Every route that an application has, spelled as in the table; HEAD and OPTIONS come with GET by themselves."""
    for rule in app.url_map.iter_rules():
        yield from (f"{method} {rule.rule}" for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})
