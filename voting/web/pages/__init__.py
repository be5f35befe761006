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
