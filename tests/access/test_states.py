"""No state or role in a page."""

import re
from pathlib import Path

from voting.documents.states import STATES

PAGES = Path(__file__).resolve().parents[2] / "kiosk_templates" / "pages"
COMPARED = re.compile(r"\bstate\b *(?:==|!=|in|not in) |\bmay\(|\broles\b *(?:&|==)|[\"'] in [\w.]*roles\b")
LITERAL = re.compile(r"""(?<!offered\()["'](\w+)["']""")  # `offered` takes the name of a step


def test_no_page_names_a_state_or_a_role() -> None:
    found = []
    for path in sorted(PAGES.rglob("*.html")):
        for code in re.findall(r"\{[{%].*?[%}]\}", path.read_text("utf-8"), re.DOTALL):
            named = set(LITERAL.findall(code)) & set(STATES)
            found += [(path.name, code)] if named or COMPARED.search(code) else []
    assert found == []
