"""The page on the letters of the office (docs/letters.md): every sentence, and what it rests on."""

from voting.rounds.dossier.phrases import Source, phrases

HEAD = """# The sentences of the letters

Made from `kiosk_templates/typst/letters.vi.toml` by `make docs`; tests find this page stale, and a sentence in a letter
that is not in it. The letters are drafts (DOCX): submission report (tờ trình), decision to plan and decision to take
out (quyết định). Words in braces come from the catalogue, the round or its settings.

| Sentence | Text | Rests on | Place |
|---|---|---|---|
"""
SOURCES: dict[Source, str] = {
    "plan": "the plan (catalogue)",
    "form": "Decree 30/2020/NĐ-CP",
    "setting": "a setting of the round",
}


def document() -> str:
    """Return the page."""
    rows = (
        f"| `{identity}` | {one.text} | {SOURCES[one.source]} | {one.place} |\n" for identity, one in phrases().items()
    )
    return HEAD + "".join(rows)
