"""Messages over REST: sending, history, changes, editing and deleting."""

from typing import Any

import pytest

from tests.client import AN_ID, People, Person, message_id

URL = "/api/conversations/%23ting"


async def post_messages(person: Person, *texts: str) -> list[str]:
    """Send messages over REST, and return their ids."""
    ids = []
    for text in texts:
        answer = await person.request("POST", f"{URL}/messages", {"id": message_id(), "text": text})
        assert answer.status == 201, answer.body
        ids.append(answer.json["id"])
    return ids


@pytest.mark.gen_test
async def test_a_posted_message_is_broadcast_and_stored(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    bobs, id = await bob.connect(), message_id()

    answer = await ada.request("POST", f"{URL}/messages", {"id": id, "text": "hello"})

    assert (answer.status, answer.json) == (201, {"id": id, "seq": 1, "position": 1})
    message = await bobs.event("message", id=id)
    assert (await ada.get(f"/api/messages/{id}")).json == message
    assert (await ada.history())["messages"] == [message]
    assert (await ada.request("POST", f"{URL}/messages", {"id": id, "text": "hello"})).json == answer.json


@pytest.mark.gen_test
async def test_history_is_read_page_by_page(people: People) -> None:
    ada = await people.enter("ada")
    await post_messages(ada, *map(str, range(1, 8)))

    newest = await ada.history(limit=3)
    older = await ada.history(limit=3, before=newest["messages"][0]["position"])
    oldest = await ada.history(limit=3, before=older["messages"][0]["position"])

    pages = [[message["text"] for message in page["messages"]] for page in (newest, older, oldest)]
    assert pages == [["5", "6", "7"], ["2", "3", "4"], ["1"]]
    assert [page["more"] for page in (newest, older, oldest)] == [True, True, False]


@pytest.mark.gen_test
async def test_history_can_be_read_around_and_after_a_message(people: People) -> None:
    ada = await people.enter("ada")
    ids = await post_messages(ada, *map(str, range(1, 10)))

    def texts(page: Any) -> list[str]:
        return [message["text"] for message in page["messages"]]

    middle = await ada.history(around=ids[4], limit=4)
    below = await ada.history(after=middle["messages"][-1]["position"], limit=2)
    top, bottom = await ada.history(around=ids[0], limit=4), await ada.history(around=ids[8], limit=4)
    first, nothing = await ada.history(after=0, limit=2), await ada.history(after=99)

    assert (texts(middle), middle["more"], middle["newer"]) == (["4", "5", "6", "7"], True, True)
    assert (texts(below), below["more"], below["newer"]) == (["8", "9"], True, False)
    assert (texts(top), top["more"], top["newer"]) == (["1", "2", "3", "4"], False, True)
    assert (texts(bottom), bottom["more"], bottom["newer"]) == (["8", "9"], True, False)
    assert (texts(first), first["more"], first["newer"]) == (["1", "2"], False, True)
    assert nothing == {"messages": [], "more": True, "newer": False}


@pytest.mark.gen_test
async def test_history_around_a_message_of_another_conversation_is_refused(people: People) -> None:
    ada = await people.enter("ada")
    (id,) = await post_messages(ada, "x")

    for place in (f"%23music/messages?around={id}", f"%23ting/messages?around={AN_ID}", "%23ting/messages?around="):
        answer = await ada.get(f"/api/conversations/{place}")
        assert (answer.status, answer.code) == (404, "no_such_message")
    answer = await ada.get(f"{URL}/messages?before=1&around={id}")
    assert (answer.code, answer.json["error"]["field"]) == ("bad_request", "around")


@pytest.mark.gen_test
async def test_pages_of_changes_end_at_the_head(people: People) -> None:
    ada = await people.enter("ada")
    ids = await post_messages(ada, "1", "2", "3")
    await ada.request("PATCH", f"/api/messages/{ids[0]}", {"text": "edited"})

    first = await ada.changes(0, limit=2)
    second = await ada.changes(first["messages"][-1]["seq"], limit=2)

    assert [message["text"] for message in first["messages"] + second["messages"]] == ["2", "3", "edited"]
    assert first["head"] == second["head"] == 4
    assert (await ada.changes(4)) == {"messages": [], "head": 4, "epoch": first["epoch"]}
    assert (await ada.changes(2**53 - 1)) == {"messages": [], "head": 4, "epoch": first["epoch"]}


@pytest.mark.gen_test
async def test_each_conversation_has_its_own_history_regardless_of_case(people: People) -> None:
    ada = await people.enter("ada")
    await ada.request("POST", "/api/conversations/%23Music/messages", {"id": message_id(), "text": "la"})

    assert len((await ada.history("#music"))["messages"]) == len((await ada.history("#MUSIC"))["messages"]) == 1
    assert (await ada.history()) == {"messages": [], "more": False}


@pytest.mark.gen_test
async def test_users_can_edit_and_delete_their_own_messages(people: People) -> None:
    ada = await people.enter("ada")
    (id,) = await post_messages(ada, "first")

    edited = await ada.request("PATCH", f"/api/messages/{id}", {"text": "second"})
    current = (await ada.get(f"/api/messages/{id}")).json
    late = await ada.request("PATCH", f"/api/messages/{id}", {"text": "of the first", "seq": 1})
    deleted = await ada.request("DELETE", f"/api/messages/{id}")
    refused = await ada.request("PATCH", f"/api/messages/{id}", {"text": "third"})

    assert (edited.status, edited.json) == (200, {"id": id, "seq": 2, "position": 1})
    assert current["text"] == "second"
    assert (late.status, late.code) == (409, "edit_conflict")
    assert (deleted.status, deleted.json) == (200, {"id": id, "seq": 3, "position": 1})
    assert (await ada.get(f"/api/messages/{id}")).json["text"] == ""
    assert (refused.status, refused.code) == (409, "deleted")


@pytest.mark.gen_test
async def test_users_cannot_edit_or_delete_messages_of_others(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    (id,) = await post_messages(ada, "mine")

    for method, body in (("PATCH", {"text": "yours"}), ("DELETE", None)):
        answer = await bob.request(method, f"/api/messages/{id}", body)
        assert (answer.status, answer.code) == (403, "not_yours")
    assert (await ada.get(f"/api/messages/{id}")).json["text"] == "mine"


@pytest.mark.gen_test
@pytest.mark.parametrize("id", [AN_ID, "x", "%00", "%22", "*", "x" * 5000])
async def test_an_unknown_or_invalid_message_id_is_not_found(people: People, id: str) -> None:
    ada = await people.enter("ada")

    for method, body in (("GET", None), ("PATCH", {"text": "x"}), ("DELETE", None)):
        answer = await ada.request(method, f"/api/messages/{id}", body)
        assert (answer.status, answer.code) == (404, "no_such_message")


@pytest.mark.gen_test
async def test_a_message_id_of_another_user_or_conversation_is_refused(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    (id,) = await post_messages(ada, "mine")

    for person, url in ((bob, URL), (ada, "/api/conversations/%23music")):
        answer = await person.request("POST", f"{url}/messages", {"id": id, "text": "mine"})
        assert (answer.status, answer.code) == (409, "id_taken")


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"id": AN_ID, "text": ""}, "bad_text", "text"),
        ({"id": AN_ID, "text": "x" * 4001}, "bad_text", "text"),
        ({"id": AN_ID, "text": "\x00"}, "bad_text", "text"),
        ({"id": AN_ID, "text": None}, "bad_request", "text"),
        ({"id": AN_ID}, "bad_request", "text"),
        ({"text": "x"}, "bad_request", "id"),
        ({"id": "1", "text": "x"}, "bad_request", "id"),
        ({"id": AN_ID, "text": "/nothing"}, "unknown_command", "text"),
        ([], "bad_request", None),
        ("x", "bad_request", None),
        (b"{", "bad_request", None),
        (b"", "bad_request", None),
        (b'{"id": "\xff"}', "bad_request", None),
        (b'{"id": "\\ud800"}', "bad_request", "id"),
        (b"[" * 50_000, "bad_request", None),
    ],
    ids=repr,
)
async def test_a_bad_body_is_refused_with_its_field(people: People, body: Any, code: str, field: str | None) -> None:
    ada = await people.enter("ada")

    answer = await ada.request("POST", f"{URL}/messages", body)

    assert (answer.status, answer.code, answer.json["error"].get("field")) == (400, code, field)


