"""Who may see a conversation."""

import pytest

from tests.app_parts import message
from tests.client import message_id
from ting.core import conversation_ids, visibility
from ting.core.errors import BadConversation, NoSuchConversation, NoSuchMessage


def test_a_private_has_one_id_whoever_makes_it() -> None:
    assert conversation_ids.direct_id("a1", "b2") == conversation_ids.direct_id("b2", "a1") == "@a1~b2"
    assert conversation_ids.member_ids("@a1~b2") == ("a1", "b2")


def test_its_two_members_see_a_private_and_nobody_else_does() -> None:
    for user in ("a1", "b2"):
        assert visibility.resolve_conversation("@a1~b2", user) == "@a1~b2"
    for other in ("c3", "a", "", "a1~b2", "~"):
        with pytest.raises(NoSuchConversation):
            visibility.resolve_conversation("@a1~b2", other)


@pytest.mark.parametrize("id", ["@", "@~", "@a1", "@a1~", "@~a1", "@a1~a1", "@b2~a1", "@a1~b2~c3", "@a1~~b2"])
def test_what_can_be_no_private_does_not_exist_either(id: str) -> None:
    for user in ("a1", "b2", ""):
        with pytest.raises(NoSuchConversation):
            visibility.resolve_conversation(id, user)


def test_everybody_sees_channels_under_their_names() -> None:
    assert visibility.resolve_conversation("#Ting", "a1") == "#ting"
    for id in ("ting", "", "#", "#a b"):
        with pytest.raises(BadConversation):
            visibility.resolve_conversation(id, "a1")


def test_a_message_is_there_for_those_who_see_its_conversation() -> None:
    private, public = (message(message_id(), conversation=id) for id in ("@a1~b2", "#ting"))

    assert visibility.require_visible("b2", private) is private
    assert visibility.require_visible("c3", public) is public
    for hidden in (private, None):
        with pytest.raises(NoSuchMessage):
            visibility.require_visible("c3", hidden)
