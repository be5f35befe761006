"""Lines for a terminal: what comes from files cannot steer it, and what it cannot show is spelled out."""


def printable(line: str, encoding: str | None) -> str:
    """Spell out what could steer a terminal, since names come from the file, and what the terminal cannot show."""
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in line)
    return shown.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")
