"""The key ceremony by stick (buổi tạo khóa): from the files that are there to the next thing for this teller.

    ceremony = read_ceremony(stick, plan)   # everything on the stick, checked as far as it goes; or CeremonyFault
    todo = next_step(ceremony, own, index)  # what this teller does next, or whom all wait for
    own = announce | deal | accept …        # each stores the teller's own state before anything is handed out

No step trusts an earlier one: what this teller confirmed is kept as hashes, and a file that changed since is a fault by
name. The mathematics is that of `keys.ceremony.protocol`, the rehearsed opening that of `keys.ceremony.rehearsal`.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from keys import wire
from keys.ceremony import protocol
from keys.ceremony.complaint import complain, judge
from keys.ceremony.messages import DealingText
from keys.ceremony.rehearsal import Rehearsal
from keys.errors import InvalidShare, KeysError
from keys.files.key_files import read_file
from keys.files.signing import new_signing_key, public_text
from keys.teller import TellerKey
from keys.transcript import sha256_hex
from keys.trustees import Trustees, encode_trustees, parse_certificate, parse_trustees
from tally.ceremony.own_file import TellerState, new_state, with_dealing, with_share
from tally.ceremony.plan import Plan
from tally.ceremony.usb import STEPS, TELLERS, Announcement, Step, UsbStick, check_announcement, new_announcement
from tally.errors import CeremonyFault
from tally.signing.signers import DocumentSigner, KeySigner
from tally.signing.teller_file import TellerFile
from voting.documents.tellers import FORMAT, BoxKeys, TellerKeys, Tellers, read_tellers


class Todo(StrEnum):
    """What a teller does next."""

    BEGIN = "begin"
    WAIT = "wait"
    DEAL = "deal"
    ACCEPT = "accept"
    REHEARSE = "rehearse"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class CeremonyState:
    """What lies on the stick: the plan and the files of each step, by teller."""

    plan: Plan
    announced: Mapping[int, bytes]
    dealings: Mapping[int, bytes]
    shares: Mapping[int, bytes]
    rehearsals: Mapping[int, bytes]

    @property
    def size(self) -> int:
        """Number of tellers."""
        return len(self.plan.tellers)

    def step(self, step: Step) -> Mapping[int, bytes]:
        """The files of one step."""
        return (self.announced, self.dealings, self.shares, self.rehearsals)[STEPS.index(step)]

    def missing(self, step: Step) -> list[int]:
        """The tellers whose file of a step is not there."""
        return [index for index in range(1, self.size + 1) if index not in self.step(step)]

    @property
    def announcements(self) -> bytes:
        """All announcements as keys.ceremony.protocol joins them; raises what its checks raise."""
        return protocol.gather_announcements(
            self.announcement(index).announcement.encode() for index in sorted(self.announced)
        )

    @property
    def joined_dealings(self) -> bytes:
        """All dealings, joined."""
        return protocol.gather_dealings(self.dealings.values())

    def announcement(self, index: int) -> Announcement:
        """A teller's announcement, checked."""
        return check_announcement(self.plan, self.announced[index])

    @property
    def fingerprint(self) -> str:
        """What all tellers compare aloud, once for all boxes: `keys.ceremony.protocol.fingerprint`.

        It covers the plan and with it all names, and every teller's keys, the signing key among them.
        """
        return protocol.fingerprint(self.announcements)

    def trustees(self) -> tuple[Trustees, ...]:
        """Join all public files to trustees.json of each box, checked whole; the same bytes on every machine."""
        items = protocol.assemble(self.announcements, self.joined_dealings, self.shares.values())
        return tuple(parse_trustees(encode_trustees([item])) for item in items)

    def rehearsal(self) -> Rehearsal:
        """What is opened as a rehearsal, once all public shares are there."""
        return Rehearsal(self.trustees(), self.fingerprint)


