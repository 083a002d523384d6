"""Where people stand, by a clock that is moved by hand."""

import pytest
from msgspec import structs

from ting.core.errors import Banned, Kicked, Muted
from ting.core.models import Ban, Role, User
from ting.core.names import user_keys
from ting.moderation.restrictions import Restrictions

HOME = "192.0.2.1"


class Clock:
    """Milliseconds."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def standing(clock: Clock) -> Restrictions:
    return Restrictions(clock)


def user(name: str, role: Role = "member", muted_until: int | None = None) -> User:
    return User(id=name, name=name, created=1, used=1, role=role, muted_until=muted_until)


def ban(name: str, until: int | None = None, networks: tuple[str, ...] = (), networks_until: int = 2_000_000) -> Ban:
    return Ban(
        user=name,
        name=name,
        keys=tuple(user_keys(name)),
        at=1,
        until=until,
        by="ada",
        networks=networks,
        networks_until=networks_until if networks else None,
    )


def test_a_mute_is_over_by_itself(standing: Restrictions, clock: Clock) -> None:
    standing.set("bob", user("bob", muted_until=clock.now + 1500), None)

    with pytest.raises(Muted) as refusal:
        standing.check_write("bob", "#ting")
    clock.now += 1500

    assert refusal.value.retry_after == 1.5
    standing.check_write("bob", "#ting")


def test_a_kick_is_out_of_one_conversation_for_a_minute(standing: Restrictions, clock: Clock) -> None:
    standing.kick("#ting", "bob")

    for check in (standing.check_write, standing.check_join):
        check("bob", "#music")
        check("eve", "#ting")
    clock.now += 59_999
    for check in (standing.check_write, standing.check_join):
        with pytest.raises(Kicked):
            check("bob", "#ting")
    clock.now += 1
    standing.check_write("bob", "#ting")
    standing.check_join("bob", "#ting")


def test_a_ban_is_over_by_itself_or_when_it_is_taken_back(standing: Restrictions, clock: Clock) -> None:
    standing.set("bob", user("bob"), ban("bob", until=clock.now + 10))
    standing.set("eve", user("eve"), ban("eve"))

    for name in ("bob", "eve"):
        with pytest.raises(Banned):
            standing.check_user(name, HOME)
        with pytest.raises(Banned):
            standing.check_name(user_keys(name.upper()), HOME)
    clock.now += 10
    standing.check_user("bob", HOME)
    standing.check_name(user_keys("bob"), HOME)
    assert [one.name for one in standing.bans()] == ["eve"]
    standing.set("eve", user("eve"), None)
    standing.check_user("eve", HOME)
    standing.check_name(user_keys("eve"), HOME)


def test_an_address_is_banned_for_a_shorter_time_than_a_name(standing: Restrictions, clock: Clock) -> None:
    standing.set("bob", user("bob"), ban("bob", networks=(HOME,), networks_until=clock.now + 10))

    with pytest.raises(Banned):
        standing.check_user("neighbour", HOME)
    standing.check_user("neighbour", "192.0.2.2")
    clock.now += 10
    standing.check_user("neighbour", HOME)
    with pytest.raises(Banned):
        standing.check_user("bob", "192.0.2.2")


def test_of_several_bans_of_a_name_or_an_address_each_holds_until_its_own_end(
    standing: Restrictions, clock: Clock
) -> None:
    longer = ban("bob", until=clock.now + 20, networks=(HOME,), networks_until=clock.now + 20)
    shorter = structs.replace(longer, user="another bob", until=clock.now + 10, networks_until=clock.now + 10)
    over = structs.replace(longer, user="a third bob", until=clock.now - 10)
    for one in (longer, shorter, over):
        standing.set(one.user, user(one.user), one)

    for _ in range(2):
        with pytest.raises(Banned):
            standing.check_name(user_keys("bob"), "192.0.2.2")
        with pytest.raises(Banned):
            standing.check_user("neighbour", HOME)
        clock.now += 10
    standing.check_name(user_keys("bob"), HOME)
    standing.check_user("neighbour", HOME)


def test_with_an_address_of_ipv6_its_network_is_banned(standing: Restrictions) -> None:
    standing.set("bob", user("bob"), ban("bob", networks=("2001:db8:1:2::/64",)))

    with pytest.raises(Banned):
        standing.check_user("neighbour", "2001:db8:1:2:ffff::1")
    standing.check_user("neighbour", "2001:db8:1:3::1")


def test_moderators_are_not_held_up_by_an_address_but_by_their_own_ban(standing: Restrictions) -> None:
    standing.set("bob", user("bob"), ban("bob", networks=(HOME,)))
    standing.set("ada", user("ada", "moderator"), None)
    standing.set("ida", user("ida", "moderator"), ban("ida"))

    standing.check_user("ada", HOME)
    with pytest.raises(Banned):
        standing.check_user("ida", "192.0.2.9")


def test_roles_are_ranked(standing: Restrictions) -> None:
    standing.replace([user("ann", "admin"), user("ada", "moderator")], [])

    assert standing.outranks("ann", "ada")
    assert standing.outranks("ada", "bob")
    assert not standing.outranks("ada", "ada")
    assert not standing.outranks("bob", "eve")
    assert [standing.has_role(name, "moderator") for name in ("ann", "ada", "bob")] == [True, True, False]
    standing.set("ann", user("ann"), None)
    assert standing.role("ann") == "member"
