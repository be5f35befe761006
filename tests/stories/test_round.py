"""A round of several steps (đợt quy hoạch) by its pages, with real ballots: from the first list to the signed dossier.

The organiser and the secretary sit at browsers; what happens in the room between two pages (cards, casting, counting,
signing) is done as the rehearsal does it. The last step is moved to paper and counted by hand, so the dossier must be
signed by the desk of the step before it, and `phieukin verify` must find it sound.
"""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from click.testing import CliRunner

from tally.count.paper import paper_record, read_hand_count
from tally.count.record_files import keep_record
from tally.minutes import renderer_versions
from tally.signing.signatures import sign_record
from tests.stories.conftest import EmptyRoom
from tests.stories.desk_life import signed_record
from tests.stories.looking import Lens
from tests.stories.people import Member, hire
from voting.cli.main import main
from voting.conference import cards, roll, setup, transitions
from voting.conference.draft.stored import draft_of
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.list_decision import sign_list_decision
from voting.rehearsal import sample
from voting.rehearsal.conference import close, seal_and_open
from voting.rehearsal.office import office_round
from voting.rehearsal.staff import make_staff
from voting.rehearsal.turnout import marks_for
from voting.rounds import stored
from voting.rounds.round import Round, ballots_of, procedure_of, step_of, takes_list_decision
from voting.storage import conference_row

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
LENS = Lens(1280, 800, "vi")
PROCEDURE, SEED = "NEXT-OFFICE", 3


