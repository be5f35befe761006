"""Errors of the catalogue of procedures (quy trình)."""


class ProceduresError(Exception):
    """Root of what can be wrong with a catalogue; never raised itself."""


class InvalidRuleset(ProceduresError):
    """A ruleset file breaks its schema; `problems` lists every fault found, each with its place."""

    def __init__(self, source: str, problems: tuple[str, ...]) -> None:
        """Keep the name of the file and its faults."""
        super().__init__(f"{source}: " + "; ".join(problems))
        self.source = source
        self.problems = problems


class UnknownProcedure(ProceduresError):
    """No ruleset, version, procedure, step, title or note of that name is in the catalogue."""
