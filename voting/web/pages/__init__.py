"""Pages for people: staff, hall, and the page that tablets run."""

from voting.web.pages import card, deck, desk, door, draft, hall, last_call, log, results, setup, sheets, tablets
from voting.web.pages.accounts import own, sign_in, staff
from voting.web.pages.rounds import lists, round, steps

BLUEPRINTS = (
    sign_in.pages,
    desk.pages,
    draft.pages,
    deck.pages,
    door.pages,
    setup.pages,
    results.pages,
    tablets.pages,
    card.pages,
    last_call.pages,
    sheets.pages,
    staff.pages,
    own.pages,
    log.pages,
    round.pages,
    lists.pages,
    steps.pages,
    hall.pages,
)
NAVIGATION = (
    ("desk.overview", "nav.desk"),
    ("draft.overview", "nav.draft"),
    ("round.overview", "nav.rounds"),
    ("door.search", "nav.door"),
    ("door.leftovers", "nav.leftovers"),
    ("door.spares", "nav.spares"),
    ("card.ask", "nav.card"),
    ("deck.form", "nav.deck"),
    ("setup.overview", "nav.setup"),
    ("tablets.overview", "nav.tablets"),
    ("staff.overview", "nav.staff"),
    ("sheets.overview", "nav.sheets"),
    ("results.overview", "nav.results"),
    ("log.overview", "nav.log"),
)
"""The links of every page of staff, in order; each is shown to those whom its view lets in."""
