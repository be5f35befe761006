"""Whole numbers in addresses: those that a row of any of our databases can have, and no others."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

MOST = 2**31 - 1
"""PostgreSQL's INTEGER ends here; SQLite's goes on to 2**63, Python's for ever."""


class RowNumber(IntegerConverter):
    """`<int:number>`: plain digits, at most `MOST`; any other address is no page (404)."""

    regex = "[0-9]{1,10}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=MOST)


def bound_numbers(app: Flask) -> None:
    """Bound every `<int:…>` of the application's addresses; before any address is added."""
    app.url_map.converters["int"] = RowNumber
