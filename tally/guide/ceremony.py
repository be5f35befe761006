"""The guided key ceremony (`phieukin tally ceremony STICK`): looks at the stick and does this teller's next step.

Every run begins from the files, so a run may end anywhere: a fresh process, on another machine, goes on. Whatever is
handed out stands in the teller's sealed file first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from keys.errors import InvalidShare, KeysError
from keys.files.durable import erase, read_plain, write_whole
from keys.files.signing import keyid
from keys.structs import read_json
from keys.teller import find_owner
from keys.trustees import parse_trustees
from tally.ceremony import state
from tally.ceremony.names import clean_name, compare_names
from tally.ceremony.own_file import (
    KIND,
    TellerState,
    as_teller_files,
    own_path,
    read_state,
    replace_state,
    with_complaint,
    write_state,
)
from tally.ceremony.plan import Plan, check_name, majority, new_plan
from tally.ceremony.recovery_sheet import recovery_sheet
from tally.ceremony.state import CeremonyState, Todo, next_step, read_ceremony
from tally.ceremony.usb import STEPS, TELLERS, Step, UsbStick
from tally.dialogue import Guide, groups
from tally.errors import CeremonyFault, Stopped
from tally.guide.faults import explain
from tally.guide.signers import NO_TOKEN, TokenChoice, open_signer_if_named
from tally.signing.teller_file import TellerFile, kind_of, of_box, read_teller_file
from voting.documents.canonical import canonical
from voting.documents.tellers import Clash, Tellers

MOST_TELLERS = 9  # that are asked for; --teller takes more


def plan_by_asking(guide: Guide, stick: UsbStick, on_ballot: Sequence[str], boxes: int) -> Plan:
    """Ask who the tellers are and how many open; write the plan. Raises CeremonyFault.

    A name that cannot be is asked for again alone, and what was typed before is offered where something is not right.
    """
    guide.say("ceremony.new", folder=stick.folder)
    conference, names, threshold = "", list[str](), 0
    while True:
        conference = clean_name(guide.ask("ceremony.conference", default=conference or None))
        size = guide.number("ceremony.size", 2, MOST_TELLERS, len(names) or 3)
        before, names = names, []
        for number in range(1, size + 1):
            typed = before[number - 1] if number <= len(before) else None
            names.append(_name_by_asking(guide, number, names, typed))
        least = threshold if 2 <= threshold <= size else majority(size)
        threshold = guide.number("ceremony.threshold", 2, size, least, size=size)
        plan = new_plan(conference, names, threshold, boxes=boxes)
        show_plan(guide, plan)
        if guide.confirm("ceremony.plan_right"):
            return make_plan(guide, stick, plan, on_ballot)


def _name_by_asking(guide: Guide, number: int, earlier: Sequence[str], typed: str | None) -> str:
    while True:
        name = clean_name(guide.ask("ceremony.teller", default=typed, number=number))
        try:
            check_name(name, earlier)
        except CeremonyFault as fault:
            guide.warn("ceremony.name_again", why=explain(guide, fault))
            continue
        return name


def show_plan(guide: Guide, plan: Plan) -> None:
    """Say who the tellers are, how many of them open, and for how many boxes."""
    guide.say("ceremony.plan", conference=plan.conference, size=len(plan.tellers), threshold=plan.threshold)
    if plan.boxes > 1:
        guide.say("ceremony.boxes", boxes=plan.boxes)
    for number, name in enumerate(plan.tellers, 1):
        guide.say("ceremony.listed", number=number, name=name)


def make_plan(guide: Guide, stick: UsbStick, plan: Plan, on_ballot: Sequence[str]) -> Plan:
    """Name the tellers who stand on a ballot, take the reasons, and write the plan; raise CeremonyFault."""
    found = compare_names(plan.tellers, on_ballot)
    if on_ballot:
        guide.say("ceremony.list_read", names=found.lines)
    same = [*found.same, *(name for name, line in found.alike if _is_same(guide, name, line))]
    clashes = [_accepted_clash(guide, name) for name in dict.fromkeys(same)]
    whole = msgspec.structs.replace(plan, clashes=tuple(clashes))
    stick.write_plan(whole)
    return whole


def _is_same(guide: Guide, name: str, line: str) -> bool:
    guide.warn("ceremony.alike", name=name, line=line)
    return guide.confirm("ceremony.alike_ask", name=name)


def _accepted_clash(guide: Guide, name: str) -> Clash:
    guide.warn("ceremony.clash", name=name)
    if not guide.confirm("ceremony.clash_go_on", name=name):
        raise Stopped(guide.words("ceremony.clash_stopped", name=name))
    return Clash(name, guide.ask("ceremony.clash_reason"))


@dataclass(slots=True)
class TellerSession:
    """One teller at the machine: number, own folder, and the passphrase once it was asked for."""

    guide: Guide
    stick: UsbStick
    plan: Plan
    index: int
    home: Path
    passphrase_file: Path | None
    fingerprint: str | None
    token: TokenChoice = NO_TOKEN
    _passphrase: str = ""

    @property
    def name(self) -> str:
        """The teller's name."""
        return self.plan.name(self.index)

    @property
    def size(self) -> int:
        """Number of tellers."""
        return len(self.plan.tellers)

    @property
    def path(self) -> Path:
        """The teller's sealed file, as long as the ceremony lasts, and afterwards where it is for one box."""
        return own_path(self.home, self.index)

    def _path_of(self, box: int) -> Path:
        """The teller's file of a box, once the keys are there."""
        return own_path(self.home, self.index, box if self.plan.boxes > 1 else 0)

    def _finished(self) -> list[Path]:
        """The teller's files of the count, in the order of the boxes; none as long as the ceremony's own is there."""
        if self.path.exists():
            return [self.path] if kind_of(self.path) != KIND else []
        return [path for box in range(1, self.plan.boxes + 1) if (path := self._path_of(box)).exists()]

    def run(self) -> Todo:
        """Do all that this teller can do now; return what is left: WAIT or FINISH.

        Who announces last stops there: nobody else has the fingerprint before the stick has gone round again, and a
        comparison with nobody would be worth nothing (`keys.ceremony.protocol` says what a dealing gives away).
        """
        self._judge_complaints()
        before = None
        while True:
            todo = self._step(before)
            if todo in (Todo.WAIT, Todo.FINISH):
                return todo
            before = todo

    def _step(self, before: Todo | None) -> Todo:
        finished = bool(self._finished())
        own = self._own() if self.path.exists() and not finished else None
        if own is not None:
            state.check_same_plan(self.plan, own)
            if self.token.named and not own.token:
                raise Stopped(self.guide.words("ceremony.token_late", name=self.name))
            self._hand_out_again(own)
        if finished and (tellers := state.ended(self.stick, self.plan, self._tellers())) is not None:
            self._tell_end(tellers)
            return Todo.FINISH
        ceremony = read_ceremony(self.stick, self.plan, own)
        if finished:
            self._check_made_here(ceremony)
        todo, missing = next_step(ceremony, own, self.index, finished=finished)
        if todo is Todo.BEGIN:
            self._begin(ceremony)
        elif todo is Todo.WAIT:
            self._wait(ceremony, missing)
        elif todo is Todo.DEAL:
            if before is Todo.BEGIN or not self._compared(ceremony):
                self._wait_for_comparison(ceremony)
                return Todo.WAIT
            self._deal(ceremony, _need(own, ceremony, self.index))
        elif todo is Todo.ACCEPT:
            self._accept(ceremony, _need(own, ceremony, self.index))
        elif todo is Todo.REHEARSE:
            self._rehearse(ceremony, own)
        else:
            self._finish(ceremony)
        return todo

    def _check_made_here(self, ceremony: CeremonyState) -> None:
        """See that the finished key file is of this ceremony; raise Stopped with the conference of the other one."""
        path = self._finished()[0]
        teller = self._teller(path)
        if not state.made_here(ceremony, teller):
            raise self._other_key(path, teller.conference)

    def _other_key(self, path: Path, conference: str) -> Stopped:
        said = {"conference": conference or "?", "here": self.plan.conference, "path": path}
        return Stopped(self.guide.words("ceremony.other_key", name=self.name, other=self.home / "2", **said))

    def _words(self) -> str:
        if not self._passphrase:
            self._passphrase = self.guide.passphrase(self.passphrase_file, name=self.name)
        return self._passphrase

    def _own(self) -> TellerState:
        return read_state(self.path, self._words())

    def _teller(self, path: Path) -> TellerFile:
        return read_teller_file(path, self._words())

    def _tellers(self) -> list[TellerFile]:
        return [self._teller(path) for path in self._finished()]

    def _begin(self, ceremony: CeremonyState) -> None:
        if self.index in ceremony.announced:
            raise Stopped(self.guide.words("ceremony.lost_own", name=self.name, path=self.path))
        self.guide.say("ceremony.begin", path=self.path)
        names = (*self.plan.tellers, self.plan.conference)
        self._passphrase = self.guide.new_passphrase(self.passphrase_file, names)
        with open_signer_if_named(self.token) as signer:
            own = state.begin(self.plan, self.index, signer)
        if own.token:
            self.guide.good("ceremony.by_token", name=self.name)
        write_state(self.path, own, self._passphrase)
        self.guide.good("ceremony.announced", path=self.stick.write(STEPS[0], self.index, own.announcement.encode()))

    def _hand_out_again(self, own: TellerState) -> None:
        """Write what is in the sealed file and not on the stick: the machine died in between, or a file is lost."""
        for step, raw in zip(STEPS, (own.announcement, own.dealing, own.share), strict=False):
            if raw and not self._there(step, raw):
                self.stick.write(step, self.index, raw.encode())
                self.guide.say("ceremony.rewritten", step=step[0])

    def _there(self, step: Step, raw: str) -> bool:
        """Tell whether a readable file of ours is on the stick; a damaged one under our name is written again."""
        path = self.stick.path(step, self.index)
        try:
            if path.exists():
                read_json(read_plain(path), dict)
        except msgspec.MsgspecError:
            return False
        return self.index in self.stick.read(step, self.plan)

    def _wait(self, ceremony: CeremonyState, missing: Sequence[int]) -> None:
        step = next(step for step in STEPS if ceremony.missing(step))
        names = ", ".join(self.plan.name(index) for index in missing)
        following = next((index for index in missing if index > self.index), missing[0])
        self.guide.say("ceremony.waiting", step=step[0], names=names, next=self.plan.name(following))
        self.guide.say("general.again")

    def _wait_for_comparison(self, ceremony: CeremonyState) -> None:
        """End this run with the fingerprint on the screen, for those who see it later to compare with."""
        self._show_fingerprint(ceremony)
        following = self.index % ceremony.size + 1
        self.guide.say("ceremony.compare_later", next=self.plan.name(following))
        self.guide.say("general.again")

    def _deal(self, ceremony: CeremonyState, own: TellerState) -> None:
        dealt = state.deal(ceremony, own)
        replace_state(self.path, dealt, self._words())
        self.guide.good("ceremony.dealt", path=self.stick.write(STEPS[1], self.index, dealt.dealing.encode()))

    def _compared(self, ceremony: CeremonyState) -> bool:
        """Have the fingerprint compared; False where nobody is there yet to compare with. Raises Stopped."""
        if self.fingerprint is not None:
            same: bool | None = self.fingerprint == ceremony.fingerprint
        else:
            self._show_fingerprint(ceremony)
            same = self.guide.confirm_or_later("ceremony.compare_ask")
        if same is False:
            raise Stopped(self.guide.words("ceremony.compare_differ"))
        return same is not None

    def _show_fingerprint(self, ceremony: CeremonyState) -> None:
        self.guide.title("ceremony.compare", size=ceremony.size)
        for index in range(1, ceremony.size + 1):
            key = groups(keyid(ceremony.announcement(index).signing_key)[:16], "")
            self.guide.say("ceremony.keys_seen", number=index, name=self.plan.name(index), key=key)
        self.guide.plain(groups(ceremony.fingerprint))

    def _accept(self, ceremony: CeremonyState, own: TellerState) -> None:
        try:
            accepted = state.accept(ceremony, own)
        except CeremonyFault as fault:
            self._complain(ceremony, own, fault)
            raise
        replace_state(self.path, accepted, self._words())
        written = self.stick.write(STEPS[2], self.index, accepted.share.encode())
        self.guide.good("ceremony.accepted", size=ceremony.size, path=written)

    def _complain(self, ceremony: CeremonyState, own: TellerState, fault: CeremonyFault) -> None:
        dealer, box = state.blamed(fault) or (self.index, 0)
        if dealer == self.index or not box:
            return
        try:
            complaint = state.complaint_of(ceremony, own, dealer, box)
        except KeysError:
            return  # everybody finds the same fault: nothing has to be shown
        replace_state(self.path, with_complaint(own, dealer), self._words())  # before anybody can read what it shows
        path = self.stick.folder / f"complaint-by-{self.index}-about-{dealer}.json"
        write_whole(path, complaint)
        name = self.plan.name(dealer)
        raise Stopped(self.guide.words("ceremony.complaint_written", dealer=name, path=path)) from None

    def _judge_complaints(self) -> None:
        """Say what the complaints on the stick prove; raise CeremonyFault where one proves a wrong share."""
        for path, raw in self.stick.complaints():
            ceremony = read_ceremony(self.stick, self.plan)
            try:
                dealer = state.judged(ceremony, raw)
            except CeremonyFault as fault:
                self.guide.warn("ceremony.complaint_wrong", path=path.name, why=explain(self.guide, fault))
                continue
            accuser = read_json(raw, dict)["index"]
            names = {"accuser": self.plan.name(accuser), "dealer": self.plan.name(dealer)}
            raise Stopped(self.guide.words("ceremony.complaint", **names))

    def _rehearse(self, ceremony: CeremonyState, own: TellerState | None) -> None:
        if own is not None:  # the keys stand: the file of the count takes the place of the ceremony's
            files = self._write_files(ceremony, own)
        else:
            files = self._tellers()
        for path in self._finished():
            self._write_sheet(path)
        keys = [one.share for one in files]
        written = self.stick.write(STEPS[3], self.index, state.rehearse(ceremony, keys))
        self.guide.good("ceremony.rehearsed", path=written)

    def _write_files(self, ceremony: CeremonyState, own: TellerState) -> Sequence[TellerFile]:
        """Seal the file of each box; then the ceremony's own file is gone, with its polynomials and decryption keys."""
        trustees = ceremony.trustees()
        for key, one in zip(own.share_keys, trustees, strict=True):
            find_owner(key, one)
        files = as_teller_files(own, ceremony.fingerprint, trustees)
        for made in files:
            path = self._path_of(made.box)
            if path != self.path and path.exists() and of_box(kind_of(path)) != of_box(made.kind):
                raise self._other_key(path, "")
            replace_state(path, made, self._words())
            self.guide.good("ceremony.sealed", path=path)
        if len(files) > 1:
            erase(self.path)
        return files

    def _write_sheet(self, sealed: Path) -> None:
        path = sealed.with_name(f"recovery-{sealed.stem}.pdf")
        raw = read_plain(sealed).removesuffix(b"\n")
        sheet = recovery_sheet(self.guide, raw, index=self.index, name=self.name, conference=self.plan.conference)
        write_whole(path, sheet)
        self.guide.good("ceremony.sheet", path=path)

    def _finish(self, ceremony: CeremonyState) -> None:
        self._tell_end(state.tellers_of(ceremony))

    def _tell_end(self, tellers: Tellers) -> None:
        """Find this teller's shares in what the desk takes, write it, and say what comes next."""
        keys = [parse_trustees(one.trustees.encode()) for one in tellers.boxes]
        owners = {find_owner(one.share, keys[one.box - 1]) for one in self._tellers()}
        write_whole(self.stick.folder / TELLERS, canonical(tellers))
        self.stick.erase_dealings()
        numbers = ", ".join(str(one.rehearsed) for one in tellers.boxes)
        self.guide.good("ceremony.finished", threshold=self.plan.threshold, size=self.size, number=numbers)
        self.guide.good("ceremony.mine", owner=", ".join(map(str, owners)))
        self.guide.say("ceremony.hand_over", tellers=self.stick.folder / TELLERS)
        if self.plan.threshold < self.size:
            self.guide.say("ceremony.lost", threshold=self.plan.threshold)
        else:
            self.guide.say("ceremony.lost_all", size=self.size)


def _need(own: TellerState | None, ceremony: CeremonyState, index: int) -> TellerState:
    """The state that a step before the keys stand needs; a finished file cannot do it."""
    if own is None:
        raise InvalidShare(f"teller {index} ({ceremony.plan.name(index)}): this file is of a ceremony that is over")
    return own
