"""Background work in rounds. A round that fails does not end it."""

import logging
from collections.abc import Awaitable, Callable

from ting.core.errors import Refused


async def repeat(
    work: Callable[[], Awaitable[object]],
    wait: Callable[[], Awaitable[object]],
    *,
    logger: logging.Logger,
    failed: str,
    log_traceback: bool = True,
    on_failure: Callable[[], Awaitable[object]] | None = None,
) -> None:
    """Run `work`, then `wait`, until cancelled.

    A refusal (mostly `Busy`, when the database does not answer) is logged as a warning that begins with `failed`. Any
    other exception is logged as an error. Its traceback is logged too, unless `log_traceback` is false because it could
    quote texts of users. After either, `on_failure` runs instead of `wait`, if it is given.
    """
    while True:
        pause = wait
        try:
            await work()
        except Refused as refused:
            logger.warning("%s: %s", failed, refused)
            pause = on_failure or wait
        except Exception as error:
            if log_traceback:
                logger.exception("%s", failed)
            else:
                logger.error("%s: %s", failed, type(error).__name__)  # noqa: TRY400
            pause = on_failure or wait
        await pause()
