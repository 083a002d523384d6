"""Roles, mutes, kicks and bans, with a clock that the tests move."""

import pytest
from msgspec import structs

from ting.core.errors import Banned, Kicked, Muted
from ting.core.models import Ban, Role, User
from ting.core.names import name_keys
from ting.moderation.restrictions import Restrictions

ADDRESS = "192.0.2.1"


class Clock:
    """Returns the time that the test sets, in milliseconds."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def restrictions(clock: Clock) -> Restrictions:
    return Restrictions(clock)


def user(name: str, role: Role = "member", muted_until: int | None = None) -> User:
    return User(id=name, name=name, created=1, used=1, role=role, muted_until=muted_until)


def ban(name: str, until: int | None = None, networks: tuple[str, ...] = (), networks_until: int = 2_000_000) -> Ban:
    return Ban(
        user=name,
        name=name,
        keys=tuple(name_keys(name)),
        at=1,
        until=until,
        by="ada",
        networks=networks,
        networks_until=networks_until if networks else None,
    )


def test_a_mute_expires(restrictions: Restrictions, clock: Clock) -> None:
    restrictions.set("bob", user("bob", muted_until=clock.now + 1500), None)

    with pytest.raises(Muted) as refusal:
        restrictions.check_write("bob", "#ting")
    clock.now += 1500

    assert refusal.value.retry_after == 1.5
    restrictions.check_write("bob", "#ting")


def test_a_kick_removes_from_one_conversation_for_a_minute(restrictions: Restrictions, clock: Clock) -> None:
    restrictions.kick("#ting", "bob")

    for check in (restrictions.check_write, restrictions.check_join):
        check("bob", "#music")
        check("eve", "#ting")
    clock.now += 59_999
    for check in (restrictions.check_write, restrictions.check_join):
        with pytest.raises(Kicked):
            check("bob", "#ting")
    clock.now += 1
    restrictions.check_write("bob", "#ting")
    restrictions.check_join("bob", "#ting")


def test_a_ban_ends_when_it_expires_or_is_removed(restrictions: Restrictions, clock: Clock) -> None:
    restrictions.set("bob", user("bob"), ban("bob", until=clock.now + 10))
    restrictions.set("eve", user("eve"), ban("eve"))

    for name in ("bob", "eve"):
        with pytest.raises(Banned):
            restrictions.check_user(name, ADDRESS)
        with pytest.raises(Banned):
            restrictions.check_name(name_keys(name.upper()), ADDRESS)
    clock.now += 10
    restrictions.check_user("bob", ADDRESS)
    restrictions.check_name(name_keys("bob"), ADDRESS)
    assert [active.name for active in restrictions.bans()] == ["eve"]
    restrictions.set("eve", user("eve"), None)
    restrictions.check_user("eve", ADDRESS)
    restrictions.check_name(name_keys("eve"), ADDRESS)


def test_the_ban_of_an_address_can_end_before_the_ban_of_the_name(restrictions: Restrictions, clock: Clock) -> None:
    restrictions.set("bob", user("bob"), ban("bob", networks=(ADDRESS,), networks_until=clock.now + 10))

    with pytest.raises(Banned):
        restrictions.check_user("neighbour", ADDRESS)
    restrictions.check_user("neighbour", "192.0.2.2")
    clock.now += 10
    restrictions.check_user("neighbour", ADDRESS)
    with pytest.raises(Banned):
        restrictions.check_user("bob", "192.0.2.2")


def test_each_of_several_bans_of_a_name_or_an_address_has_its_own_end(restrictions: Restrictions, clock: Clock) -> None:
    longer = ban("bob", until=clock.now + 20, networks=(ADDRESS,), networks_until=clock.now + 20)
    shorter = structs.replace(longer, user="another bob", until=clock.now + 10, networks_until=clock.now + 10)
    expired = structs.replace(longer, user="a third bob", until=clock.now - 10)
    for each in (longer, shorter, expired):
        restrictions.set(each.user, user(each.user), each)

    for _ in range(2):
        with pytest.raises(Banned):
            restrictions.check_name(name_keys("bob"), "192.0.2.2")
        with pytest.raises(Banned):
            restrictions.check_user("neighbour", ADDRESS)
        clock.now += 10
    restrictions.check_name(name_keys("bob"), ADDRESS)
    restrictions.check_user("neighbour", ADDRESS)


def test_for_an_ipv6_address_its_network_is_banned(restrictions: Restrictions) -> None:
    restrictions.set("bob", user("bob"), ban("bob", networks=("2001:db8:1:2::/64",)))

    with pytest.raises(Banned):
        restrictions.check_user("neighbour", "2001:db8:1:2:ffff::1")
    restrictions.check_user("neighbour", "2001:db8:1:3::1")


def test_moderators_are_refused_by_their_own_ban_and_not_by_a_ban_of_their_address(restrictions: Restrictions) -> None:
    restrictions.set("bob", user("bob"), ban("bob", networks=(ADDRESS,)))
    restrictions.set("ada", user("ada", "moderator"), None)
    restrictions.set("ida", user("ida", "moderator"), ban("ida"))

    restrictions.check_user("ada", ADDRESS)
    with pytest.raises(Banned):
        restrictions.check_user("ida", "192.0.2.9")


def test_roles_are_ranked(restrictions: Restrictions) -> None:
    restrictions.replace([user("ann", "admin"), user("ada", "moderator")], [])

    assert restrictions.outranks("ann", "ada")
    assert restrictions.outranks("ada", "bob")
    assert not restrictions.outranks("ada", "ada")
    assert not restrictions.outranks("bob", "eve")
    assert [restrictions.has_role(name, "moderator") for name in ("ann", "ada", "bob")] == [True, True, False]
    restrictions.set("ann", user("ann"), None)
    assert restrictions.role("ann") == "member"
