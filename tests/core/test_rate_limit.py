"""Token buckets, on a clock that is moved by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ting.core.errors import TooMany
from ting.core.rate_limit import RateLimit, TokenBuckets


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_allowed_and_then_one_per_interval() -> None:
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
def test_a_whole_burst_is_allowed_in_one_moment_and_no_more(moment: float, burst: int, seconds: int) -> None:
    buckets = TokenBuckets(RateLimit(burst, seconds / burst), lambda: moment)
    for _ in range(burst):
        buckets.consume("ada")

    with pytest.raises(TooMany):
        buckets.consume("ada")


def test_one_key_does_not_empty_the_bucket_of_another() -> None:
    buckets = TokenBuckets(RateLimit(burst=1, interval_s=10), Clock())
    buckets.consume("ada")
    buckets.consume("bob")


def test_what_is_given_back_can_be_taken_again() -> None:
    buckets = TokenBuckets(RateLimit(burst=1, interval_s=10), Clock())
    for _ in range(5):
        buckets.consume("ada")
        buckets.refund("ada")


def test_no_bucket_is_emptier_than_empty_when_the_clock_is_set_back() -> None:
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
def test_no_window_holds_more_than_the_burst_and_what_the_rate_adds(pauses: list[float]) -> None:
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
