"""Registers and runs commands of operators. An error is printed as one line, without a stack trace."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from ting.cli.context import AdminContext, open_context
from ting.core.errors import Refused, StartupError
from ting.core.models import Milliseconds
from ting.core.settings import Settings

EXIT_FAILED = 1

Subparsers = argparse._SubParsersAction
Command = Callable[[AdminContext, argparse.Namespace], Awaitable[None]]


def set_command(parser: argparse.ArgumentParser, command: Command) -> None:
    """Make a parser run this command."""

    def run(settings: Settings, arguments: argparse.Namespace) -> int:
        try:
            asyncio.run(_run(command, settings, arguments))
        except StartupError as error:
            return failed(str(error))
        except Refused as refused:
            return failed(refused.message)
        return 0

    parser.set_defaults(run=run, command=command)


def failed(reason: str) -> int:
    """Print an error as one line, and return the exit status."""
    print(f"ting: {reason}", file=sys.stderr)
    return EXIT_FAILED


def when(moment: Milliseconds) -> str:
    """A time in UTC, for output."""
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


async def _run(command: Command, settings: Settings, arguments: argparse.Namespace) -> None:
    async with open_context(settings) as context:
        await command(context, arguments)
