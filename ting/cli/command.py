"""How a command is added to the command line, and how it runs: one line for what went wrong, and no stack trace."""

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
    """Let a parser's arguments run a command."""

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
    """Say in one line what went wrong; the exit status."""
    print(f"ting: {reason}", file=sys.stderr)
    return EXIT_FAILED


def when(moment: Milliseconds) -> str:
    """A time as operators read it."""
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


async def _run(command: Command, settings: Settings, arguments: argparse.Namespace) -> None:
    async with open_context(settings) as opened:
        await command(opened, arguments)
