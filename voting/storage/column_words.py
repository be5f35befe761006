"""The few words that columns of the room's tables may hold, and how a check spells them."""

PRESENCES = ("present", "excused")
DECK_KINDS = ("main", "reserve")
DECK_STATUSES = ("ready", "in_use", "void")
CARD_STATUSES = ("active", "spare", "activated", "void")
KEY_PURPOSES = ("receipt", "desk")
DEVICE_STATUSES = ("enrolled", "revoked")
STAFF_CHANGES = ("made", "password", "authenticator", "removed")


def one_of(column: str, words: tuple[str, ...]) -> str:
    """Spell the check that a column holds one of a few words."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
