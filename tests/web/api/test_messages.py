"""Messages over REST: history, catching up, and changing them."""

from typing import Any

import pytest

from tests.client import AN_ID, People, Person, message_id

TING = "/api/conversations/%23ting"


async def said(person: Person, *texts: str) -> list[str]:
    """Messages sent over REST; their ids."""
    ids = []
    for text in texts:
        answer = await person.request("POST", f"{TING}/messages", {"id": message_id(), "text": text})
        assert answer.status == 201, answer.body
        ids.append(answer.json["id"])
    return ids


@pytest.mark.gen_test
async def test_what_is_posted_is_heard_and_found(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    bobs, id = await bob.connect(), message_id()

    answer = await ada.request("POST", f"{TING}/messages", {"id": id, "text": "hello"})

    assert (answer.status, answer.json) == (201, {"id": id, "seq": 1, "position": 1})
    heard = await bobs.event("message", id=id)
    assert (await ada.get(f"/api/messages/{id}")).json == heard
    assert (await ada.history())["messages"] == [heard]
    assert (await ada.request("POST", f"{TING}/messages", {"id": id, "text": "hello"})).json == answer.json


@pytest.mark.gen_test
async def test_history_is_read_page_by_page(people: People) -> None:
    ada = await people.enter("ada")
    await said(ada, *map(str, range(1, 8)))

    newest = await ada.history(limit=3)
    older = await ada.history(limit=3, before=newest["messages"][0]["position"])
    oldest = await ada.history(limit=3, before=older["messages"][0]["position"])

    pages = [[message["text"] for message in page["messages"]] for page in (newest, older, oldest)]
    assert pages == [["5", "6", "7"], ["2", "3", "4"], ["1"]]
    assert [page["more"] for page in (newest, older, oldest)] == [True, True, False]


@pytest.mark.gen_test
async def test_history_is_read_around_a_message_and_downwards(people: People) -> None:
    ada = await people.enter("ada")
    ids = await said(ada, *map(str, range(1, 10)))

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
async def test_a_place_that_is_not_in_a_conversation_has_no_surroundings(people: People) -> None:
    ada = await people.enter("ada")
    (id,) = await said(ada, "x")

    for place in (f"%23music/messages?around={id}", f"%23ting/messages?around={AN_ID}", "%23ting/messages?around="):
        answer = await ada.get(f"/api/conversations/{place}")
        assert (answer.status, answer.code) == (404, "no_such_message")
    answer = await ada.get(f"{TING}/messages?before=1&around={id}")
    assert (answer.code, answer.json["error"]["field"]) == ("bad_request", "around")


@pytest.mark.gen_test
async def test_changes_lead_to_the_head(people: People) -> None:
    ada = await people.enter("ada")
    ids = await said(ada, "1", "2", "3")
    await ada.request("PATCH", f"/api/messages/{ids[0]}", {"text": "edited"})

    first = await ada.changes(0, limit=2)
    second = await ada.changes(first["messages"][-1]["seq"], limit=2)

    assert [message["text"] for message in first["messages"] + second["messages"]] == ["2", "3", "edited"]
    assert first["head"] == second["head"] == 4
    assert (await ada.changes(4)) == {"messages": [], "head": 4}
    assert (await ada.changes(2**53 - 1)) == {"messages": [], "head": 4}


@pytest.mark.gen_test
async def test_conversations_have_their_own_history_whatever_the_case(people: People) -> None:
    ada = await people.enter("ada")
    await ada.request("POST", "/api/conversations/%23Music/messages", {"id": message_id(), "text": "la"})

    assert len((await ada.history("#music"))["messages"]) == len((await ada.history("#MUSIC"))["messages"]) == 1
    assert (await ada.history()) == {"messages": [], "more": False}


@pytest.mark.gen_test
async def test_own_messages_can_be_changed_and_deleted(people: People) -> None:
    ada = await people.enter("ada")
    (id,) = await said(ada, "first")

    edited = await ada.request("PATCH", f"/api/messages/{id}", {"text": "second"})
    now = (await ada.get(f"/api/messages/{id}")).json
    late = await ada.request("PATCH", f"/api/messages/{id}", {"text": "of the first", "seq": 1})
    deleted = await ada.request("DELETE", f"/api/messages/{id}")
    refused = await ada.request("PATCH", f"/api/messages/{id}", {"text": "third"})

    assert (edited.status, edited.json) == (200, {"id": id, "seq": 2, "position": 1})
    assert now["text"] == "second"
    assert (late.status, late.code) == (409, "edit_conflict")
    assert (deleted.status, deleted.json) == (200, {"id": id, "seq": 3, "position": 1})
    assert (await ada.get(f"/api/messages/{id}")).json["text"] == ""
    assert (refused.status, refused.code) == (409, "deleted")


@pytest.mark.gen_test
async def test_messages_of_others_cannot_be_changed(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    (id,) = await said(ada, "mine")

    for method, body in (("PATCH", {"text": "yours"}), ("DELETE", None)):
        answer = await bob.request(method, f"/api/messages/{id}", body)
        assert (answer.status, answer.code) == (403, "not_yours")
    assert (await ada.get(f"/api/messages/{id}")).json["text"] == "mine"


@pytest.mark.gen_test
@pytest.mark.parametrize("id", [AN_ID, "x", "%00", "%22", "*", "x" * 5000])
async def test_a_message_that_is_none_is_not_found(people: People, id: str) -> None:
    ada = await people.enter("ada")

    for method, body in (("GET", None), ("PATCH", {"text": "x"}), ("DELETE", None)):
        answer = await ada.request(method, f"/api/messages/{id}", body)
        assert (answer.status, answer.code) == (404, "no_such_message")


@pytest.mark.gen_test
async def test_an_id_of_somebody_else_is_taken(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    (id,) = await said(ada, "mine")

    for person, url in ((bob, TING), (ada, "/api/conversations/%23music")):
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
        (b'{"id": "\\ud800"}', "bad_request", None),
        (b"[" * 50_000, "bad_request", None),
    ],
    ids=repr,
)
async def test_a_bad_body_is_refused_with_its_field(people: People, body: Any, code: str, field: str | None) -> None:
    ada = await people.enter("ada")

    answer = await ada.request("POST", f"{TING}/messages", body)

    assert (answer.status, answer.code, answer.json["error"].get("field")) == (400, code, field)


@pytest.mark.gen_test
@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
async def test_a_body_that_is_not_declared_as_json_is_refused(people: People, type: str) -> None:
    ada = await people.enter("ada")

    answer = await ada.request("POST", f"{TING}/messages", {"id": message_id(), "text": "x"}, Content_Type=type)

    assert (answer.status, answer.code) == (415, "bad_content_type")


@pytest.mark.gen_test
async def test_a_body_over_the_limit_is_refused_as_such(people: People) -> None:
    ada = await people.enter("ada")

    answer = await ada.request("POST", f"{TING}/messages", {"id": message_id(), "text": "x" * 70_000})

    assert (answer.status, answer.code) == (413, "too_large")
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.gen_test
async def test_a_charset_beside_the_content_type_does_no_harm(people: People) -> None:
    ada = await people.enter("ada")
    body = {"id": message_id(), "text": "x"}

    answer = await ada.request("POST", f"{TING}/messages", body, Content_Type="application/json; charset=utf-8")

    assert answer.status == 201


@pytest.mark.gen_test
async def test_a_number_in_the_query_must_be_one_and_within_its_bounds(people: People) -> None:
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
            answer = await ada.get(f"{TING}/{page}?{name}={value}")
            assert (answer.status, answer.code) == (400, "bad_request"), (name, value)
            assert answer.json["error"]["field"] == name
    for good in ("messages?before=1&limit=200", "messages?before=9007199254740991", "changes?after=0&limit=1000"):
        assert (await ada.get(f"{TING}/{good}")).status == 200


@pytest.mark.gen_test
@pytest.mark.parametrize("id", ["ting", "%23api", "%23", "%23%20", "%2523ting", "%23..", "%23%00"])
async def test_a_conversation_that_cannot_be_is_refused(people: People, id: str) -> None:
    ada = await people.enter("ada")

    for answer in (
        await ada.get(f"/api/conversations/{id}/messages"),
        await ada.get(f"/api/conversations/{id}/changes"),
        await ada.request("POST", f"/api/conversations/{id}/messages", {"id": message_id(), "text": "x"}),
    ):
        assert (answer.status, answer.code, answer.json["error"]["field"]) == (400, "bad_conversation", "conversation")
