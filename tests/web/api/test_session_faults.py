"""Coming in while the database fails: who is stored is in, and a role that is stored holds."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from tests.client import People
from tests.web.roles import admin, first_token
from ting.core.errors import Busy
from ting.server import Server
from ting.store.moderation import AuditStore, BanStore
from ting.store.users import UserStore


async def gone(*_: object, **__: object) -> Any:
    raise Busy


@pytest.mark.gen_test
async def test_the_first_admin_is_in_even_if_that_cannot_be_put_on_record(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "ting")
    monkeypatch.setattr(AuditStore, "append", gone)

    ann = await admin(people, server)

    assert (await ann.get("/api/me")).json["role"] == "admin"
    assert f"{ann.id} became admin" in caplog.text


@pytest.mark.gen_test
@pytest.mark.parametrize("applied", [True, False], ids=["applied", "not applied"])
async def test_a_lost_answer_keeps_nobody_out_of_their_name(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, applied: bool
) -> None:
    insert, answers = UserStore._insert, iter([False])

    async def lossy(store: UserStore, document: Mapping[str, Any]) -> None:
        answered = next(answers, True)
        if answered or applied:
            await insert(store, dict(document))
        if not answered:
            raise Busy

    monkeypatch.setattr(UserStore, "_insert", lossy)
    entry = {"name": "ann", "invitation": first_token(server)}
    first = await people.stranger().request("POST", "/api/session", entry)
    if not applied:
        assert (first.status, first.code) == (503, "busy")
        first = await people.stranger().request("POST", "/api/session", entry)

    assert (first.status, first.json["role"]) == (201, "admin")


@pytest.mark.gen_test
@pytest.mark.parametrize("failing", [AuditStore, BanStore], ids=["audit", "bans"])
async def test_the_role_of_an_invitation_holds_whatever_fails_after_it_is_stored(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, failing: type
) -> None:
    ann, bob = await admin(people, server), await people.enter("bob")
    made = await ann.request("POST", "/api/invitations", {"role": "moderator"})
    monkeypatch.setattr(failing, "append" if failing is AuditStore else "get", gone)

    taken = await bob.request("PUT", "/api/me/invitation", {"invitation": made.json["token"]})

    assert (taken.status, taken.json["role"]) == (200, "moderator")
    assert (await bob.get("/api/invitations")).status == 200
