"""Our keys in an election that belenios-tool runs from beginning to end: it accepts tellers, cards and shares."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from keys import cards, decryption, opening_proof, single
from keys.ceremony import protocol
from keys.group import decode_point, encode_point, encode_scalar
from keys.teller import TellerKey
from keys.transcript import sha256_b64, sha256_hex
from keys.trustees import Pedersen, Single, encode_trustees, parse_trustees, verify_trustees
from keys.wire import compact

pytestmark = pytest.mark.interop

UUID = "Ph1euKnTestCuocBau"
QUESTIONS = [{"answers": ["Đồng ý", "Không đồng ý"], "min": 0, "max": 1, "question": "Lò Thị Mai"},
             {"answers": ["A", "B", "C"], "blank": True, "min": 1, "max": 2, "question": "Giới thiệu"}]  # fmt: skip
CHOICES = [[[1, 0], [0, 1, 1, 0]], [[0, 1], [1, 0, 0, 0]], [[1, 0], [0, 0, 0, 1]]]
RESULT = [[2, 1], [1, 1, 1, 1]]


class Election:
    """A folder in which belenios-tool works."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = program, folder

    def tool(self, *words: str, given: bytes | None = None) -> bytes:
        call = [str(self.program), *words]
        done = subprocess.run(call, input=given, capture_output=True, check=False, cwd=self.folder)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def write(self, name: str, value: object) -> None:
        (self.folder / name).write_bytes(compact(value) + b"\n")

    def add(self, kind: str, *lines: bytes) -> None:
        self.tool("archive", "add-event", "--dir=.", f"--type={kind}", given=b"".join(line + b"\n" for line in lines))

    def cast(self, drawn: list[str]) -> None:
        for number, (card, choice) in enumerate(zip(drawn, CHOICES, strict=True)):
            (self.folder / f"{number}.card").write_text(cards.with_dashes(card) + "\n")
            self.write(f"{number}.choice", choice)
            words = (
                "--privcred",
                str(self.folder / f"{number}.card"),
                "--choice",
                str(self.folder / f"{number}.choice"),
            )
            self.add("Ballot", self.tool("election", "generate-ballot", "--dir=.", *words).strip())
        self.add("EndBallots")

    def open(self, keys: dict[int, TellerKey]) -> None:
        """Tally, and add our partial decryptions."""
        tally_line, sized_line = self.tool("election", "compute-encrypted-tally", "--dir=.").splitlines()
        self.add("EncryptedTally", tally_line, sized_line)
        fingerprint = sha256_b64((self.folder / "election.json").read_bytes().rstrip(b"\n"))
        for owner, key in keys.items():
            rows = [[decode_point(one["alpha"], identity=True) for one in row] for row in json.loads(tally_line)]
            made = [[decryption.partial_decrypt(key.secret, alpha, fingerprint) for alpha in row] for row in rows]
            partial = compact({
                "decryption_factors": [[encode_point(factor) for factor, _ in row] for row in made],
                "decryption_proofs": [
                    [{"challenge": encode_scalar(p.challenge), "response": encode_scalar(p.response)} for _, p in row]
                    for row in made
                ],
            })  # fmt: skip
            self.add("PartialDecryption", partial, compact({"owner": owner, "payload": sha256_hex(partial)}))
            alphas = [alpha for row in rows for alpha in row]
            factors = [factor for row in made for factor, _ in row]
            proof = opening_proof.prove_opening(key.secret, owner, fingerprint, alphas, factors)
            opening_proof.verify_opening(key.public_share, owner, fingerprint, alphas, factors, proof)


@pytest.fixture
def election(belenios_tool: Path, tmp_path: Path) -> Election:
    return Election(belenios_tool, tmp_path)


def run(election: Election, items: list[Single | Pedersen], keys: dict[int, TellerKey]) -> None:
    """An election from Setup to the result, with these tellers."""
    drawn = [cards.new_card() for _ in CHOICES]
    election.write("public_creds.json", sorted(encode_point(cards.credential(card, UUID)) for card in drawn))
    (election.folder / "trustees.json").write_bytes(encode_trustees(items) + b"\n")
    election.tool("archive", "init")
    election.cast(drawn)
    election.open(keys)
    result = election.tool("election", "compute-result", "--dir=.").strip()
    assert json.loads(result)["result"] == RESULT
    election.add("Result", result)


def test_tellers_of_our_ceremony_open_an_election_of_belenios(
    election: Election, belenios_audit: Callable[[Path], int]
) -> None:
    [(item, keys)] = protocol.rehearse(3, 2)
    text = json.loads(single.encode_item(item))
    election.write("threshold.json", text[1])
    election.write("template.json", {"description": "d", "name": "n", "questions": QUESTIONS})
    (election.folder / "public_keys.jsons").touch()
    election.tool("setup", "make-trustees")
    trustees = parse_trustees(encode_trustees([item]))
    assert (election.folder / "trustees.json").read_bytes().strip() == trustees.raw
    words = ("--group", "Ed25519", "--uuid", UUID, "--template", str(election.folder / "template.json"))
    election.tool("setup", "make-election", *words)
    public = json.loads((election.folder / "election.json").read_bytes())["public_key"]
    assert public == encode_point(trustees.election_key())
    run(election, [item], {1: keys[0], 3: keys[2]})
    assert belenios_audit(election.folder / f"{UUID}.bel") == len(CHOICES)


def test_a_required_teller_and_a_threshold_open_an_election_of_belenios(
    election: Election, belenios_audit: Callable[[Path], int]
) -> None:
    [(item, keys)] = protocol.rehearse(3, 3)
    alone, required = single.new_single("Mai")
    items: list[Single | Pedersen] = [required, item]
    public = encode_point(parse_trustees(encode_trustees(items)).election_key())
    election.write("election.json", {
        "version": 1, "description": "d", "name": "n", "group": "Ed25519", "public_key": public,
        "questions": QUESTIONS, "uuid": UUID,
    })  # fmt: skip
    run(election, items, {1: alone, 2: keys[0], 3: keys[1], 4: keys[2]})
    assert belenios_audit(election.folder / f"{UUID}.bel") == len(CHOICES)


def test_a_trustee_key_of_belenios_passes_our_checks(election: Election) -> None:
    election.tool("setup", "generate-trustee-key", "--group", "Ed25519")
    (path,) = election.folder.glob("*.pubkey")
    raw = b'[["Single",' + path.read_bytes().strip() + b"]]"
    verify_trustees(parse_trustees(raw))


def test_cards_derive_as_belenios_derives_them(belenios_tool: Path) -> None:
    card = cards.new_card()
    call = [str(belenios_tool), "setup", "generate-credentials", "--group", "Ed25519", "--uuid", UUID, "--derive",
            cards.with_dashes(card)]  # fmt: skip
    said = subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()
    assert said == encode_point(cards.credential(card, UUID))
