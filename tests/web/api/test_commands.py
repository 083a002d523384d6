"""Slash commands, as people type them."""

import pytest

from tests.client import People, message_id


@pytest.mark.gen_test
async def test_me_says_what_one_does(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()
    id = message_id()

    ack = await adas.send("/me  waves ", id=id)
    heard = await bobs.event("message")

    assert (ack["type"], ack["id"]) == ("ack", id)
    assert (heard["id"], heard["kind"], heard["text"], heard["author"]["name"]) == (id, "action", "waves", "ada")


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("typed", "said"),
    [("/shrug", "¯\\_(ツ)_/¯"), ("/shrug who knows", "who knows ¯\\_(ツ)_/¯"), ("/SHRUG", "¯\\_(ツ)_/¯")],
)
async def test_shrug_shrugs(people: People, typed: str, said: str) -> None:
    socket = await (await people.enter("ada")).connect()

    await socket.send(typed)

    heard = await socket.event("message")
    assert (heard["kind"], heard["text"]) == ("text", said)


@pytest.mark.gen_test
async def test_two_slashes_begin_an_ordinary_text_with_one(people: People) -> None:
    socket = await (await people.enter("ada")).connect()

    await socket.send("//me is a command")

    heard = await socket.event("message")
    assert (heard["kind"], heard["text"]) == ("text", "/me is a command")


@pytest.mark.gen_test
@pytest.mark.parametrize("typed", ["/", "/nothing", "/nothing at all", "/\n", "/ me waves"])
async def test_an_unknown_command_is_told_and_never_said(people: People, typed: str) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()

    answer = await socket.send(typed)

    assert (answer["type"], answer["code"], answer["field"]) == ("error", "unknown_command", "text")
    assert (await ada.history())["messages"] == []


@pytest.mark.gen_test
async def test_the_answer_of_a_command_is_for_its_caller_alone(people: People) -> None:
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
async def test_a_retried_command_says_nothing_twice(people: People) -> None:
    ada = await people.enter("ada")
    socket, id = await ada.connect(), message_id()

    for _ in range(3):
        assert (await socket.send("/shrug", id=id))["type"] == "ack"

    assert len((await ada.history())["messages"]) == 1


@pytest.mark.gen_test
async def test_the_commands_there_are_can_be_listed(people: People) -> None:
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

    said = await ada.request("POST", url, {"id": id, "text": "/me waves"})
    told = await ada.request("POST", url, {"id": message_id(), "text": "/help shrug"})

    assert (said.status, said.json) == (201, {"id": id, "seq": 1, "position": 1})
    assert told.status == 201
    assert told.json["notices"] == ["/shrug [text…]\nSend a shrug, after your text if there is one."]


@pytest.mark.gen_test
async def test_arguments_that_are_wrong_are_refused_with_the_usage(people: People) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect()

    answer = await socket.send("/me")

    assert (answer["code"], answer["field"]) == ("bad_arguments", "text")
    assert answer["message"] == "<what-you-do> is missing. Usage: /me <what-you-do…>"
    assert (await ada.history())["messages"] == []


@pytest.mark.gen_test
async def test_what_could_stand_at_the_caret_is_asked_of_the_server(people: People) -> None:
    ada = await people.enter("ada")
    await ada.connect()

    names = await ada.get("/api/commands/complete?conversation=%23ting&text=/shr")
    values = await ada.get("/api/commands/complete?conversation=%23ting&text=/msg%20a&at=6")
    no_command = await ada.get("/api/commands/complete?conversation=%23ting&text=shrug")
    private = await ada.get("/api/commands/complete?conversation=@x~y&text=/msg%20a")

    assert names.json == {"options": [{"value": "/shrug"}], "from": 0, "to": 4}
    assert values.json == {"options": [{"value": "ada"}], "from": 5, "to": 6}
    assert (no_command.status, no_command.json["error"]["field"]) == (400, "text")
    assert private.json["error"]["code"] == "no_such_conversation"
