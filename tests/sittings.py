"""Changes of drafts, conferences and records in tests: what each paper says is changed on every paper, or on the first.

A paper names its procedure, step, section, term and the documents before; tests that are about one paper change them
as if the sitting said them.
"""

from typing import Any, TypeVar

import msgspec

from voting.documents.conferences.conference import Agenda
from voting.documents.record import PaperResult, Record

OF_PAPERS = ("ruleset", "procedure", "step", "section", "term", "previous")
"""What papers say, and not the sitting."""
Setting = TypeVar("Setting", bound=Agenda)


def changed(setting: Setting, **changes: Any) -> Setting:
    """Change a draft or conference; what papers say on every paper of it."""
    said = {name: changes.pop(name) for name in OF_PAPERS if name in changes}
    setting = msgspec.structs.replace(setting, **changes)
    papers = tuple(msgspec.structs.replace(one, **said) for one in setting.papers)
    return msgspec.structs.replace(setting, papers=papers)


def only(record: Record) -> PaperResult:
    """Return what the one paper of a record came to."""
    (result,) = record.papers
    return result


def with_result(record: Record, /, **changes: Any) -> Record:
    """Change what the first paper of a record came to."""
    first, *others = record.papers
    return msgspec.structs.replace(record, papers=(msgspec.structs.replace(first, **changes), *others))
