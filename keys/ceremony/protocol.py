"""The key ceremony (buổi tạo khóa): n tellers make the keys of one or more boxes; any k open each box's sum.

For each box an independent run of Pedersen's distributed key generation (`keys.ceremony.one_box`; Belenios 3.0, 3.1.1).
Every step takes files and gives files; whoever carries them learns no secret. A file carries the parts of all boxes.

1. `begin`: each teller draws keys and a polynomial for every box, and announces certificates and commitments to its
   public coefficients. `gather_announcements` joins the n files; all tellers compare the `fingerprint` of the whole.
2. `deal`: each teller checks all announcements, shows its coefficients and seals a share of each box for every teller.
   It deals for one list of announcements only: dealing twice, to keys of somebody else, would give polynomials away.
3. `accept`: each teller checks every commitment, signature and share, and gets its secret and public share of each box.
4. `assemble`: anyone joins the public files to one "Pedersen" item of trustees.json for each box, and checks it whole.

Since all commitments of all boxes stand before any coefficient is shown, nobody chooses coefficients after the others'.

Comparing comes before dealing, for every teller. Who deals for a list in which others' certificates were exchanged
seals shares to strangers, and k of those give the polynomial away: so nobody deals before comparing with all who have
seen the list by then. The files go from one to the next, so the first to deal compares with whoever announced last,
and the last one with all. That is enough: comparing is transitive, a dealing names the list that it was made for,
`accept` takes dealings for its own list alone and needs one of every teller, each made after its owner's comparison. So
no share comes into being unless all compared one list; a ceremony that stops at a difference is void as a whole, and
what its dealings gave away opens nothing, since a new one draws everything anew.

Why N runs that stand or fall together are as sound as one
----------------------------------------------------------
Take anybody who controls fewer than k tellers in a ceremony of N boxes, and one box b. Play the honest tellers of all
other boxes with secrets drawn for the purpose, and those of b by an honest single run. What the adversary sees is the
same as in the ceremony, because the secrets of different boxes are drawn independently (`one_box.draw`), and because a
part of another box is of no use in b: its certificate keys are others (they must all differ), its commitment binds
(plan, box), its sealed shares and their senders' proofs bind (fingerprint, box), its seals name the box. So whoever
learns something of box b's secret in the ceremony learns it in a single run. Summed over the boxes, the advantage
against any of them is at most N times that against one.

Each teller's seals sign its whole file by the key of every box, so no part can be exchanged or left out. One part that
is wrong, lacking or complained of ends the ceremony for all boxes. A teller may thus end it at will after seeing all
coefficients, as in a single run; then every key of it is void, its name is known, and the next ceremony draws anew. A
who ends A ceremonies has seen A times N keys, each of which it could only take or leave with all the others. If single
boxes could be dropped instead, or added later, somebody could choose the keys to keep, and play the tellers of a late
box who have seen what the early ones hold: so nobody can.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from keys import wire
from keys.ceremony import one_box
from keys.ceremony.messages import (
    ANNOUNCEMENT,
    DEALING,
    SHARE,
    AnnouncementText,
    BoxAnnouncementText,
    CeremonySecret,
    DealingText,
    ShareText,
    blaming,
    check_boxes,
    check_place,
    in_box,
    parse_announcements,
    parse_dealings,
    seal,
    verify_seals,
)
from keys.ceremony.one_box import Run
from keys.errors import InvalidCertificate, InvalidFormat, InvalidShare
from keys.group import Point, base_power, secret_add
from keys.teller import TellerKey
from keys.transcript import sha256_hex, tagged
from keys.trustees import (
    Certificate,
    Coefficients,
    Pedersen,
    Trustees,
    coefficient_sums,
    encode_trustees,
    parse_certificate,
    parse_trustee_key,
    trustee_key_text,
    verify_degree,
    verify_trustees,
)

FINGERPRINT = "phieukin/ceremony-fingerprint/v2"
PLAN_LENGTHS, KEY_LENGTH = (0, 64), 1000
"""Characters of a plan's hash (none without a plan), and at most of a public signing key."""

# --- step 1 --------------------------------------------------------------------------------------------------------


