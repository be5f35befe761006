"""Pages that turn by themselves: when, for whom, and what keeps a finger from skipping one."""

import pytest

from tests.kiosk_templates.conftest import Tablet
from tests.stories.leaves import leaf, wait_for_another

pytestmark = pytest.mark.browser


def answer_all(tablet: Tablet) -> None:
    """Answer every name of this page by touch."""
    tablet.ready()
    for choices in tablet.page.locator(".person .choices").all():
        choices.locator("label").first.click()


def test_a_page_turns_once_its_last_name_is_answered_and_not_a_moment_earlier(tablet: Tablet) -> None:
    tablet.begin(0)
    words, turns = leaf(tablet.page)
    assert turns
    tablet.ready()
    tablet.page.locator(".person .choices label").first.click()
    tablet.page.clock.run_for(5_000)
    assert leaf(tablet.page)[0] == words, "names are left"
    answer_all(tablet)
    tablet.page.clock.run_for(300)
    assert leaf(tablet.page)[0] == words, "what was chosen can be seen"
    tablet.page.clock.run_for(700)
    wait_for_another(tablet.page, words)


def test_a_finger_that_meant_the_page_before_skips_no_page(tablet: Tablet) -> None:
    tablet.begin(0)
    words, _ = leaf(tablet.page)
    answer_all(tablet)
    tablet.page.clock.run_for(1_000)
    wait_for_another(tablet.page, words)
    tablet.ready()
    assert tablet.page.locator("[data-key=next]").is_disabled()
    tablet.page.clock.run_for(1_500)
    assert tablet.page.locator("[data-key=next]").is_enabled()


def test_a_page_to_which_somebody_came_back_stays(tablet: Tablet) -> None:
    tablet.begin(0)
    words, _ = leaf(tablet.page)
    answer_all(tablet)
    tablet.page.clock.run_for(1_000)
    wait_for_another(tablet.page, words)
    tablet.touch("[data-key=previous]")
    tablet.ready()
    tablet.page.locator(".person .choices label").nth(1).click()
    tablet.page.clock.run_for(5_000)
    assert leaf(tablet.page)[0] == words


def test_no_page_turns_under_somebody_who_uses_keys(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.ready()
    words, _ = leaf(tablet.page)
    people = tablet.page.locator(".person").count()
    for _ in range(people * 4):
        tablet.page.keyboard.press("Tab")
        if tablet.page.evaluate("document.activeElement.type === 'radio' && !document.activeElement.checked"):
            tablet.page.keyboard.press("Space")
    assert tablet.page.locator("input:checked").count() == people
    tablet.page.clock.run_for(5_000)
    assert leaf(tablet.page)[0] == words


def test_who_has_chosen_nothing_yet_is_told_that_the_card_is_good_and_may_leave(tablet: Tablet) -> None:
    tablet.begin(0)
    assert "Thẻ hợp lệ. Đồng chí có 02 phiếu cần bỏ." in tablet.page.inner_text(".progress")
    tablet.ready()
    tablet.page.locator(".person .choices label").first.click()
    assert "Thẻ hợp lệ" not in tablet.page.inner_text(".progress")
    assert not tablet.page.locator("[data-key=cancel]").is_visible()
    tablet.page.locator(".person .clear").first.click()
    tablet.touch("[data-key=cancel]")
    tablet.at("welcome")
