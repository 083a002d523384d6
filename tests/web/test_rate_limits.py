"""How much may be done, on a clock that is moved by hand."""

import pytest

from ting.core.errors import TooMany
from ting.core.networks import network_of
from ting.core.rate_limit import RateLimit
from ting.core.settings import Rates
from ting.web.rate_limits import Action, RateLimits

HOME = "192.0.2.1"
FIRM = Rates(enter="2/10s", send="3/6s", upload="", request="1/1s", frame="4/1s", people_per_address=2)


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def spent(gate: RateLimits, deed: Action, user: str, most: int = 100) -> int:
    """How often a user may do something."""
    for done in range(most):
        try:
            gate.check_user(deed, user)
        except TooMany:
            return done
    return most


def test_everybody_has_an_allowance_of_their_own_that_comes_back() -> None:
    clock = Clock()
    gate = RateLimits(FIRM, clock)

    assert [spent(gate, Action.SEND, "ada"), spent(gate, Action.SEND, "bob")] == [3, 3]
    clock.now += 2
    assert spent(gate, Action.SEND, "ada") == 1
    with pytest.raises(TooMany) as refused:
        gate.check_user(Action.SEND, "ada")
    assert refused.value.retry_after == 2


def test_one_deed_does_not_count_as_another() -> None:
    gate = RateLimits(FIRM, Clock())

    assert spent(gate, Action.SEND, "ada") == 3
    assert spent(gate, Action.REQUEST, "ada") == 1


def test_without_a_rate_there_is_no_limit() -> None:
    gate = RateLimits(FIRM, Clock())

    assert spent(gate, Action.UPLOAD, "ada") == 100
    assert not any(RateLimits(Rates(frame="")).is_flooding("1") for _ in range(10_000))


def test_behind_one_address_there_may_be_many_people_but_not_at_entering() -> None:
    gate = RateLimits(FIRM, Clock())

    for _ in range(6):
        gate.check_address(Action.SEND, HOME)
    for _ in range(2):
        gate.check_address(Action.ENTER, HOME)
    for deed in (Action.SEND, Action.ENTER):
        with pytest.raises(TooMany):
            gate.check_address(deed, HOME)
        gate.check_address(deed, "192.0.2.2")


def test_a_flood_is_that_of_its_connection() -> None:
    gate = RateLimits(FIRM, Clock())

    assert [gate.is_flooding("1") for _ in range(6)] == [False] * 4 + [True] * 2
    assert not gate.is_flooding("2")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_whoever_has_an_address_has_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("text", "rate"),
    [("", None), ("5/10s", RateLimit(5, 2.0)), ("60/1m", RateLimit(60, 1.0)), ("1/2h", RateLimit(1, 7200.0))],
)
def test_a_rate_is_so_many_in_a_time(text: str, rate: RateLimit | None) -> None:
    assert RateLimit.parse(text) == rate


@pytest.mark.parametrize("text", ["0/1s", "1/0s", "1/s", "5", "5/10", "5/10d", " 5/10s", "-1/1s", "5/10s\n"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid rate"):
        RateLimit.parse(text)
