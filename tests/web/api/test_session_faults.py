"""Registration while the database fails: a stored user is signed in, and a stored role applies."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from tests.client import People
from tests.web.roles import enter_as_admin, first_token
from ting.core.errors import Busy
from ting.server import Server
from ting.store.moderation import AuditStore, BanStore
from ting.store.users import UserStore


async def fail(*_: object, **__: object) -> Any:
    raise Busy


@pytest.mark.gen_test
async def test_the_first_admin_is_registered_even_if_the_audit_log_fails(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "ting")
    monkeypatch.setattr(AuditStore, "append", fail)

    ann = await enter_as_admin(people, server)

    assert (await ann.get("/api/me")).json["role"] == "admin"
    assert f"{ann.id} became admin" in caplog.text


@pytest.mark.gen_test
@pytest.mark.parametrize("applied", [True, False], ids=["applied", "not applied"])
async def test_registration_succeeds_after_a_lost_answer_of_the_database(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, applied: bool
) -> None:
    insert, answers = UserStore._insert, iter([False])

    async def lossy(store: UserStore, document: Mapping[str, Any]) -> None:
        is_answered = next(answers, True)
        if is_answered or applied:
            await insert(store, dict(document))
        if not is_answered:
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
async def test_the_role_of_an_invitation_applies_even_if_later_steps_fail(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch, failing: type
) -> None:
    ann, bob = await enter_as_admin(people, server), await people.enter("bob")
    made = await ann.request("POST", "/api/invitations", {"role": "moderator"})
    monkeypatch.setattr(failing, "append" if failing is AuditStore else "get", fail)

    taken = await bob.request("PUT", "/api/me/invitation", {"invitation": made.json["token"]})

    assert (taken.status, taken.json["role"]) == (200, "moderator")
    assert (await bob.get("/api/invitations")).status == 200