def read_ceremony(stick: UsbStick, plan: Plan, own: TellerState | None = None) -> CeremonyState:
    """Read the stick and check every file as far as the steps have come; raise CeremonyFault with a name.

    With a teller's own state, first of all whether a file has changed that this teller handed out or confirmed: else
    those who went by the first one would be blamed.
    """
    ceremony = CeremonyState(plan, *(stick.read(step, plan) for step in STEPS))
    if own is not None:
        check_unchanged(ceremony, own)
    with named(plan):
        for index in ceremony.announced:
            ceremony.announcement(index)
        _check_own_keys(ceremony)
        _check_order(ceremony)
        if not ceremony.missing("1-announcement"):
            announcements = ceremony.announcements
            _check_dealt_for(ceremony, protocol.fingerprint(announcements))
            for raw in ceremony.dealings.values():
                protocol.check_dealing(announcements, raw)
        if not ceremony.missing("2-dealing"):
            for raw in ceremony.shares.values():
                protocol.check_share(ceremony.announcements, ceremony.joined_dealings, raw)
        if not ceremony.missing("3-share"):
            rehearsal = ceremony.rehearsal()
            for raw in ceremony.rehearsals.values():
                rehearsal.check(raw)
    return ceremony


def _check_own_keys(ceremony: CeremonyState) -> None:
    """See that no two tellers announced one signing key, as when one token lay there for both."""
    first: dict[str, int] = {}
    for index in sorted(ceremony.announced):
        earlier = first.setdefault(ceremony.announcement(index).signing_key, index)
        if earlier != index:
            name, other = ceremony.plan.name(index), ceremony.plan.name(earlier)
            raise CeremonyFault(
                f"teller {index} ({name}): announced the signing key of {other}; each signs by a key of their own",
                "one_key", name=name, other=other,
            )  # fmt: skip


def _check_dealt_for(ceremony: CeremonyState, announced: str) -> None:
    """See that nobody dealt for other announcements: then one of them came late, and its dealer can tell which."""
    for index, raw in sorted(ceremony.dealings.items()):
        if wire.parse(raw, DealingText, f"dealing of teller {index}").announcements != announced:
            name = ceremony.plan.name(index)
            raise CeremonyFault(
                f"teller {index} ({name}): dealt for other announcements than those here; an announcement came late, "
                f"and {name} can tell whose, or this dealing is wrong",
                "dealt_for_others", name=name,
            )  # fmt: skip


def _check_order(ceremony: CeremonyState) -> None:
    """Nobody goes on before all have done the step before: who rushes could fit their part to those of the others."""
    for before, step in itertools.pairwise(STEPS):
        missing, early = ceremony.missing(before), sorted(ceremony.step(step))
        if missing and early:
            waited = ", ".join(ceremony.plan.name(index) for index in missing)
            raise CeremonyFault(
                f"teller {early[0]} ({ceremony.plan.name(early[0])}): a file of step {step[0]} is here before step "
                f"{before[0]} is complete; missing: {waited}. Was a file taken off the stick? Put it back. If not, "
                "somebody rushed: begin a new ceremony",
                "rushed", name=ceremony.plan.name(early[0]), path=f"{step}-teller-{early[0]}.json", step=step[0],
                before=before[0], waited=waited,
            )  # fmt: skip


def next_step(
    ceremony: CeremonyState, own: TellerState | None, index: int, *, finished: bool
) -> tuple[Todo, list[int]]:
    """Say what teller `index` does next, and whom all wait for; `finished`: the teller's file of the count stands."""
    if own is None and not finished:
        return Todo.BEGIN, []
    for step, todo in zip(STEPS[:-1], (Todo.DEAL, Todo.ACCEPT, Todo.REHEARSE), strict=True):
        missing = ceremony.missing(step)
        if missing:
            return Todo.WAIT, missing
        if index not in ceremony.step(STEPS[STEPS.index(step) + 1]):
            return todo, []
    missing = ceremony.missing("4-rehearsal")
    return (Todo.WAIT, missing) if missing else (Todo.FINISH, [])