@pytest.mark.gen_test
@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
async def test_a_body_that_is_not_declared_as_json_is_refused(people: People, type: str) -> None:
    ada = await people.enter("ada")

    answer = await ada.request("POST", f"{URL}/messages", {"id": message_id(), "text": "x"}, Content_Type=type)

    assert (answer.status, answer.code) == (415, "bad_content_type")


@pytest.mark.gen_test
async def test_a_body_over_the_limit_is_refused(people: People) -> None:
    ada = await people.enter("ada")

    answer = await ada.request("POST", f"{URL}/messages", {"id": message_id(), "text": "x" * 70_000})

    assert (answer.status, answer.code, answer.json["error"]["limit"]) == (413, "too_large", 64 * 1024)
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.gen_test
async def test_a_charset_parameter_in_the_content_type_is_accepted(people: People) -> None:
    ada = await people.enter("ada")
    body = {"id": message_id(), "text": "x"}

    answer = await ada.request("POST", f"{URL}/messages", body, Content_Type="application/json; charset=utf-8")

    assert answer.status == 201


@pytest.mark.gen_test
async def test_numbers_in_the_query_must_be_valid_and_within_bounds(people: People) -> None:
    ada = await people.enter("ada")
    bad = ["", "x", "-1", "1.5", "%2B1", "1e3", "%20", "%00", "٣", "²", "9007199254740992", "9" * 30, "0" * 5000 + "1"]

    for page, name, more in (
        ("messages", "before", ["0"]),
        ("messages", "after", []),
        ("messages", "limit", ["0", "201"]),
        ("changes", "after", []),
        ("changes", "limit", ["0", "1001"]),
    ):
        for value in bad + more:
            answer = await ada.get(f"{URL}/{page}?{name}={value}")
            assert (answer.status, answer.code) == (400, "bad_request"), (name, value)
            assert answer.json["error"]["field"] == name
    for good in ("messages?before=1&limit=200", "messages?before=9007199254740991", "changes?after=0&limit=1000"):
        assert (await ada.get(f"{URL}/{good}")).status == 200


@pytest.mark.gen_test
@pytest.mark.parametrize("id", ["ting", "%23api", "%23", "%23%20", "%2523ting", "%23..", "%23%00"])
async def test_an_invalid_conversation_is_refused(people: People, id: str) -> None:
    ada = await people.enter("ada")

    for answer in (
        await ada.get(f"/api/conversations/{id}/messages"),
        await ada.get(f"/api/conversations/{id}/changes"),
        await ada.request("POST", f"/api/conversations/{id}/messages", {"id": message_id(), "text": "x"}),
    ):
        assert (answer.status, answer.code, answer.json["error"]["field"]) == (400, "bad_conversation", "conversation")
