"""Background work continues after a failed round."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress

import pytest

from ting.core.errors import Busy
from ting.core.periodic import repeat

logger = logging.getLogger("test")


async def rounds(*outcomes: Exception | None, log_traceback: bool = True) -> list[str]:
    """Run a round for each outcome. Return the calls in order."""
    calls: list[str] = []
    remaining: Iterator[Exception | None] = iter(outcomes)

    async def work() -> None:
        calls.append("work")
        outcome = next(remaining)
        if outcome is not None:
            raise outcome

    async def pause(name: str) -> None:
        calls.append(name)
        if calls.count("work") == len(outcomes):
            raise asyncio.CancelledError

    with suppress(asyncio.CancelledError):
        await repeat(
            work,
            lambda: pause("wait"),
            logger=logger,
            failed="The work failed",
            log_traceback=log_traceback,
            on_failure=lambda: pause("failure"),
        )
    return calls


@pytest.mark.gen_test
async def test_work_is_repeated_after_each_pause_and_after_each_failure() -> None:
    calls = await rounds(None, Busy(), ValueError("a bug"), None)

    assert calls == ["work", "wait", "work", "failure", "work", "failure", "work", "wait"]


@pytest.mark.gen_test
async def test_a_refusal_is_a_warning_and_other_exceptions_are_errors_with_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await rounds(Busy("no database"), ValueError("a bug"))

    refused, failed = caplog.records
    assert (refused.levelname, refused.getMessage(), refused.exc_info) == (
        "WARNING",
        "The work failed: no database",
        None,
    )
    assert (failed.levelname, failed.getMessage()) == ("ERROR", "The work failed")
    assert failed.exc_info is not None


@pytest.mark.gen_test
async def test_an_error_that_may_quote_texts_of_users_is_logged_by_type_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await rounds(ValueError("dear diary"), log_traceback=False)

    assert "diary" not in caplog.text
    assert caplog.records[0].getMessage() == "The work failed: ValueError"