def begin(plan: Plan, index: int, token: DocumentSigner | None = None) -> TellerState:
    """Step 1: draw secrets and signing key; the state holds the announcement to hand out.

    With a token the announcement names the token's key and is signed by it, and so will records be.
    """
    signer = new_signing_key()
    said = {"plan": plan.hash, "signing_key": public_text(signer) if token is None else token.public_text}
    secret, announcement = protocol.begin(len(plan.tellers), plan.threshold, index, boxes=plan.boxes, **said)
    announced = new_announcement(plan, index, announcement, token or KeySigner(signer))
    own = new_state(plan.hash, plan.name(index), secret, signer, announced)
    return msgspec.structs.replace(own, conference=plan.conference, token="" if token is None else token.public_text)


def deal(ceremony: CeremonyState, own: TellerState) -> TellerState:
    """Step 2, after all compared the fingerprint: deal shares; the state holds the dealing to hand out."""
    with named(ceremony.plan):
        secret, dealing = protocol.deal(own.ceremony, ceremony.announcements)
    return with_dealing(own, secret, _hashes(ceremony.announced), dealing)


def accept(ceremony: CeremonyState, own: TellerState) -> TellerState:
    """Step 3: check every dealing and take the share; raise CeremonyFault with the dealer's name.

    Never after a complaint: what it showed opened a share, which everybody may know by now.
    """
    if own.complained:
        name = ceremony.plan.name(own.complained)
        raise CeremonyFault(f"you complained about {name}: this ceremony is void; begin a new one", "void", name=name)
    with named(ceremony.plan):
        keys, share = protocol.accept(own.ceremony, ceremony.announcements, ceremony.joined_dealings)
    return with_share(own, _hashes(ceremony.dealings), keys, share)


def rehearse(ceremony: CeremonyState, keys: Sequence[TellerKey]) -> bytes:
    """Step 4: open this teller's part of the numbers that rehearse the opening, one of each box."""
    with named(ceremony.plan):
        return ceremony.rehearsal().open(keys)


def finish(ceremony: CeremonyState) -> tuple[tuple[Trustees, ...], tuple[int, ...]]:
    """See that any threshold of tellers opens every box; return trustees.json and the number of each box."""
    with named(ceremony.plan):
        rehearsal = ceremony.rehearsal()
        return rehearsal.trustees, rehearsal.finish(ceremony.rehearsals.values())


def tellers_of(ceremony: CeremonyState) -> Tellers:
    """What the desk takes: the keys of all boxes, once every one of them was rehearsed; raise CeremonyFault."""
    return _tellers_with(ceremony, *finish(ceremony))


def ended(stick: UsbStick, plan: Plan, files: Sequence[TellerFile]) -> Tellers | None:
    """What the desk takes, once a ceremony is over and its dealings are gone; None before that.

    Checked by what this teller's own files of the count say of all keys, and by everybody's rehearsed opening. Raises
    CeremonyFault.
    """
    ceremony = CeremonyState(plan, *(stick.read(step, plan) for step in STEPS))
    if not ceremony.missing(STEPS[1]) or not (stick.folder / TELLERS).exists():
        return None
    boxes = read_tellers(read_file(stick.folder / TELLERS)).boxes
    with named(plan):
        for one in files:
            known = [sha256_hex(box.trustees.encode()) for box in boxes[one.box - 1 : one.box]]
            if (one.ceremony, [one.trustees]) != (ceremony.fingerprint, known):
                raise InvalidShare(f"{TELLERS} on the stick holds other keys of box {one.box} than this teller's file")
        trustees = tuple(parse_trustees(box.trustees.encode()) for box in boxes)
        numbers = Rehearsal(trustees, ceremony.fingerprint).finish(ceremony.rehearsals.values())
        return _tellers_with(ceremony, trustees, numbers)


def _tellers_with(ceremony: CeremonyState, trustees: Sequence[Trustees], numbers: Sequence[int]) -> Tellers:
    announced = map(ceremony.announcement, sorted(ceremony.announced))
    return Tellers(
        FORMAT,
        ceremony.plan.conference,
        ceremony.plan.threshold,
        ceremony.fingerprint,
        tuple(TellerKeys(one.name, one.signing_key) for one in announced),
        ceremony.plan.clashes,
        tuple(BoxKeys(one.raw.decode(), number) for one, number in zip(trustees, numbers, strict=True)),
    )


