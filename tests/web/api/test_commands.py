"""Slash commands, over the websocket and REST."""

import pytest

from tests.client import People, message_id


@pytest.mark.gen_test
async def test_me_sends_an_action(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    id = message_id()

    ack = await adas.send("/me  waves ", id=id)
    message = await bobs.event("message")

    assert (ack["type"], ack["id"]) == ("ack", id)
    assert (message["id"], message["kind"], message["text"], message["author"]["name"]) == (
        id,
        "action",
        "waves",
        "ada",
    )


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("typed", "text"),
    [("/shrug", "¯\\_(ツ)_/¯"), ("/shrug who knows", "who knows ¯\\_(ツ)_/¯"), ("/SHRUG", "¯\\_(ツ)_/¯")],
)
async def test_shrug_sends_a_shrug(people: People, typed: str, text: str) -> None:
    socket = await (await people.enter("ada")).connect()

    await socket.send(typed)

    message = await socket.event("message")
    assert (message["kind"], message["text"]) == ("text", text)


@pytest.mark.gen_test
async def test_two_slashes_send_a_text_that_begins_with_one(people: People) -> None:
    socket = await (await people.enter("ada")).connect()

    await socket.send("//me is a command")

    message = await socket.event("message")
    assert (message["kind"], message["text"]) == ("text", "/me is a command")


@pytest.mark.gen_test
@pytest.mark.parametrize("typed", ["/", "/nothing", "/nothing at all", "/\n", "/ me waves"])
async def test_an_unknown_command_is_refused_and_not_sent(people: People, typed: str) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()

    answer = await socket.send(typed)

    assert (answer["type"], answer["code"], answer["field"]) == ("error", "unknown_command", "text")
    assert (await ada.history())["messages"] == []


@pytest.mark.gen_test
async def test_only_the_caller_gets_the_answer_of_a_command(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()

    ref = await adas.begin("send", conversation="#ting", id=message_id(), text="/help shrug")
    notice = await adas.event("notice", ref=ref)
    ack = await adas.answer(ref)
    await bobs.ask("ping")

    assert (notice["conversation"], notice["text"]) == (
        "#ting",
        "/shrug [text…]\nSend a shrug, after your text if there is one.",
    )
    assert set(ack) == {"type", "ref", "id"}
    assert [frame for frame in bobs.frames if frame["type"] in ("notice", "message")] == []
    assert (await ada.history())["messages"] == []


@pytest.mark.gen_test
async def test_a_retried_command_runs_once(people: People) -> None:
    ada = await people.enter("ada")
    socket, id = await ada.connect(), message_id()

    for _ in range(3):
        assert (await socket.send("/shrug", id=id))["type"] == "ack"

    assert len((await ada.history())["messages"]) == 1


@pytest.mark.gen_test
async def test_commands_can_be_listed(people: People) -> None:
    ada = await people.enter("ada")

    listed = {command["name"]: command for command in (await ada.get("/api/commands")).json["commands"]}

    assert listed["me"] == {
        "name": "me",
        "plugin": "me",
        "usage": "/me <what-you-do…>",
        "summary": "Describe what you are doing: /me waves.",
        "arguments": [{"name": "what-you-do", "kind": "rest", "required": True}],
        "role": "everyone",
    }
    assert listed["shrug"]["usage"] == "/shrug [text…]"
    assert list(listed) == sorted(listed)


@pytest.mark.gen_test
async def test_commands_work_over_rest_with_their_notices(people: People) -> None:
    ada, id = await people.enter("ada"), message_id()
    url = "/api/conversations/%23ting/messages"

    sent = await ada.request("POST", url, {"id": id, "text": "/me waves"})
    helped = await ada.request("POST", url, {"id": message_id(), "text": "/help shrug"})

    assert (sent.status, sent.json) == (201, {"id": id, "seq": 1, "position": 1})
    assert helped.status == 201
    assert helped.json["notices"] == ["/shrug [text…]\nSend a shrug, after your text if there is one."]


@pytest.mark.gen_test
async def test_wrong_arguments_are_refused_with_the_usage(people: People) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()

    answer = await socket.send("/me")

    assert (answer["code"], answer["field"]) == ("bad_arguments", "text")
    assert answer["message"] == "<what-you-do> is missing. Usage: /me <what-you-do…>"
    assert (await ada.history())["messages"] == []


@pytest.mark.gen_test
async def test_commands_and_arguments_are_completed_at_the_caret(people: People) -> None:
    ada = await people.enter("ada")
    await ada.connect()

    names = await ada.get("/api/commands/complete?conversation=%23ting&text=/shr")
    values = await ada.get("/api/commands/complete?conversation=%23ting&text=/msg%20a&at=6")
    no_command = await ada.get("/api/commands/complete?conversation=%23ting&text=shrug")
    foreign = await ada.get("/api/commands/complete?conversation=@x~y&text=/msg%20a")

    assert names.json == {"options": [{"value": "/shrug"}], "from": 0, "to": 4}
    assert values.json == {"options": [{"value": "ada"}], "from": 5, "to": 6}
    assert (no_command.status, no_command.json["error"]["field"]) == (400, "text")
    assert foreign.json["error"]["code"] == "no_such_conversation"