def begin(
    size: int, threshold: int, index: int, *, boxes: int = 1, plan: str = "", signing_key: str = ""
) -> tuple[CeremonySecret, bytes]:
    """Draw the keys and polynomials of teller `index` of `size`; return the secret and the announcement.

    `plan` is the hash of the plan, `signing_key` the public text of the key that will sign records; both are announced.
    Raises InvalidCertificate unless 2 <= threshold <= size and 1 <= index <= size: one teller alone must not open.
    """
    check_place(size, threshold, index)
    check_boxes(boxes)
    drawn = tuple(one_box.draw(threshold) for _ in range(boxes))
    secret = CeremonySecret(size, threshold, index, plan, signing_key, drawn)
    return secret, wire.compact(_announcement(secret))


def gather_announcements(files: Iterable[bytes]) -> bytes:
    """Join the announcements of all tellers, in the order of their indices, and check them as a list."""
    texts = [wire.parse(raw, AnnouncementText, "announcement") for raw in files]
    texts.sort(key=_index_of)
    raw = wire.compact(texts)
    runs_of(raw)
    return raw


def fingerprint(announcements: bytes) -> str:
    """What all tellers compare aloud before they deal: SHA-256 of the plan's hash and the announcements, in hex."""
    return sha256_hex(tagged(FINGERPRINT, announcements))


@dataclass(frozen=True, slots=True)
class Announced:
    """A whole and sound list of announcements: its fingerprint, and the run of each box."""

    fingerprint: str
    runs: tuple[Run, ...]

    @property
    def size(self) -> int:
        """Number of tellers."""
        return len(self.runs[0].certificates)

    def keys(self, index: int) -> list[Point]:
        """The keys by which teller `index` seals its files, one of each box."""
        return [run.certificates[index - 1].verification for run in self.runs]


@functools.lru_cache(maxsize=4)  # of public files
def runs_of(announcements: bytes) -> Announced:
    """Check a list of announcements; raise InvalidCertificate, InvalidProof or InvalidFormat.

    All must be for one plan, with one number of boxes; no certificate key may occur twice among all boxes and tellers.
    """
    texts, seen = parse_announcements(announcements), fingerprint(announcements)
    if not texts:
        raise InvalidCertificate("the announcements of all tellers expected")
    first = texts[0]
    check_boxes(len(first.boxes))
    for index, text in enumerate(texts, 1):
        with blaming(index):
            _check_alike(text, first)
    runs: list[Run] = []
    for box in range(1, len(first.boxes) + 1):
        certificates = _certificates([text.boxes[box - 1] for text in texts], box)
        if runs and certificates[0].threshold != runs[0].certificates[0].threshold:
            raise InvalidCertificate(f"box {box}: the threshold of box 1 expected")
        commitments = tuple(text.boxes[box - 1].commitment for text in texts)
        runs.append(Run(first.plan, box, seen, certificates, commitments))
    keys = [key for run in runs for one in run.certificates for key in (one.verification, one.encryption)]
    if len(set(keys)) != len(keys):
        raise InvalidCertificate("a key is duplicated among the certificates")
    return Announced(seen, tuple(runs))


def _announcement(secret: CeremonySecret) -> AnnouncementText:
    parts = (
        one_box.announce(one, secret.plan, box, secret.size, secret.index) for box, one in enumerate(secret.boxes, 1)
    )
    return AnnouncementText(ANNOUNCEMENT, secret.plan, secret.signing_key, tuple(parts))


def _index_of(text: AnnouncementText) -> int:
    if not text.boxes:
        raise InvalidFormat("announcement: at least one box expected")
    return parse_certificate(text.boxes[0].cert, "announcement").index


def _check_alike(text: AnnouncementText, first: AnnouncementText) -> None:
    if len(text.plan) not in PLAN_LENGTHS or len(text.signing_key) > KEY_LENGTH:
        raise InvalidCertificate("a plan's hash and a public signing key expected")
    if text.plan != first.plan:
        raise InvalidCertificate("this announcement is for another plan")
    if len(text.boxes) != len(first.boxes):
        raise InvalidCertificate(f"{len(first.boxes)} boxes expected, {len(text.boxes)} found")


def _certificates(texts: Sequence[BoxAnnouncementText], box: int) -> tuple[Certificate, ...]:
    """The certificates of one box, checked, in the order of the tellers."""
    size, threshold = len(texts), parse_certificate(texts[0].cert, "teller 1").threshold
    found = []
    for index, text in enumerate(texts, 1):
        check_place(size, threshold, index)
        with blaming(index), in_box(box):
            found.append(one_box.check_certificate(text, index, size, threshold))
    return tuple(found)


# --- step 2 --------------------------------------------------------------------------------------------------------


