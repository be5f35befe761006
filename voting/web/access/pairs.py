"""Who may take a two-person step together (hai người cùng thực hiện): one table for what forms say and views demand.

The first of the two is whoever signed in and may use the form at all (`for_roles`), the second gives name, password and
code in it. An account counts as a person because nobody makes, resets or removes one alone
(`voting.conference.staff_changes`).
"""

from dataclasses import dataclass

from voting.conference.staff_changes import GUARDED
from voting.errors import SecondPersonNeeded
from voting.web.access.accounts import ROLES, Role


@dataclass(frozen=True, slots=True)
class Pair:
    """What roles two people must have: one of them one of `one_of`, and each of them one of `each` (empty: any)."""

    one_of: tuple[Role, ...] = ()
    each: tuple[Role, ...] = ()

    def check(self, first: frozenset[str], second: frozenset[str]) -> None:
        """Raise SecondPersonNeeded unless two people with these roles may take the step."""
        wanted = self.seconds(first)
        if wanted is not None and not second & set(wanted):
            message = f"the second person must be {' or '.join(wanted)}"
            raise SecondPersonNeeded(message, told="second_role", at="second_login", roles=wanted)

    def seconds(self, first: frozenset[str]) -> tuple[Role, ...] | None:
        """The roles of which a second person must have one, beside somebody with the roles `first`; None for any."""
        each = self.each or ROLES
        wanted = each if not self.one_of or first & set(self.one_of) else tuple(r for r in each if r in self.one_of)
        return None if wanted == ROLES else wanted


_CHAIR, _TELLERS = Pair(("chair",)), Pair(("chair",), ("chair", "teller"))
PAIRS: dict[str, Pair] = {
    "desk.back_to_draft": _CHAIR,
    "desk.take_roll": _CHAIR,
    "desk.reserve_deck": _CHAIR,
    "desk.open_box": _TELLERS,
    "desk.freeze": Pair(("chair", "teller")),
    "desk.close_box": _TELLERS,
    "desk.annul": _CHAIR,
    "desk.on_paper": _CHAIR,
    "results.signed": _CHAIR,
    "round_steps.annul": _CHAIR,
    "deck.make": _CHAIR,
    "door.activate_spare": _CHAIR,
    "tablets.new_code": Pair(("chair", "teller")),
}
"""By the endpoint that takes the form; for accounts see `pair_for_account`."""


def pair_for_account(roles: frozenset[str]) -> Pair:
    """Who may make, reset or remove an account of these roles; the other roles' need an organiser or a chair."""
    return _CHAIR if roles & GUARDED else Pair(("chair", "organiser"))