def made_here(ceremony: CeremonyState, teller: TellerFile) -> bool:
    """Tell whether a teller's finished file comes from the ceremony on the stick: its certificate key stands there."""
    index = teller.share.index
    if index not in ceremony.announced or teller.plan not in ("", ceremony.plan.hash):
        return False
    boxes = ceremony.announcement(index).parts.boxes
    if not 1 <= teller.box <= len(boxes):
        return False
    cert = boxes[teller.box - 1].cert
    return parse_certificate(cert, "announcement").verification == teller.share.verification


def check_same_plan(plan: Plan, own: TellerState) -> None:
    """See that the stick is that of this teller's ceremony, before anything is written on it; raise CeremonyFault."""
    if own.plan != plan.hash:
        raise CeremonyFault(
            "the plan on the stick is another one than the one that this teller's file was made for "
            f"({own.conference}); put in the right stick, or give another folder of your own",
            "other_plan", conference=own.conference or "?", here=plan.conference,
        )  # fmt: skip


def check_unchanged(ceremony: CeremonyState, own: TellerState) -> None:
    """Compare the stick with what this teller handed out, confirmed and accepted; raise CeremonyFault with a name."""
    check_same_plan(ceremony.plan, own)
    handed = {"1-announcement": own.announcement, "2-dealing": own.dealing, "3-share": own.share}
    for step in STEPS[:-1]:
        there = ceremony.step(step).get(own.index)
        if there is not None and there.decode(errors="replace") != handed[step]:
            raise CeremonyFault(
                f"teller {own.index} ({own.name}): somebody put another file of step {step[0]} in your place; "
                "take it away and run this again",
                "replaced", name=own.name, step=step[0],
            )  # fmt: skip
    for what, hashes, files in (("1", own.seen, ceremony.announced), ("2", own.dealt, ceremony.dealings)):
        for index, (before, now) in enumerate(zip(hashes, _hashes(files), strict=False), 1):
            if len(files) == ceremony.size and before != now:
                raise CeremonyFault(
                    f"teller {index} ({ceremony.plan.name(index)}): the file of step {what} came late: it is not the "
                    "one that you confirmed. Put the first one back, or begin a new ceremony",
                    "late", name=ceremony.plan.name(index), step=what,
                )  # fmt: skip


def complaint_of(ceremony: CeremonyState, own: TellerState, dealer: int, box: int) -> bytes:
    """Prove to everybody that this dealer's share of a box for us is wrong; the other boxes' shares stay closed."""
    return complain(own.ceremony, ceremony.announcements, ceremony.joined_dealings, dealer, box)


def judged(ceremony: CeremonyState, complaint: bytes) -> int:
    """Return the dealer whom a complaint proves guilty; raise CeremonyFault where it proves nothing."""
    with named(ceremony.plan):
        return judge(ceremony.announcements, ceremony.joined_dealings, complaint)


@contextmanager
def named(plan: Plan) -> Iterator[None]:
    """Turn an error of keys, which says "teller 2: …", into a fault that says the name as well."""
    try:
        yield
    except KeysError as error:
        said, (teller, box) = str(error), (error.message.fields.get(name) for name in ("teller", "box"))
        if isinstance(teller, int):
            said = said.replace(f"teller {teller}", f"teller {teller} ({plan.name(teller)})", 1)
        raise CeremonyFault(said, "wrong", detail=said, teller=teller, box=box) from None


def blamed(error: CeremonyFault) -> tuple[int, int] | None:
    """The number of the teller whose file is wrong, and of the box that it is wrong for; 0 where no box is named."""
    teller, box = (error.message.fields.get(name) for name in ("teller", "box"))
    return (teller, box if isinstance(box, int) else 0) if isinstance(teller, int) else None


def _hashes(files: Mapping[int, bytes]) -> tuple[str, ...]:
    return tuple(sha256_hex(files[index]) for index in sorted(files))
