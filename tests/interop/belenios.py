"""An election run by belenios-tool alone, from the tellers' keys to the result: nothing of ours takes part."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

UUID = "3NGX6NdhdXaBGB"
GROUP = ("--group", "Ed25519")


@dataclass
class Teller:
    """A teller's files, and the words with which the tool decrypts for it."""

    owner: int
    words: tuple[str, ...]


@dataclass
class Polling:
    """A folder in which belenios-tool works."""

    program: Path
    folder: Path
    tellers: list[Teller] = field(default_factory=list)

    @property
    def archive(self) -> Path:
        """The archive that belenios-tool writes."""
        return self.folder / f"{UUID}.bel"

    def tool(self, *words: str | Path, given: bytes = b"", cwd: Path | None = None) -> bytes:
        """Run belenios-tool with these words; return what it prints."""
        call = [str(self.program), *map(str, words)]
        done = subprocess.run(call, input=given, capture_output=True, check=False, cwd=cwd or self.folder)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def required_tellers(self, count: int) -> None:
        """Make tellers whose presence is required."""
        lines = []
        for number in range(count):
            place = self.folder / f"required-{number}"
            place.mkdir()
            self.tool("setup", "generate-trustee-key", *GROUP, cwd=place)
            lines.append(next(place.glob("*.pubkey")).read_bytes().strip() + b"\n")
            words = ("decrypt", "--privkey", str(next(place.glob("*.privkey"))))
            self.tellers.append(Teller(len(self.tellers) + 1, words))
        (self.folder / "public_keys.jsons").write_bytes(b"".join(lines))

    def threshold_tellers(self, count: int, threshold: int) -> None:
        """Run the tool's own ceremony, step by step."""
        step = ("setup", "generate-trustee-key-threshold", *GROUP, "--step")
        seeds, certificates = [], []
        for number in range(1, count + 1):
            place = self.folder / f"threshold-{number}"
            place.mkdir()
            self.tool(*step, "1", f"--threshold-context={number}/{threshold}/{count}", cwd=place)
            seeds.append(next(place.glob("*.key")))
            certificates.append(next(place.glob("*.cert")))
        certs, polynomials = self.folder / "certs.jsons", self.folder / "polynomials.jsons"
        certs.write_bytes(b"".join(one.read_bytes().strip() + b"\n" for one in certificates))
        made = [self.tool(*step, "3", "--certs", certs, "--key", seed).strip() + b"\n" for seed in seeds]
        polynomials.write_bytes(b"".join(made))
        self.tool(*step, "4", "--certs", certs, "--polynomials", polynomials)
        outputs = []
        for seed in seeds:
            given = (self.folder / f"{seed.stem}.vinput").read_bytes()
            outputs.append(self.tool(*step, "5", "--certs", certs, "--key", seed, given=given).strip() + b"\n")
            key = seed.with_suffix(".dkey")
            key.write_text(json.loads(outputs[-1])["private_key"])
            words = ("decrypt-threshold", "--key", str(seed), "--decryption-key", str(key))
            self.tellers.append(Teller(len(self.tellers) + 1, words))
        words6 = (*step, "6", "--certs", certs, "--polynomials", polynomials)
        (self.folder / "threshold.json").write_bytes(self.tool(*words6, given=b"".join(outputs)))

    def set_up(self, questions: Sequence[dict[str, Any]], voters: Sequence[str]) -> list[str]:
        """Make Setup; return the voters' cards."""
        template = {"description": "d", "name": "n", "questions": questions}
        (self.folder / "template.json").write_text(json.dumps(template, ensure_ascii=False))
        (self.folder / "public_keys.jsons").touch()
        (self.folder / "voters.txt").write_text("\n".join(voters) + "\n")
        self.tool("setup", "generate-credentials", *GROUP, "--uuid", UUID, "--file", "voters.txt")
        next(self.folder.glob("*.pubcreds")).rename(self.folder / "public_creds.json")
        self.tool("setup", "make-trustees")
        self.tool("setup", "make-election", *GROUP, "--uuid", UUID, "--template", "template.json")
        self.tool("archive", "init")
        cards = json.loads(next(self.folder.glob("*.privcreds")).read_bytes())
        return [cards[voter.split(",")[0]] for voter in voters]

    def cast(self, card: str, choice: list[list[int]]) -> None:
        """Cast a ballot."""
        (self.folder / "card").write_text(card + "\n")
        (self.folder / "choice").write_text(json.dumps(choice))
        words = ("--dir=.", "--privcred", self.folder / "card", "--choice", self.folder / "choice")
        self.add("Ballot", self.tool("election", "generate-ballot", *words))

    def count(self, *owners: int) -> list[list[int]]:
        """Close the box, open it with these tellers, announce the result."""
        self.add("EndBallots", b"")
        self.add("EncryptedTally", self.tool("election", "compute-encrypted-tally", "--dir=."))
        for teller in self.tellers:
            if teller.owner in owners:
                command, *words = teller.words
                share = self.tool("election", command, "--dir=.", *words, "--trustee-id", str(teller.owner))
                self.add("PartialDecryption", share)
        result = self.tool("election", "compute-result", "--dir=.")
        self.add("Result", result)
        found: list[list[int]] = json.loads(result)["result"]
        return found

    def add(self, kind: str, lines: bytes) -> None:
        """Add events of a kind to the archive, one a line."""
        self.tool("archive", "add-event", "--dir=.", f"--type={kind}", given=lines)
