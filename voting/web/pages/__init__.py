"""Pages for people: staff, hall, and the page that tablets run."""

from voting.web.pages import card, deck, desk, door, grace, hall, results, setup, sign_in, staff, tablets

BLUEPRINTS = (
    sign_in.pages,
    desk.pages,
    deck.pages,
    door.pages,
    setup.pages,
    results.pages,
    tablets.pages,
    card.pages,
    grace.pages,
    staff.pages,
    hall.pages,
)
