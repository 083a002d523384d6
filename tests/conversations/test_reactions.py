"""Which reactions are allowed, and how adding and removing one changes a message."""

import pytest

from ting.conversations import reactions
from ting.core.errors import BadEmoji, TooManyReactions
from ting.core.models import MAX_DIFFERENT_REACTIONS, MAX_REACTIONS

MANY_EMOJI = [chr(0x1F600 + number) for number in range(MAX_DIFFERENT_REACTIONS + 1)]


@pytest.mark.parametrize("emoji", ["👍", "❤️", "❤", "🇬🇷", "👩‍❤️‍💋‍👨", "👍🏽", "#️⃣"])
def test_an_emoji_may_have_several_code_points(emoji: str) -> None:
    assert reactions.validate(emoji) == emoji


@pytest.mark.parametrize("text", ["", "a", "👍👍", "👍 ", ":)", ":thumbs_up:", "\ufe0f", "$where", "a.b", "👍" * 17])
def test_a_text_that_is_not_exactly_one_emoji_is_refused(text: str) -> None:
    with pytest.raises(BadEmoji):
        reactions.validate(text)


def test_a_user_can_add_each_emoji_once_and_remove_it() -> None:
    before = {"👍": ["ada"]}

    both = reactions.apply(before, "bob", "👍", on=True)

    assert both == {"👍": ["ada", "bob"]}
    assert reactions.apply(both, "bob", "👍", on=True) is both
    assert reactions.apply(both, "bob", "❤", on=False) is both
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
