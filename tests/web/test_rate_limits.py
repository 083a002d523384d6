"""Rate limits, on a clock that the test moves."""

import pytest

from ting.core.errors import TooMany
from ting.core.networks import network_of
from ting.core.rate_limit import RateLimit
from ting.core.settings import Rates
from ting.web.rate_limits import MAX_FOUND_SESSIONS, Action, RateLimits

ADDRESS = "192.0.2.1"
RATES = Rates(enter="2/10s", send="3/6s", upload="", request="1/1s", frame="4/1s", people_per_address=2)


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def allowed(rate_limits: RateLimits, action: Action, user: str, maximum: int = 100) -> int:
    """How often a user can do an action before the limit."""
    for done in range(maximum):
        try:
            rate_limits.check_user(action, user)
        except TooMany:
            return done
    return maximum


def test_each_user_has_their_own_limit_which_refills() -> None:
    clock = Clock()
    rate_limits = RateLimits(RATES, clock)

    assert [allowed(rate_limits, Action.SEND, "ada"), allowed(rate_limits, Action.SEND, "bob")] == [3, 3]
    clock.now += 2
    assert allowed(rate_limits, Action.SEND, "ada") == 1
    with pytest.raises(TooMany) as refused:
        rate_limits.check_user(Action.SEND, "ada")
    assert refused.value.retry_after == 2


def test_each_action_is_counted_separately() -> None:
    rate_limits = RateLimits(RATES, Clock())

    assert allowed(rate_limits, Action.SEND, "ada") == 3
    assert allowed(rate_limits, Action.REQUEST, "ada") == 1


def test_without_a_rate_there_is_no_limit() -> None:
    rate_limits = RateLimits(RATES, Clock())

    assert allowed(rate_limits, Action.UPLOAD, "ada") == 100
    assert not any(RateLimits(Rates(frame="")).is_flooding("1") for _ in range(10_000))


def test_many_users_can_share_an_address_but_sign_ins_are_counted_per_address() -> None:
    rate_limits = RateLimits(RATES, Clock())

    for _ in range(6):
        rate_limits.check_address(Action.SEND, ADDRESS)
    for _ in range(2):
        rate_limits.check_address(Action.ENTER, ADDRESS)
    for action in (Action.SEND, Action.ENTER):
        with pytest.raises(TooMany):
            rate_limits.check_address(action, ADDRESS)
        rate_limits.check_address(action, "192.0.2.2")


def test_flooding_is_detected_per_connection() -> None:
    rate_limits = RateLimits(RATES, Clock())

    assert [rate_limits.is_flooding("1") for _ in range(6)] == [False] * 4 + [True] * 2
    assert not rate_limits.is_flooding("2")


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
def test_an_address_belongs_to_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("text", "rate"),
    [("", None), ("5/10s", RateLimit(5, 2.0)), ("60/1m", RateLimit(60, 1.0)), ("1/2h", RateLimit(1, 7200.0))],
)
def test_a_rate_is_parsed_as_a_number_per_time(text: str, rate: RateLimit | None) -> None:
    assert RateLimit.parse(text) == rate


@pytest.mark.parametrize("text", ["0/1s", "1/0s", "1/s", "5", "5/10", "5/10d", " 5/10s", "-1/1s", "5/10s\n"])
def test_an_invalid_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid rate"):
        RateLimit.parse(text)


TOKEN, OTHER = "a" * 43, "b" * 43


def test_looking_for_sessions_that_do_not_exist_is_limited_per_address() -> None:
    clock = Clock()
    lookups = RateLimits(Rates(unknown_session="3/30s", people_per_address=1), clock).session_lookups

    for _ in range(3):
        lookups.check(TOKEN, ADDRESS)
        lookups.count(TOKEN, ADDRESS, exists=False)
    with pytest.raises(TooMany):
        lookups.check(OTHER, ADDRESS)
    lookups.check(OTHER, "192.0.2.2")
    clock.now += 10
    lookups.check(OTHER, ADDRESS)


def test_sessions_that_were_found_are_not_affected_and_finding_them_costs_nothing() -> None:
    lookups = RateLimits(Rates(unknown_session="3/30s", people_per_address=1), Clock()).session_lookups
    for _ in range(10):
        lookups.check(OTHER, ADDRESS)
        lookups.count(OTHER, ADDRESS, exists=True)
    for _ in range(10):
        lookups.count(TOKEN, ADDRESS, exists=False)

    lookups.check(OTHER, ADDRESS)
    lookups.count(OTHER, ADDRESS, exists=False)  # it has ended
    with pytest.raises(TooMany):
        lookups.check(OTHER, ADDRESS)


def test_the_number_of_remembered_sessions_is_bounded() -> None:
    lookups = RateLimits(Rates(), Clock()).session_lookups
    for number in range(MAX_FOUND_SESSIONS + 10):
        lookups.count(f"{number}", ADDRESS, exists=True)

    assert len(lookups._found) == MAX_FOUND_SESSIONS
