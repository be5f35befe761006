"""Pages for people: staff, hall, and the page that tablets run."""

from voting.web.pages import (
    account,
    card,
    deck,
    desk,
    door,
    draft,
    grace,
    hall,
    log,
    results,
    setup,
    sign_in,
    staff,
    tablets,
)

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
    grace.pages,
    staff.pages,
    account.pages,
    log.pages,
    hall.pages,
)
