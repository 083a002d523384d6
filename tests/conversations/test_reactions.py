"""Which reactions are allowed, and how adding and removing one changes a message."""

import emoji as unicode_emoji
import pytest

from ting.conversations import reactions
from ting.core.errors import BadEmoji, TooManyReactions
from ting.core.models import MAX_DIFFERENT_REACTIONS, MAX_REACTIONS

MANY_EMOJI = [chr(0x1F600 + number) for number in range(MAX_DIFFERENT_REACTIONS + 1)]


@pytest.mark.parametrize("emoji", ["👍", "❤️", "🇬🇷", "👩‍❤️‍💋‍👨", "👍🏽", "#️⃣"])
def test_an_emoji_may_have_several_code_points(emoji: str) -> None:
    assert reactions.validate(emoji) == emoji


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("❤", "❤\ufe0f"),
        ("❤\ufe0e", "❤\ufe0f"),
        ("👍\ufe0f", "👍"),
        ("#\u20e3", "#\ufe0f\u20e3"),
        ("👩\u200d❤\u200d👨", "👩\u200d❤\ufe0f\u200d👨"),
    ],
)
def test_all_forms_of_an_emoji_are_stored_as_the_fully_qualified_one(sent: str, stored: str) -> None:
    assert reactions.validate(sent) == stored


def test_every_form_of_every_emoji_is_accepted_and_stays_the_same_emoji() -> None:
    for form in unicode_emoji.EMOJI_DATA:
        stored = reactions.validate(form)
        assert reactions.validate(stored) == stored
        assert stored.replace("\ufe0f", "") == form.replace("\ufe0f", "")


def test_two_forms_that_an_earlier_version_stored_become_one_with_the_next_change() -> None:
    before = {"❤": ["ada", "bob"], "👍": ["ada"], "❤\ufe0f": ["bob", "eve"]}

    assert reactions.apply(before, "zoe", "👍", on=True) == {"❤\ufe0f": ["ada", "bob", "eve"], "👍": ["ada", "zoe"]}
    assert reactions.apply(before, "bob", "❤\ufe0f", on=False) == {"❤\ufe0f": ["ada", "eve"], "👍": ["ada"]}
    assert reactions.apply(before, "eve", "❤\ufe0f", on=True) is before


@pytest.mark.parametrize("text", ["", "a", "👍👍", "👍 ", ":)", ":thumbs_up:", "\ufe0f", "$where", "a.b", "👍" * 17])
def test_a_text_that_is_not_exactly_one_emoji_is_refused(text: str) -> None:
    with pytest.raises(BadEmoji):
        reactions.validate(text)


def test_a_user_can_add_each_emoji_once_and_remove_it() -> None:
    before = {"👍": ["ada"]}

    both = reactions.apply(before, "bob", "👍", on=True)

    assert both == {"👍": ["ada", "bob"]}
    assert reactions.apply(both, "bob", "👍", on=True) is both
    assert reactions.apply(both, "bob", "❤\ufe0f", on=False) is both
    assert reactions.apply(both, "ada", "👍", on=False) == {"👍": ["bob"]}
    assert reactions.apply(before, "ada", "👍", on=False) == {}
    assert before == {"👍": ["ada"]}


def test_the_limit_of_different_emoji_still_allows_adding_an_existing_one() -> None:
    full = {emoji: ["ada"] for emoji in MANY_EMOJI[:-1]}

    with pytest.raises(TooManyReactions):
        reactions.apply(full, "bob", MANY_EMOJI[-1], on=True)
    assert reactions.apply(full, "bob", MANY_EMOJI[0], on=True)[MANY_EMOJI[0]] == ["ada", "bob"]


def test_the_total_number_of_reactions_is_limited() -> None:
    full = {"👍": [f"user {number}" for number in range(MAX_REACTIONS)]}

    with pytest.raises(TooManyReactions):
        reactions.apply(full, "ada", "👍", on=True)
    assert len(reactions.apply(full, "user 0", "👍", on=False)["👍"]) == MAX_REACTIONS - 1
