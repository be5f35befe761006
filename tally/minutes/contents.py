"""All of the minutes as data: 26 fields of a count record, in the order of the specimens."""

from tally.minutes.annex import annex
from tally.minutes.blocks import Minutes
from tally.minutes.closing import closing, signatures
from tally.minutes.preamble import ballot, basis, general, header, title
from tally.minutes.results import conclusion, results
from tally.minutes.view import View


def contents(view: View, payload: bytes) -> Minutes:
    """Say everything that stands on the paper, in order."""
    return Minutes(
        language=view.language,
        header=header(view),
        title=title(view),
        blocks=(
            *basis(view),
            *general(view),
            *ballot(view),
            *results(view),
            *conclusion(view),
            *closing(view),
        ),
        signatures=signatures(view),
        annex=annex(view, payload),
    )
