"""The command line: `ting serve`, `ting check` and `ting --version`. Commands for administration are in `cli`."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ting import __version__
from ting.cli import audit, invitations, plugins, tokens, users
from ting.cli.check import check
from ting.cli.command import EXIT_FAILED
from ting.core import logs, settings
from ting.core.errors import StartupError
from ting.server import serve

EXIT_USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    options = _parser().parse_args(arguments)
    flags = {name: getattr(options, name, None) for name in ("address", "port", "data", "mongodb")}
    try:
        loaded = settings.load(options.config, os.environ, flags)
    except settings.BadSettings as error:
        print(f"ting: {error}", file=sys.stderr)
        return EXIT_USAGE
    limits = loaded.limits
    logs.configure(loaded.log_level, logs.LogLimits(limits.log_line_chars, limits.log_repetitions, limits.log_refusals))
    try:
        status = int(options.run(loaded, options))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the output, like `head`, has closed the pipe. Without this, Python would report the error again
        # when it flushes standard output at exit (see the note on SIGPIPE in its documentation).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    return status


def _serve(loaded: settings.Settings, _: argparse.Namespace) -> int:
    try:
        asyncio.run(serve(loaded, sys.stdout))
    except StartupError as error:
        print(f"ting: {error}", file=sys.stderr)
        return EXIT_FAILED
    # Everything is stored, sent and closed. Threads of the MongoDB driver may still wait for a database that does not
    # answer. At a normal exit Python would join them, which would delay stopping the service.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _check(loaded: settings.Settings, options: argparse.Namespace) -> int:
    return 0 if asyncio.run(check(loaded, sys.stdout, deep=options.deep)) else EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ting", description="A self-hosted chat with live typing.")
    parser.add_argument("--version", action="version", version=f"ting {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listening, database = _listening_options(), _database_options()
    serving = commands.add_parser("serve", parents=[listening, database], help="run the server")
    serving.set_defaults(run=_serve)
    checking = commands.add_parser(
        "check", parents=[listening, database], help="check the settings, the database and the plugins"
    )
    checking.add_argument(
        "--deep", action="store_true", help="also read every document, and name those that are broken"
    )
    checking.set_defaults(run=_check)
    for command in (users, invitations, tokens, audit, plugins):
        command.add(commands, database)
    return parser


def _listening_options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--address", metavar="A", help="the address to listen on (default 127.0.0.1)")
    options.add_argument("--port", metavar="N", help="the port to listen on; 0 picks a free one (default 8080)")
    return options


def _database_options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--config", type=Path, metavar="FILE", help="a TOML file with settings; ting.toml lists all of them"
    )
    options.add_argument("--data", metavar="DIR", help="the data directory of the private database")
    options.add_argument(
        "--mongodb", metavar="URI", help="the URI of your own MongoDB, to use instead of a private one"
    )
    return options


if __name__ == "__main__":
    sys.exit(main())
