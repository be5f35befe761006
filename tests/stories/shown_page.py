"""Pages of names on the tablet: one turns by itself, a moment after the last of its names was answered by touch."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What the foot calls the page, and whether it will turn once the rest of it is answered: not the last one, and no page
# that is whole already or that the review opened.
SHOWN_PAGE = """() => {
    const words = document.querySelector(".progress b").textContent;
    const [number, count] = words.match(/[0-9]+/g);
    const open = [...document.querySelectorAll(".at-ballot .choices")].some((one) => !one.querySelector(":checked"));
    const inTurn = document.querySelector("[data-key=cancel], [data-key=previous]") !== null;
    return [words, open && inTurn && number !== count];
}"""
# Touch "next" unless the page has turned: in one piece, so that no page is skipped where the machine is slow.
TAP_NEXT = """(words) => {
    if (document.querySelector(".progress b").textContent === words) document.querySelector("[data-key=next]").click();
}"""
OTHER = "(words) => (document.querySelector('.progress b')?.textContent ?? words) !== words"


def shown_page(page: "Page") -> tuple[str, bool]:
    """What this page is called, and whether it turns by itself once every name on it is answered."""
    words, turns = page.evaluate(SHOWN_PAGE)
    return str(words), bool(turns)


def wait_for_another(page: "Page", words: str) -> None:
    """Wait until another page of names is shown."""
    page.wait_for_function(OTHER, arg=words)
