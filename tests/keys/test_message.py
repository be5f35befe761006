"""Messages: words by key for people, one English sentence for logs."""

import pytest

from keys.message import Message, Sentence, UserError


class Wrong(UserError):
    """An error of a package."""


def test_an_error_keeps_key_fields_and_place_of_its_message_and_says_it_in_english() -> None:
    with pytest.raises(Wrong, match="^3 of 2 found$") as raised:
        raise Wrong("3 of 2 found", "too_many", at="count", found=3, most=2)
    message = raised.value.message
    assert (message.key, message.fields, raised.value.at) == ("too_many", {"found": 3, "most": 2}, "count")
    assert str(message) == "3 of 2 found"


def test_a_message_without_words_of_its_own_has_no_key() -> None:
    assert Wrong().message == Message("")


def test_a_sentence_is_said_in_vietnamese_first() -> None:
    assert str(Sentence("một", "one")) == "một / one"
