"""Structs that strangers wrote; and structs learned ahead, tried in processes of their own, for here they are known."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from keys.structs import read_json
from tests.conftest import ROOT
from tests.voting.documents.elections import small_election

USED_FIRST = """
import sys, threading
from pathlib import Path
from keys.structs import learn_structs
from voting.documents.conferences.election import parse_election
raw = Path(sys.argv[1]).read_bytes()
learn_structs()
sys.setswitchinterval(1e-6)  # s: threads take turns as often as they can
together = threading.Barrier(4)
def use():
    together.wait()
    parse_election(raw)
threads = [threading.Thread(target=use) for _ in range(4)]
for one in threads: one.start()
for one in threads: one.join()
"""
MAKE = {
    "room": """
from voting.web.app import create_app
from voting.web.settings import Settings
create_app(Settings(folder, f"sqlite:///{folder}/room.db", bytes(32)))
""",
    "mirror": """
from voting.cli.mirror import create_mirror
from voting.box.mirror import SECRET_FILE, read_secret
read_secret(folder / SECRET_FILE, make=True)
create_mirror(folder)
""",
}
KNOWN = """
import sys
from pathlib import Path
import msgspec
folder = Path(sys.argv[1])
{make}
from keys.structs import structs
found, learned = list(structs()), set()
def note(frame, event, _):
    if frame.f_code.co_name == "get_class_annotations":
        learned.add(frame.f_locals.get("obj"))
class Unknown(msgspec.Struct):
    field: int
sys.setprofile(note)
for kind in [*found, Unknown]:
    try:
        msgspec.json.Decoder(kind)
    except TypeError:
        learned.discard(kind)  # what cannot be decoded is asked again each time, and never decoded
print(len(found), [one.__name__ for one in learned])
"""


class Note(msgspec.Struct):
    words: str = ""


DEEP = 100_000  # lists in lists


@pytest.mark.parametrize("kind", [Note, dict, dict[str, object]])
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[1]", b"\xff\xfe", b'{"words":"\xda"}', b'{"words":"\\ud800"}', b'{"words":1', b'{"\\ud800":1}',
        b'{"x":' + DEEP * b"[" + DEEP * b"]" + b"}",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_one_kind_of_error(raw: bytes, kind: type) -> None:
    with pytest.raises(msgspec.MsgspecError):
        read_json(raw, kind)


def run(script: str, argument: Path) -> str:
    """Run a script in a process of its own; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", script, str(argument)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_threads_that_use_a_struct_first_at_the_same_time_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "election.json").write_bytes(small_election().election.raw)
    for _ in range(5):  # where nothing is learned ahead, more than half of these processes end in a segmentation fault
        run(USED_FIRST, tmp_path / "election.json")


@pytest.mark.parametrize(("program", "least"), [("room", 60), ("mirror", 1)])
def test_who_serves_by_threads_knows_all_its_structs_before_the_first_request(
    program: str, least: int, tmp_path: Path
) -> None:
    count, learned = run(KNOWN.format(make=MAKE[program]), tmp_path).split(maxsplit=1)
    assert int(count) >= least
    assert learned.strip() == "['Unknown']", "what was not known before is learned only now"
