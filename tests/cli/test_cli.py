"""Commands for operators while a server is running: it applies the changes immediately."""

import io
from collections.abc import Awaitable, Callable

import pytest

from tests.client import People, Person
from tests.web.roles import first_token
from ting.__main__ import _parser
from ting.accounts import deletion
from ting.cli.context import open_context
from ting.core.errors import BadPassword, StartupError, UnknownName
from ting.core.settings import Settings
from ting.server import Server

PASSWORD = "correct horse"

Ting = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(deletion, "CHECK_EVERY_S", 0.2)
    return settings


@pytest.fixture
def ting(server: Server, capsys: pytest.CaptureFixture[str]) -> Ting:
    """Run a command on the server's database, and return the lines it printed."""

    async def run(*arguments: str) -> list[str]:
        options = _parser().parse_args(arguments)
        async with open_context(server.settings) as context:
            await options.command(context, options)
        return capsys.readouterr().out.splitlines()

    return run


async def enter_with_password(people: People, name: str) -> Person:
    """Register a user with a password."""
    return await people.enter(name, password=PASSWORD, create=True)


@pytest.mark.gen_test(timeout=30)
async def test_a_role_set_by_an_operator_applies_immediately(people: People, ting: Ting) -> None:
    bob = await people.enter("bob")
    socket = await bob.connect()

    output = await ting("user", "role", "BOB", "admin")

    assert output == ["bob is now an admin."]
    assert (await socket.event("me"))["me"]["role"] == "admin"
    assert (await bob.get("/api/audit")).json["acts"][0]["by"] == {"id": "", "name": "ting"}
    await ting("user", "role", "bob", "member")
    assert (await socket.event("me"))["me"]["role"] == "member"
    assert (await bob.get("/api/audit")).status == 403
    log = await ting("audit")
    assert [line.split("  ")[1:] for line in log] == [
        ["(command line)", "role", "bob", "to admin"],
        ["(command line)", "role", "bob", "to member"],
    ]


@pytest.mark.gen_test(timeout=30)
async def test_sign_out_ends_sessions_and_websockets_immediately(people: People, ting: Ting) -> None:
    bob, eve = await enter_with_password(people, "bob"), await people.enter("eve")
    socket, other = await bob.connect(), await eve.connect()

    assert await ting("user", "sign-out", "bob") == ["bob was signed out of 1 session."]

    assert await socket.closed() == (4002, "session_ended")
    assert (await bob.get("/api/me")).status == 401
    assert (await other.send("Still here."))["type"] == "ack"


@pytest.mark.gen_test(timeout=30)
async def test_sign_out_says_what_has_ended_and_revokes_tokens_only_if_asked(
    people: People, server: Server, ting: Ting, capsys: pytest.CaptureFixture[str]
) -> None:
    bob = await enter_with_password(people, "bob")
    (secret,) = await ting("token", "create", "bob", "bot")
    bot, bearer = people.stranger(), f"Bearer {secret}"

    async with open_context(server.settings) as context:
        options = _parser().parse_args(("user", "sign-out", "bob"))
        await options.command(context, options)
    said = capsys.readouterr()
    assert said.out == "bob was signed out of 1 session.\n"
    assert (await bob.get("/api/me")).status == 401
    assert (await bot.get("/api/me", Authorization=bearer)).status == 200
    assert said.err == "Still valid: 1 token of programs. --tokens revokes them too.\n"

    expected = ["bob was signed out of 0 sessions, and 1 token revoked."]
    assert await ting("user", "sign-out", "bob", "--tokens") == expected
    assert (await bot.get("/api/me", Authorization=bearer)).status == 401


