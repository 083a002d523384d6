"""Which conversations and messages a user can see."""

import pytest

from tests.app_parts import message
from tests.client import message_id
from ting.core import conversation_ids, visibility
from ting.core.errors import BadConversation, NoSuchConversation, NoSuchMessage


def test_a_direct_conversation_has_the_same_id_for_both_members() -> None:
    assert conversation_ids.direct_id("a1", "b2") == conversation_ids.direct_id("b2", "a1") == "@a1~b2"
    assert conversation_ids.member_ids("@a1~b2") == ("a1", "b2")


def test_only_its_two_members_see_a_direct_conversation() -> None:
    for user in ("a1", "b2"):
        assert visibility.resolve_conversation("@a1~b2", user) == "@a1~b2"
    for other in ("c3", "a", "", "a1~b2", "~"):
        with pytest.raises(NoSuchConversation):
            visibility.resolve_conversation("@a1~b2", other)


@pytest.mark.parametrize("id", ["@", "@~", "@a1", "@a1~", "@~a1", "@a1~a1", "@b2~a1", "@a1~b2~c3", "@a1~~b2"])
def test_an_invalid_direct_id_is_an_unknown_conversation(id: str) -> None:
    for user in ("a1", "b2", ""):
        with pytest.raises(NoSuchConversation):
            visibility.resolve_conversation(id, user)


def test_all_users_see_channels() -> None:
    assert visibility.resolve_conversation("#Ting", "a1") == "#ting"
    for id in ("ting", "", "#", "#a b"):
        with pytest.raises(BadConversation):
            visibility.resolve_conversation(id, "a1")


def test_a_message_is_visible_to_users_who_see_its_conversation() -> None:
    direct, public = (message(message_id(), conversation=id) for id in ("@a1~b2", "#ting"))

    assert visibility.require_visible("b2", direct) is direct
    assert visibility.require_visible("c3", public) is public
    for hidden in (direct, None):
        with pytest.raises(NoSuchMessage):
            visibility.require_visible("c3", hidden)