class RoundStory:
    """The round, step by step."""

    def __init__(self, room: EmptyRoom, browser: "Browser", folder: Path) -> None:
        self.room, self.folder, self.problems = room, folder, list[str]()
        self.organiser = Member.sign_in(browser, room.url, "organiser", LENS, self.problems)
        self.first, self.staff = room.staff, room.staff

    @property
    def plan(self) -> Round:
        """The round's plan as the desk keeps it."""
        with self.room.desk.storage.read() as session:
            return stored.kept_round(session, 1).plan

    def begin(self) -> None:
        """Begin the round on its page; people, titles and lists come from the made-up office."""
        page, plan = self.organiser.go("/rounds").page, office_round(PROCEDURE, SEED)
        value = page.locator(f"option[value$='/{PROCEDURE}']").first.get_attribute("value") or ""
        page.select_option("[name=procedure]", value)
        page.fill("[name=agency]", plan.organiser.agency)
        page.fill("[name=locality]", plan.organiser.locality)
        self.organiser.press("/rounds/new")
        with self.room.desk.storage.write() as session:
            kept = stored.kept_round(session, 1)
            stored.keep(session, 1, msgspec.structs.replace(kept, plan=plan))

    def decide_list(self, step: int) -> None:
        """Write the list decision of a step without a ballot, have the chair sign it, and bring it back."""
        signer, key = self.first.chair
        page = self.organiser.go(f"/rounds/1/steps/{step}").page
        form = page.locator(f"form[action='/rounds/1/steps/{step}/decision']")
        for name, text in (("place", "Phòng họp"), ("name", signer.name), ("role", signer.role), ("key", signer.key)):
            form.locator(f"[name={name}]").fill(text)
        self.organiser.press(f"/rounds/1/steps/{step}/decision")
        written = self.organiser.fetch("a[href$='list-decision.json']", self.folder / f"decision-{step}.json")
        self.organiser.upload(f"/rounds/1/steps/{step}/signed-decision", written)
        assert "Còn thiếu chữ ký." in page.inner_text(".refused")
        written.write_bytes(sign_list_decision(written.read_bytes(), [key]))
        self.organiser.upload(f"/rounds/1/steps/{step}/signed-decision", written)

    def summon(self, step: int) -> int:
        """Begin the step's conference on its page, name who signs, and let everybody come; return its number."""
        page = self.organiser.go(f"/rounds/1/steps/{step}").page
        wording = f"/rounds/1/steps/{step}/composition"
        if page.locator(f"form[action='{wording}']").count():
            self.organiser.press(wording)
        self.organiser.press(f"/rounds/1/steps/{step}/conference")
        page.wait_for_url("**/desk")
        fresh = self.folder / f"tellers-{step}"
        fresh.mkdir()
        made = make_staff(fresh, sample.TELLERS, sample.THRESHOLD, SEED)
        self.staff = dataclasses.replace(
            made, chair=self.first.chair, secretary=self.first.secretary, head=self.first.head
        )
        with self.room.desk.storage.write() as session:
            row = conference_row.current(session)
            assert row is not None and row.state == "draft"
            draft = draft_of(session, row.id)
            transitions.change_draft(session, row.id, msgspec.structs.replace(
                draft, place="Hội trường", tellers=tuple(one.signer for one in self.staff.tellers),
                chair=self.staff.chair[0], secretary=self.staff.secretary[0], head=self.staff.head[0]))  # fmt: skip
            return row.id

    def receive(self, number: int) -> list[str]:
        """Freeze the list, print the cards, let everybody draw; return the cards drawn."""
        with self.room.desk.storage.write() as session:
            people = draft_of(session, number).people
            transitions.freeze_list(session, number)
            deck = cards.make_cards(session, number, "main", len(people), 2)
            setup.upload_trustees(session, number, self.staff.trustees)
            for entry in roll.search(session, number, "", limit=len(people)):
                roll.card_drawn(session, number, entry.person)
        return [card.text for card in deck if not card.spare]

    def vote(self, step: int) -> None:
        """Hold the conference of a step, and take its signed records into the round by its page."""
        number = self.summon(step)
        drawn = self.receive(number)
        with self.room.desk.storage.write() as session:
            transitions.take_roll(session, number)
        election = seal_and_open(self.room.desk, self.staff, number)
        for card, marks in zip(drawn, marks_for([(self.plan, step_of(self.plan, step))], election, len(drawn), SEED),
                               strict=True):  # fmt: skip
            self.room.room.tablet.cast(election, cast_ballot(election, card, marks))
        archive, facts = close(self.room.desk, number, self.folder / f"step-{step}")
        record = signed_record(self.staff, archive, facts, self.staff.signing_keys)
        page = self.organiser.go("/results").page
        page.set_input_files("[name=records]", [str(path) for path in (record, archive)])
        self.organiser.press("/results/records")
        self.organiser.go(f"/rounds/1/steps/{step}").press(f"/rounds/1/steps/{step}/records")
        self.bring(step, [archive, *sorted(archive.parent.glob("minutes*.pdf"))])

    def bring(self, step: int, files: list[Path]) -> None:
        """Bring the finished archive and the minutes, for the dossier."""
        page = self.organiser.go(f"/rounds/1/steps/{step}").page
        page.set_input_files("[name=files]", [str(path) for path in files])
        self.organiser.press(f"/rounds/1/steps/{step}/files")
        assert page.locator("[name=files]").count() == 0, page.inner_text("main")

    def vote_on_paper(self, step: int) -> None:
        """The power fails before the box opens: the step goes on with paper, and is counted by hand."""
        number = self.summon(step)
        self.receive(number)
        with self.room.desk.storage.write() as session:
            transitions.take_roll(session, number)
        self.organiser.go("/desk").page.click("summary:has-text('Trường hợp khác')")
        form = self.organiser.page.locator("form[action='/desk/on-paper']")
        form.locator("[name=reason]").fill("Mất điện")
        self.organiser.together("/desk/on-paper", "chair")
        assert "Tiếp tục bằng phiếu giấy" in self.organiser.page.inner_text(".next")
        ballots = self.organiser.page.request.get(f"{self.room.url}/sheets/paper_ballot.pdf")
        assert ballots.body().startswith(b"%PDF")
        self.organiser.go(f"/rounds/1/steps/{step}")
        form_file = self.organiser.fetch("a[href$='hand-count.json']", self.folder / "kiem-phieu.json")
        made = paper_record(read_hand_count(filled(form_file)), renderer_versions())
        path, _ = keep_record(made, self.folder / f"step-{step}")
        path.write_bytes(sign_record(path.read_bytes(), self.staff.signing_keys))
        page = self.organiser.page
        page.set_input_files("[name=record]", str(path))
        self.organiser.press(f"/rounds/1/steps/{step}/hand-count")
        self.bring(step, sorted((self.folder / f"step-{step}").glob("minutes*.pdf")))

    def dossier(self) -> Path:
        """Download the dossier."""
        page = self.organiser.go("/rounds/1/dossier").page
        page.fill("[name=to]", "Ban Tổ chức Tỉnh ủy")
        page.fill("[name=signer]", "Chánh Văn phòng")
        return self.organiser.fetch("form[action='/rounds/1/dossier'] button", self.folder / "dossier.zip")


def filled(path: Path) -> Path:
    """A hand count: all agree to the first name, one fewer to each further one; nobody is put forward."""
    content = json.loads(path.read_bytes())
    people = content["conference"]["present"]
    for paper, about in zip(content["papers"], content["conference"]["papers"], strict=True):
        paper["ballots"] = {"issued": people, "collected": people, "valid": people, "invalid": 0, "invalid_reason": ""}
        for at, (one, name) in enumerate(zip(paper["votes"], about["candidates"], strict=True)):
            if not name["put_forward"]:
                one["agree"] = max(people - at, 0)
                one["disagree"] = people - one["agree"]
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_round_goes_from_the_first_list_to_its_dossier(
    empty_room: EmptyRoom, chromium: "Browser", tmp_path: Path
) -> None:
    hire(empty_room.desk)
    story = RoundStory(empty_room, chromium, tmp_path)
    story.begin()
    steps = procedure_of(story.plan).steps
    voted = [step.number for step in steps if ballots_of(story.plan, step)]
    assert len(voted) == 3
    for step in steps:
        if takes_list_decision(story.plan, step) and step.number not in voted:
            story.decide_list(step.number)
        elif step.number == voted[-1]:
            story.vote_on_paper(step.number)
        else:
            story.vote(step.number)
    done = CliRunner().invoke(main, ["verify", str(story.dossier())])
    assert done.exit_code == 0, done.output
    assert story.problems == []