def deal(secret: CeremonySecret, announcements: bytes) -> tuple[CeremonySecret, bytes]:
    """Deal shares of the polynomials to the tellers of these announcements; return the new secret and the dealing.

    The new secret has to be stored before the dealing is handed out. Raises InvalidCertificate if this teller's own
    announcement is not in its place or it dealt for another list before, and what the checks of the list raise.
    """
    announced = runs_of(announcements)
    if secret.seen not in (None, announced.fingerprint):
        raise InvalidCertificate("this teller already dealt for other announcements; begin a new ceremony")
    _check_own(secret, announcements)
    parts = tuple(one_box.deal(one, run, secret.index) for one, run in zip(secret.boxes, announced.runs, strict=True))
    text = DealingText(DEALING, secret.index, announced.fingerprint, parts)
    return replace(secret, seen=announced.fingerprint), seal(text, secret.boxes)


def gather_dealings(files: Iterable[bytes]) -> bytes:
    """Join the dealings of all tellers, in the order of their indices; raise InvalidFormat."""
    texts = sorted((wire.parse(raw, DealingText, "dealing") for raw in files), key=lambda text: text.index)
    if [text.index for text in texts] != list(range(1, len(texts) + 1)):
        raise InvalidShare("one dealing of each teller expected")
    return wire.compact(texts)


def check_dealing(announcements: bytes, dealing: bytes) -> int:
    """Run all public checks on one teller's dealing; return its number, or raise with the number in front."""
    text, announced = wire.parse(dealing, DealingText, "dealing"), runs_of(announcements)
    if not 1 <= text.index <= announced.size:
        raise InvalidShare(f"a dealing of teller 1 to {announced.size} expected, {text.index} found")
    _check_dealing(text, announced)
    return text.index


def _check_own(secret: CeremonySecret, announcements: bytes) -> None:
    texts = parse_announcements(announcements)
    if len(texts) != secret.size:
        raise InvalidCertificate(f"announcements of {secret.size} tellers expected, of {len(texts)} found")
    own, mine = texts[secret.index - 1], _announcement(secret)
    same = (own.plan, own.signing_key, len(own.boxes)) == (mine.plan, mine.signing_key, len(mine.boxes)) and all(
        (there.cert.message, there.commitment) == (here.cert.message, here.commitment)
        for there, here in zip(own.boxes, mine.boxes, strict=True)
    )
    if not same:
        raise InvalidCertificate("this teller's own announcement is not the one in its place")


def _check_dealing(text: DealingText, announced: Announced) -> tuple[Coefficients, ...]:
    """Check a dealing whose number fits; the coefficients of each box."""
    with blaming(text.index):
        if text.announcements != announced.fingerprint or len(text.boxes) != len(announced.runs):
            raise InvalidShare("a dealing for these announcements, with a part for each box, expected")
        verify_seals(text, announced.keys(text.index))
        found = []
        for part, run in zip(text.boxes, announced.runs, strict=True):
            with in_box(run.box):
                found.append(one_box.check_dealing(part, run, text.index))
    return tuple(found)


# --- step 3 --------------------------------------------------------------------------------------------------------


def accept(secret: CeremonySecret, announcements: bytes, dealings: bytes) -> tuple[tuple[TellerKey, ...], bytes]:
    """Check every dealing and sum up this teller's shares; return its key of each box and its public shares, a file.

    Raises InvalidShare, InvalidProof or InvalidCertificate with the number of the teller whose dealing is wrong.
    """
    announced = runs_of(announcements)
    if secret.seen != announced.fingerprint:
        raise InvalidCertificate("these are not the announcements that this teller dealt for")
    _check_own(secret, announcements)
    texts, _ = _check_dealings(announced, dealings)
    owned = tuple(_accept_box(secret, texts, run) for run in announced.runs)
    keys = (one_box.trustee_key(one, key.secret) for one, key in zip(secret.boxes, owned, strict=True))
    parts = tuple(map(trustee_key_text, keys))
    return owned, seal(ShareText(SHARE, secret.index, announced.fingerprint, parts), secret.boxes)


def check_share(announcements: bytes, dealings: bytes, share: bytes) -> int:
    """Check one teller's public shares, possession of them included; return its number, or raise with it in front."""
    text, announced = wire.parse(share, ShareText, "public share"), runs_of(announcements)
    _, coefficients = _check_dealings(announced, dealings)
    if not 1 <= text.index <= announced.size:
        raise InvalidShare(f"a public share of teller 1 to {announced.size} expected, {text.index} found")
    _check_share(text, announced, coefficients)
    return text.index


