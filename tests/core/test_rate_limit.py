"""Rate limits by token buckets, on a fake clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ting.core import rate_limit
from ting.core.errors import TooMany
from ting.core.rate_limit import RateLimit, TokenBuckets


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_allowed_and_then_one_token_per_interval() -> None:
    clock = Clock()
    buckets = TokenBuckets(RateLimit(burst=3, interval_s=10), clock)
    for _ in range(3):
        buckets.consume("ada")

    with pytest.raises(TooMany) as refused:
        buckets.consume("ada")
    assert refused.value.retry_after == 10
    clock.now += 10
    buckets.consume("ada")
    with pytest.raises(TooMany):
        buckets.consume("ada")


@given(st.floats(min_value=0, max_value=2e9), st.integers(min_value=1, max_value=20), st.integers(1, 60))
def test_exactly_a_burst_is_allowed_at_one_time(now: float, burst: int, seconds: int) -> None:
    buckets = TokenBuckets(RateLimit(burst, seconds / burst), lambda: now)
    for _ in range(burst):
        buckets.consume("ada")

    with pytest.raises(TooMany):
        buckets.consume("ada")


def test_keys_have_separate_buckets() -> None:
    buckets = TokenBuckets(RateLimit(burst=1, interval_s=10), Clock())
    buckets.consume("ada")
    buckets.consume("bob")


def test_a_refunded_token_can_be_used_again() -> None:
    buckets = TokenBuckets(RateLimit(burst=1, interval_s=10), Clock())
    for _ in range(5):
        buckets.consume("ada")
        buckets.refund("ada")


def test_a_clock_that_is_set_back_does_not_extend_the_wait() -> None:
    clock = Clock()
    buckets = TokenBuckets(RateLimit(burst=3, interval_s=10), clock)
    for _ in range(3):
        buckets.consume("ada")

    clock.now -= 40
    with pytest.raises(TooMany) as refused:
        buckets.consume("ada")
    assert refused.value.retry_after == 10
    clock.now += 10
    buckets.consume("ada")


@given(st.lists(st.floats(min_value=0, max_value=30), min_size=1, max_size=60))
def test_no_period_has_more_than_the_burst_plus_the_rate(pauses: list[float]) -> None:
    clock = Clock()
    buckets, taken = TokenBuckets(RateLimit(burst=3, interval_s=10), clock), []
    for pause in pauses:
        clock.now += pause
        try:
            buckets.consume("ada")
        except TooMany as refused:
            assert refused.retry_after
            continue
        taken.append(clock.now)

    for first, start in enumerate(taken):
        for last, end in enumerate(taken[first:], first):
            assert last - first + 1 <= 3 + (end - start) / 10 + 1e-5


def test_the_number_of_keys_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MAX_KEYS", 10)
    buckets = TokenBuckets(RateLimit(burst=1, interval_s=1), lambda: 0.0)

    for number in range(100):
        buckets.consume(str(number))

    assert list(buckets._full_at) == [str(number) for number in range(90, 100)]
