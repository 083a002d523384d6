"""The websocket, over real sockets."""

import pytest

from tests.client import People, message_id


@pytest.mark.gen_test
async def test_two_people_chat(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()

    ack = await adas.send("Hello, Bob!")
    heard = await bobs.event("message")

    assert (heard["text"], heard["author"]) == ("Hello, Bob!", {"id": ada.id, "name": "ada"})
    assert (
        (heard["id"], heard["seq"], heard["position"]) == (ack["id"], ack["seq"], ack["position"]) == (ack["id"], 1, 1)
    )
    assert (await ada.history())["messages"] == [heard]
