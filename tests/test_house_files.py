"""What the program writes for people is written by `keys.files.durable` alone: whole or not at all, through no link."""

import ast
from collections.abc import Iterator

from tests.test_house import modules, parsed

DURABLE = "keys.files.durable"
# What writes by itself, by module and function, and why that loses nothing.
BY_HAND = {
    ("tally.audit.bundles.boxes", "_unpack"): "into a temporary folder of the audit, which reads it and removes it",
    ("tally.cli.verify_apart", "audit_apart"): "into a temporary folder of the audit, which reads it and removes it",
    ("tally.pdf.stamps", "stamp_style"): "the look of a signature, in a temporary folder that goes at once",
    ("tally.audit.engines.resume", "_open"): "a journal grows line by line; O_NOFOLLOW, one's own, or it is refused",
    (
        "voting.documents.archives.archive",
        "open_archive_for_append",
    ): "appends to a whole archive, and cuts it back on an error",
    (
        "voting.rehearsal.conference",
        "seal_and_open",
    ): "streams into the fresh file that keys.files.durable puts in its place",
    ("voting.rehearsal.practice", "practice_room"): "a log grows line by line, in a temporary folder",
    ("voting.server.check", "_synced_write"): "measures how fast the disk is, and removes the file",
    ("voting.server.serve", "start"): "a log grows line by line",
    ("voting.server.alone", "hold_folder"): "room.lock is held, never written",
}
METHODS = {"write_bytes", "write_text", "rename", "symlink_to", "hardlink_to"}
FUNCTIONS = {
    "os": {"replace", "rename", "renames", "link", "symlink", "mkfifo", "truncate"},
    "shutil": {"copy", "copy2", "copyfile", "copyfileobj", "move"},
    "tempfile": {"NamedTemporaryFile", "mkstemp"},
}
READ_ONLY = {"r", "rb", "rt"}


def is_written(call: ast.Call) -> bool:
    """Tell whether a call writes a file, or gives it a name: Path's methods, open, os, shutil, tempfile."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id == "open" and not _reads(call, 1)
    if not isinstance(function, ast.Attribute):
        return False
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    if owner in FUNCTIONS:
        return function.attr in FUNCTIONS[owner] or (owner == "os" and function.attr == "open" and _may_write(call))
    if function.attr == "open":
        return not _reads(call, 0)
    if function.attr in ("replace", "touch"):  # a string's takes two, a date's takes names, a session's touch more
        return len(call.args) == (function.attr == "replace") and not any(one.arg != "mode" for one in call.keywords)
    return function.attr in METHODS


def _reads(call: ast.Call, place: int) -> bool:
    """Tell whether a call of open reads alone; a mode that is no plain text may be any."""
    given = [*call.args[place : place + 1], *(one.value for one in call.keywords if one.arg == "mode")]
    return all(isinstance(mode, ast.Constant) and mode.value in READ_ONLY for mode in given) or not _is_mode(given[0])


def _is_mode(node: ast.expr) -> bool:
    """Leave out what can be no mode: the member of an archive, the address of a page."""
    return not isinstance(node, ast.Name | ast.Attribute | ast.Constant) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and set(node.value) <= set("rwxabt+")
    )


def _may_write(call: ast.Call) -> bool:
    flags = {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
    return bool(flags & {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"}) or "O_RDONLY" not in flags


def written() -> Iterator[tuple[str, str, int]]:
    """Yield module, function and line of each call that writes a file."""
    for name, path in modules().items():
        for function in ast.walk(parsed(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and is_written(node):
                        yield name, function.name, node.lineno


def test_files_that_people_keep_are_written_by_one_module() -> None:
    wrong = [
        f"{name}:{line} ({function}) writes a file by itself: use keys.files.durable"
        for name, function, line in written()
        if name.split(".")[0] != "kiosk_templates" and name != DURABLE and (name, function) not in BY_HAND
    ]
    assert wrong == []


def test_each_exception_is_still_needed() -> None:
    assert set(BY_HAND) - {(name, function) for name, function, _ in written()} == set()


def test_a_file_written_by_hand_is_found() -> None:
    calls = ("p.write_bytes(b'')", "p.write_text('')", "open(p, 'w')", "open(p, mode='ab')", "p.open('xb')",
             "p.open(mode='r+')", "os.open(p, os.O_WRONLY)", "os.open(p, flags)", "os.replace(a, b)", "os.link(a, b)",
             "a.rename(b)", "a.replace(b)", "p.touch()", "p.touch(mode=0o600)", "shutil.copy(a, b)",
             "open(p, 'r' + more)", "tempfile.mkstemp()")  # fmt: skip
    reading = ("p.read_bytes()", "open(p)", "open(p, 'rb')", "p.open('rb')", "p.open()", "packed.open(name)",
               "os.open(p, os.O_RDONLY)", "a.replace('x', 'y')", "moment.replace(hour=1)", "session.touch(a, b, now)",
               "packed.open('word/document.xml')")  # fmt: skip
    found = {text: is_written(call) for text in (*calls, *reading)
             if isinstance(call := ast.parse(text, mode="eval").body, ast.Call)}  # fmt: skip
    assert [text for text, writes in found.items() if writes] == [*calls]
