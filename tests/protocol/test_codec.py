"""Decoding and encoding of frames, with valid and arbitrary input."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.client import AN_ID, message_id
from ting.core.errors import BadFrame, BadRequest, UnknownType
from ting.core.models import MESSAGE_ID_PATTERN, Draft, Entry, File, Me, Message, Notifications, Person, Profile, Quote
from ting.core.models.ids import MAX_TIME
from ting.protocol import (
    REQUEST_TYPES,
    Ack,
    Activity,
    AnyEvent,
    AnyRequest,
    ClientLimits,
    CommandArgument,
    CommandsChange,
    CommandUsage,
    ConversationChange,
    Delete,
    DraftChange,
    DraftUpdate,
    Edit,
    EntryChange,
    Error,
    InvalidFrame,
    Join,
    Joined,
    Leave,
    MeChange,
    Notice,
    OnlineChange,
    PersonChange,
    Ping,
    PresenceChange,
    React,
    Read,
    ReadChange,
    Removed,
    Request,
    Send,
    Unlisted,
    Visit,
    Welcome,
    decode,
    decode_body,
    encode,
)

REFS = st.integers(0, 2**53 - 1)
TEXTS = st.text(max_size=50)
IDS = st.from_regex(MESSAGE_ID_PATTERN)
NUMBERS = st.integers(0, MAX_TIME)  # times have the lowest maximum
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
REQUESTS = st.one_of(
    st.builds(Join, ref=REFS, conversation=TEXTS, after=st.none() | REFS, epoch=st.none() | TEXTS),
    st.builds(Leave, ref=REFS, conversation=TEXTS),
    st.builds(DraftUpdate, conversation=TEXTS, id=IDS, text=TEXTS),
    st.builds(Send, ref=REFS, conversation=TEXTS, id=IDS, text=TEXTS, reply_to=st.none() | IDS, file=st.none() | TEXTS),
    st.builds(Edit, ref=REFS, id=IDS, text=TEXTS, seq=st.none() | REFS),
    st.builds(Delete, ref=REFS, id=IDS),
    st.builds(React, ref=REFS, id=IDS, emoji=TEXTS, on=st.booleans()),
    st.builds(Read, ref=REFS, conversation=TEXTS, seq=REFS),
    st.builds(Visit, ref=REFS, conversation=TEXTS),
    st.builds(Ping, ref=REFS),
)
PERSONS = st.builds(Person, TEXTS, TEXTS)
OPTIONAL_NUMBERS = st.none() | NUMBERS
VIEWS = st.sampled_from(["letters", "indicator", "nothing"])
MES = st.builds(
    Me,
    id=TEXTS,
    name=TEXTS,
    avatar=TEXTS,
    created=NUMBERS,
    share_typing=st.none() | VIEWS,
    see_typing=VIEWS,
    profile=st.builds(Profile, email=st.none() | TEXTS),
    shown=st.lists(st.sampled_from(["age", "last_seen"]), max_size=2).map(tuple),
    notifications=st.builds(Notifications, quiet_from=st.none() | st.just("22:00"), quiet_to=st.none()),
    role=st.sampled_from(["member", "moderator", "admin"]),
    muted_until=OPTIONAL_NUMBERS,
    mute_reason=TEXTS,
    ignored=st.lists(TEXTS, max_size=2).map(tuple),
)
DRAFTS = st.builds(Draft, IDS, PERSONS, NUMBERS, st.none() | TEXTS)
MESSAGES = st.builds(
    Message,
    id=IDS,
    conversation=TEXTS,
    seq=NUMBERS,
    first=NUMBERS,
    position=NUMBERS,
    author=PERSONS,
    kind=st.sampled_from(["text", "action"]),
    text=TEXTS,
    started=NUMBERS,
    sent=NUMBERS,
    edited=OPTIONAL_NUMBERS,
    edited_from=OPTIONAL_NUMBERS,
    deleted=OPTIONAL_NUMBERS,
    reply_to=st.none() | st.builds(Quote, IDS, PERSONS, TEXTS, st.booleans()),
    file=st.none() | st.builds(File, id=TEXTS, name=TEXTS, type=TEXTS, size=NUMBERS, width=OPTIONAL_NUMBERS),
    reactions=st.dictionaries(TEXTS, st.lists(TEXTS, max_size=2), max_size=2),
    mentions=st.lists(TEXTS, max_size=2),
    via=st.none() | TEXTS,
)
ENTRIES = st.builds(
    Entry,
    conversation=TEXTS,
    with_=st.none() | PERSONS,
    head=NUMBERS,
    read=NUMBERS,
    active=NUMBERS,
    notify=st.sampled_from(["all", "nothing"]),
)
ARGUMENTS = st.builds(CommandArgument, name=TEXTS, kind=st.sampled_from(["text", "rest"]), required=st.booleans())
USAGES = st.lists(st.builds(CommandUsage, TEXTS, TEXTS, TEXTS, TEXTS, st.lists(ARGUMENTS, max_size=2)), max_size=2)
EVENTS = st.one_of(
    st.builds(CommandsChange, commands=USAGES),
    st.builds(
        Welcome,
        me=MES,
        version=TEXTS,
        limits=st.builds(ClientLimits, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.tuples(st.text())),
        commands=USAGES,
    ),
    st.builds(
        Joined,
        ref=REFS,
        conversation=TEXTS,
        topic=TEXTS,
        head=NUMBERS,
        read=NUMBERS,
        people=st.lists(PERSONS, max_size=2),
        drafts=st.lists(DRAFTS, max_size=2),
        mine=st.none() | DRAFTS,
    ),
    st.builds(
        DraftChange,
        conversation=TEXTS,
        drafts=st.lists(DRAFTS, max_size=2),
        mine=st.booleans(),
        all=st.booleans(),
    ),
    st.builds(MeChange, me=MES),
    st.builds(Ack, ref=REFS, id=st.none() | TEXTS, seq=OPTIONAL_NUMBERS, position=OPTIONAL_NUMBERS),
    st.builds(Error, ref=st.none() | REFS, code=TEXTS, message=TEXTS, field=st.none() | TEXTS),
    MESSAGES,
    st.builds(PersonChange, person=PERSONS),
    st.builds(PresenceChange, conversation=TEXTS, came=st.lists(PERSONS, max_size=2), went=st.lists(TEXTS, max_size=2)),
    st.builds(ConversationChange, conversation=TEXTS, topic=TEXTS),
    st.builds(
        Removed,
        how=st.sampled_from(["kicked", "banned"]),
        reason=TEXTS,
        conversation=st.none() | TEXTS,
        until=OPTIONAL_NUMBERS,
    ),
    st.builds(ReadChange, conversation=TEXTS, seq=NUMBERS, head=NUMBERS, unread=NUMBERS, mentions=NUMBERS),
    st.builds(EntryChange, entry=ENTRIES),
    st.builds(Unlisted, conversation=TEXTS),
    st.builds(OnlineChange, user=TEXTS, online=st.booleans()),
    st.builds(Activity, conversation=TEXTS, head=NUMBERS, messages=st.lists(MESSAGES, max_size=2)),
    st.builds(Notice, conversation=TEXTS, text=TEXTS, ref=st.none() | REFS),
)
# Frames with the right fields but arbitrary values, complete or truncated.
ALMOST = st.fixed_dictionaries(
    {"type": st.sampled_from(REQUEST_TYPES) | JSON},
    optional=dict.fromkeys(
        ("ref", "conversation", "id", "text", "seq", "reply_to", "file", "emoji", "on", "more"), JSON
    ),
).map(json.dumps)
TRUNCATED = st.builds(lambda text, part: text[: int(len(text) * part)], ALMOST, st.floats(0, 1))


@given(st.text() | JSON.map(json.dumps) | ALMOST | TRUNCATED)
@example('{"type": 5, and then')
@example('{"type": "join", "ref": "x",')
@example('{"type": "join", "ref": 1' + "0" * 5000 + "}")
@example("[" * 60_000)
@example('{"type": "ping", "ref": 1, "x": ' + "[" * 60_000)
@example('{"type": 5, "x": ' + "[" * 5000 + "]" * 5000 + "}")
@example('{"ref": true, "text": "\\ud800"}')
def test_any_frame_is_decoded_or_refused_with_its_ref(frame: str) -> None:
    try:
        assert isinstance(decode(frame), Request | DraftUpdate)
    except InvalidFrame as refusal:
        answer = json.loads(encode(Error.of(refusal.refused, refusal.ref)))
        assert answer["type"] == "error"
        sent = json.loads(frame)
        ref = sent.get("ref")
        if type(ref) is int:
            assert answer["ref"] == ref
        else:
            assert "ref" not in answer
    except BadFrame:
        pass


@given(REQUESTS)
def test_a_request_is_decoded_as_it_was_encoded(sent: AnyRequest) -> None:
    assert decode(encode(sent).decode()) == sent


def test_the_strategies_build_every_frame() -> None:
    built = repr((REQUESTS, EVENTS))

    structs = (*AnyRequest.__args__, *AnyEvent.__args__)
    assert [struct.__name__ for struct in structs if f"{struct.__name__}," not in built] == []


@given(EVENTS)
def test_an_event_is_encoded_as_one_json_object_that_starts_with_its_type(event: AnyEvent) -> None:
    encoded = encode(event)

    assert encoded.startswith(b'{"type":"')
    assert msgspec.json.decode(encoded, type=AnyEvent) == event
    assert None not in json.loads(encoded).values()


@pytest.mark.parametrize("frame", ["", "x", "[]", '"join"', "1", "null", "true", "{", '{"type":"join"', "{}{}", "NaN"])
def test_a_frame_that_is_not_a_json_object_is_bad(frame: str) -> None:
    with pytest.raises(BadFrame):
        decode(frame)


@pytest.mark.parametrize("type", ["", "Join", "joined", "message", None, 1, [], {}])
def test_the_refusal_of_an_unknown_type_lists_the_known_ones(type: Any) -> None:
    with pytest.raises(InvalidFrame, match=", ".join(REQUEST_TYPES)) as refusal:
        decode(json.dumps({"type": type, "ref": 7}))

    assert isinstance(refusal.value.refused, UnknownType)
    assert refusal.value.ref == 7


ID = message_id()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"type": "join", "ref": 1}, "conversation"),
        ({"type": "join", "ref": 1, "conversation": 5}, "conversation"),
        ({"type": "join", "ref": 1, "conversation": "#" * 101}, "conversation"),
        ({"type": "join", "conversation": "#ting"}, "ref"),
        ({"type": "join", "ref": -1, "conversation": "#ting"}, "ref"),
        ({"type": "join", "ref": 2**53, "conversation": "#ting"}, "ref"),
        ({"type": "join", "ref": "1", "conversation": "#ting"}, "ref"),
        ({"type": "join", "ref": True, "conversation": "#ting"}, "ref"),
        ({"type": "send", "ref": 1, "conversation": "#ting", "id": ID}, "text"),
        ({"type": "send", "ref": 1, "conversation": "#ting", "id": ID, "text": None}, "text"),
        ({"type": "send", "ref": 1, "conversation": "#ting", "id": ID, "text": "x" * 20_001}, "text"),
        ({"type": "send", "ref": 1, "conversation": "#ting", "id": ID.upper(), "text": "x"}, "id"),
        ({"type": "send", "ref": 1, "conversation": "#ting", "id": ID + "0", "text": "x"}, "id"),
        ({"type": "send", "ref": 1, "conversation": "#ting", "id": ID + "\n", "text": "x"}, "id"),
        ({"type": "delete", "ref": 1, "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}, "id"),
        ({"type": "edit", "ref": 1, "id": 5, "text": "x"}, "id"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidFrame) as refusal:
        decode(json.dumps(fields))

    assert isinstance(refusal.value.refused, BadRequest)
    assert refusal.value.refused.field == field


def test_unknown_fields_are_ignored() -> None:
    assert decode('{"type": "ping", "ref": 1, "mood": "fine"}') == Ping(ref=1)


def test_an_unpaired_surrogate_is_refused_without_closing() -> None:
    with pytest.raises(InvalidFrame) as refusal:
        decode('{"type": "join", "ref": 3, "conversation": "\\ud83d"}')

    assert refusal.value.ref == 3
    assert refusal.value.refused.field == "conversation"


def test_an_unpaired_surrogate_in_a_draft_which_has_no_ref_is_refused_without_closing() -> None:
    with pytest.raises(InvalidFrame, match="half of a character") as refusal:
        decode(f'{{"type": "draft", "conversation": "#ting", "id": "{ID}", "text": "a\\ud83d"}}')

    assert (refusal.value.ref, refusal.value.refused.field) == (None, "text")


@pytest.mark.parametrize("frame", ['{"type": "ping", "ref": NaN}', '["\\ud83d"]', '"\\ud83d"', '{"ref": 3, "a": NaN}'])
def test_what_is_no_json_object_closes_the_connection(frame: str) -> None:
    with pytest.raises(BadFrame):
        decode(frame)


class Body(msgspec.Struct):
    name: str


def test_an_unpaired_surrogate_in_a_body_is_named() -> None:
    with pytest.raises(BadRequest, match="half of a character") as refused:
        decode_body(b'{"name": "\\ud800"}', Body)

    assert refused.value.field == "name"


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
@example(b"[" * 60_000)
@example(b'{"name": "\\ud800"}')
@example(b'{"name": "\xff"}')
@example(b'{"name": 5, and then')
def test_any_body_is_decoded_or_refused(body: bytes) -> None:
    try:
        assert isinstance(decode_body(body, Body).name, str)
    except BadRequest as refused:
        assert "\n" not in refused.message
        encode(refused.message)


@pytest.mark.parametrize(
    "value", ["x", "01980000-0000-4000-8000-000000000001", "01980000-0000-7000-8000-00000000000A", ""]
)
@pytest.mark.parametrize("field", ["id", "reply_to"])
def test_a_wrong_id_is_explained_without_a_regular_expression(field: str, value: str) -> None:
    send = {"type": "send", "ref": 1, "conversation": "#ting", "id": AN_ID, "text": "hello", field: value}

    with pytest.raises(InvalidFrame) as in_frame:
        decode(json.dumps(send))
    with pytest.raises(BadRequest) as in_body:
        decode_body(json.dumps(send).encode(), Send)

    for refused in (in_frame.value.refused, in_body.value):
        assert refused.message == f"Expected a UUIDv7 in lowercase - at `$.{field}`."
        assert refused.field == field


def test_no_form_of_a_text_is_explained_by_a_regular_expression() -> None:
    with pytest.raises(BadRequest) as refused:
        decode_body(b'{"quiet_from": "25:00"}', Notifications)

    assert "Expected a time of day like 08:30" in refused.value.message