def _accept_box(secret: CeremonySecret, texts: Sequence[DealingText], run: Run) -> TellerKey:
    own, shares = secret.boxes[run.box - 1], []
    for text in texts:
        with blaming(text.index), in_box(run.box):
            shares.append(one_box.open_share(own, text.boxes[run.box - 1], run, text.index, secret.index))
    total = functools.reduce(secret_add, shares)
    verification = run.certificates[secret.index - 1].verification
    public = base_power(total)
    return TellerKey(total, public, secret.size, secret.threshold, secret.index, verification)


def _check_dealings(
    announced: Announced, dealings: bytes
) -> tuple[tuple[DealingText, ...], tuple[tuple[Coefficients, ...], ...]]:
    """All public checks of step 3: the dealings in order, and for each box the coefficients of all tellers.

    No coefficient may occur twice, or be a certificate key, among all boxes and tellers.
    """
    texts = parse_dealings(dealings)
    if [text.index for text in texts] != list(range(1, announced.size + 1)):
        raise InvalidShare("one dealing of each teller, in order, expected")
    by_box = tuple(zip(*(_check_dealing(text, announced) for text in texts), strict=True))
    for run, coefficients in zip(announced.runs, by_box, strict=True):
        with in_box(run.box):
            verify_degree(coefficient_sums(coefficients, run.certificates[0].threshold))
    points = [point for coefficients in by_box for one in coefficients for point in one.points]
    keys = {key for run in announced.runs for one in run.certificates for key in (one.verification, one.encryption)}
    if len(set(points)) != len(points) or keys & set(points):
        raise InvalidShare("a coefficient is duplicated among the boxes and tellers")
    return texts, by_box


def _check_share(text: ShareText, announced: Announced, coefficients: Sequence[Sequence[Coefficients]]) -> None:
    with blaming(text.index):
        if text.announcements != announced.fingerprint or len(text.boxes) != len(announced.runs):
            raise InvalidShare("public shares for these announcements, one of each box, expected")
        verify_seals(text, announced.keys(text.index))
        for part, run, listed in zip(text.boxes, announced.runs, coefficients, strict=True):
            with in_box(run.box):
                one_box.check_trustee_key(parse_trustee_key(part, "key"), run, listed, text.index)


# --- step 4 --------------------------------------------------------------------------------------------------------


def assemble(announcements: bytes, dealings: bytes, shares: Iterable[bytes]) -> tuple[Pedersen, ...]:
    """Join the public files of all steps to the tellers' item of trustees.json of each box; raise what checks raise."""
    announced = runs_of(announcements)
    checked, coefficients = _check_dealings(announced, dealings)
    texts = sorted((wire.parse(raw, ShareText, "public share") for raw in shares), key=lambda text: text.index)
    if [text.index for text in texts] != list(range(1, announced.size + 1)):
        raise InvalidShare("one public share of each teller expected")
    for text in texts:
        _check_share(text, announced, coefficients)
    items = []
    for at, run in enumerate(announced.runs):
        signatures = tuple(wire.proof(text.boxes[at].signature, "signature") for text in checked)
        keys = tuple(parse_trustee_key(text.boxes[at], f"teller {text.index}") for text in texts)
        item = Pedersen(run.certificates[0].threshold, run.certificates, coefficients[at], signatures, keys)
        with in_box(run.box):
            verify_trustees(Trustees((item,), encode_trustees([item])))
        items.append(item)
    return tuple(items)


def rehearse(size: int, threshold: int, boxes: int = 1) -> list[tuple[Pedersen, list[TellerKey]]]:
    """Run the whole ceremony in one process, for tests and rehearsals alone: nobody else holds two tellers' secrets."""
    return rehearse_boxes(size, threshold, boxes)[1]


def rehearse_boxes(size: int, threshold: int, boxes: int) -> tuple[str, list[tuple[Pedersen, list[TellerKey]]]]:
    """Run a ceremony as `rehearse` does; return its fingerprint as well."""
    begun = [begin(size, threshold, index, boxes=boxes) for index in range(1, size + 1)]
    announcements = gather_announcements(raw for _, raw in begun)
    dealt = [deal(secret, announcements) for secret, _ in begun]
    dealings = gather_dealings(raw for _, raw in dealt)
    accepted = [accept(secret, announcements, dealings) for secret, _ in dealt]
    items = assemble(announcements, dealings, (raw for _, raw in accepted))
    made = [(item, [keys[at] for keys, _ in accepted]) for at, item in enumerate(items)]
    return fingerprint(announcements), made