@pytest.mark.gen_test(timeout=30)
async def test_a_new_password_is_printed_once_and_ends_all_sessions(
    people: People, ting: Ting, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await enter_with_password(people, "bob")
    socket = await bob.connect()

    (output,) = await ting("user", "reset-password", "bob")

    new = output.removeprefix("bob now has a new password: ")
    assert len(new) >= 16
    assert await socket.closed() == (4002, "session_ended")
    for password, status in ((PASSWORD, 403), (new, 201)):
        entry = {"name": "bob", "password": password}
        assert (await people.stranger().request("POST", "/api/session", entry)).status == status
    monkeypatch.setattr("sys.stdin", io.StringIO("battery staple\n"))
    assert await ting("user", "reset-password", "bob", "--stdin") == ["bob now has a new password."]
    entry = {"name": "bob", "password": "battery staple"}
    assert (await people.stranger().request("POST", "/api/session", entry)).status == 201
    for bad in ("short\n", "\n", ""):
        monkeypatch.setattr("sys.stdin", io.StringIO(bad))
        with pytest.raises(BadPassword):
            await ting("user", "reset-password", "bob", "--stdin")


@pytest.mark.gen_test(timeout=30)
async def test_users_are_listed_and_shown_without_confidential_fields(
    people: People, ting: Ting, server: Server
) -> None:
    ann = await people.enter("ann", invitation=first_token(server))
    bob = await enter_with_password(people, "bob")
    await bob.request("PATCH", "/api/me", {"email": "bob@example.org", "birth_date": "1990-01-31"})
    await ann.request("POST", "/api/users/bob/mute", {"minutes": 5, "reason": "loud"})
    await ann.request("POST", "/api/users/bob/ban", {"reason": "spam"})

    listed, admins = await ting("user", "list"), await ting("user", "list", "--role", "admin")
    shown = await ting("user", "show", "bob")

    assert [line.split()[:2] for line in listed] == [["ann", "admin"], ["bob", "member"]]
    assert [line.endswith("no password") for line in listed] == [True, False]
    assert admins == listed[:1]
    facts = {label: value.strip() for label, _, value in (line.partition(":") for line in shown)}
    assert (facts["name"], facts["role"], facts["password"]) == ("bob", "member", "yes")
    assert facts["muted"].endswith("(loud)")
    assert facts["banned"] == "permanently (spam)"
    assert facts["session"].startswith("127.0.0.1, ")
    assert "example.org" not in str(shown)
    assert "1990" not in str(shown)
    with pytest.raises(UnknownName, match="There is no user with the name eve"):
        await ting("user", "show", "eve")


@pytest.mark.gen_test(timeout=30)
async def test_an_invitation_is_a_link_to_the_server(people: People, ting: Ting, server: Server) -> None:
    (link,) = await ting("invite", "--uses", "2", "--days", "0.5", "--role", "moderator")

    address, _, token = link.partition("#invitation=")
    assert address == server.url
    assert (await people.enter("bob", invitation=token)).id
    answer = await people.stranger().request("POST", "/api/registration", {"invitation": token})
    assert answer.json["invitation"] == {"role": "moderator", "admits": True}


@pytest.mark.gen_test(timeout=30)
async def test_a_deleted_account_ends_immediately_and_its_messages_on_request(
    people: People, ting: Ting, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, eve = await people.enter("bob"), await people.enter("eve")
    bobs, eves = await bob.connect(), await eve.connect()
    await bobs.send("Mine.")
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    with pytest.raises(StartupError, match="Nothing was deleted"):
        await ting("user", "delete", "bob")

    output = await ting("user", "delete", "bob", "--messages", "remove", "--yes")

    assert output == ["Deleted bob. The name is free again."]
    assert await bobs.closed() == (4002, "session_ended")
    assert (await eves.event("person"))["person"] == {"id": bob.id, "name": "", "former": True}
    assert (await bob.get("/api/me")).status == 401
    assert (await people.enter("bob")).id != bob.id
    assert (await eves.next(lambda frame: "deleted" in frame))["text"] == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("user",),
        ("user", "fly", "bob"),
        ("user", "role", "bob", "king"),
        ("user", "show"),
        ("invite", "--uses", "0"),
        ("invite", "--uses", "²"),
        ("invite", "--days", "nan"),
        ("invite", "--days", "soon"),
        ("audit", "--limit", "-1"),
    ],
    ids=str,
)
def test_wrong_arguments_print_the_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        _parser().parse_args(arguments)

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: ")


@pytest.mark.gen_test
async def test_a_token_is_created_listed_and_revoked(people: People, ting: Ting) -> None:
    bob, bot = await people.enter("bob"), people.stranger()

    (secret,) = await ting("token", "create", "BOB", "backup bot", "--days", "7")

    bearer = f"Bearer {secret}"
    assert (await bot.get("/api/me", Authorization=bearer)).json["id"] == bob.id
    socket = await bot.connect(Authorization=bearer)
    (line,) = await ting("token", "list", "bob")
    id, name, *_ = line.split("  ")
    assert name == "backup bot"
    assert await ting("token", "revoke", "bob", id) == [f"Revoked token {id} of bob."]
    assert await socket.closed() == (4002, "session_ended")
    assert (await bot.get("/api/me", Authorization=bearer)).status == 401
    assert [line.split("  ")[2] for line in await ting("audit")] == ["token-create", "token-revoke"]
