"""Acts that cannot be taken back (việc không hoàn tác được): each says what it will do, and asks once.

A view that only one person takes carries `@asks_first`: without the tick of its form, which stands under the words of
what it will do (`parts.confirm`), nothing is done and the form is shown again. Steps of two people show the same words
(`parts.will`) above the second person's fields, which are their confirmation. No script is needed for either.
"""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import request
from sqlalchemy.orm import Session

from voting.errors import NotConfirmed
from voting.storage import conference_row

FIELD = "understood"
YES = "yes"
P = ParamSpec("P")
R = TypeVar("R")


def asks_first(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view act only once whoever asks has ticked that they know what it will do."""

    @functools.wraps(view)
    def asking(*args: P.args, **kwargs: P.kwargs) -> R:
        demand_understood()
        return view(*args, **kwargs)

    asking.asks_first = True  # type: ignore[attr-defined] # the tests' list of irreversible acts reads it
    return asking


def there_is_another(session: Session) -> bool:
    """Whether a new conference takes the place of an earlier one on the desk: then it asks."""
    return conference_row.current(session) is not None


def demand_understood() -> None:
    """Raise NotConfirmed unless the form says that its words were read."""
    demand_word(request.form.get(FIELD) == YES)


def demand_word(given: bool) -> None:
    """Raise NotConfirmed unless the word was given that what will be done was read."""
    if not given:
        raise NotConfirmed("the form must say that what it will do was read", at=FIELD)
