"""When a scheduled task is due."""

from datetime import UTC, datetime, timedelta

from ting.core.models import Milliseconds

MAX_LATE = timedelta(seconds=1)  # a time that was in the future when the call began is still accepted


def wait_ms(when: datetime | timedelta, now: Milliseconds) -> Milliseconds:
    """The delay until a time, or a delay itself. Raises `ValueError`."""
    if isinstance(when, timedelta):
        wait = when
    elif when.utcoffset() is None:
        raise ValueError(f"The time {when} has no time zone. Use one like ctx.now, or a timedelta.")
    else:
        wait = when - datetime.fromtimestamp(now / 1000, UTC)
    if wait <= -MAX_LATE:
        raise ValueError(f"{when} is in the past. Tasks can only be scheduled for later.")
    return max(0, int(wait.total_seconds() * 1000))
