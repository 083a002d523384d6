"""`ting audit`: print the audit log."""

import argparse

from ting.cli.command import Subparsers, set_command, when
from ting.cli.context import AdminContext
from ting.core.models import AuditEntry

DEFAULT_LIMIT = 50
MAX_LIMIT = 10_000


def add(commands: "Subparsers[argparse.ArgumentParser]", options: argparse.ArgumentParser) -> None:
    """Add `ting audit`."""
    parser = commands.add_parser(
        "audit", parents=[options], help="show the audit log: what moderators, admins and operators did"
    )
    parser.add_argument(
        "--limit",
        type=_limit,
        default=DEFAULT_LIMIT,
        metavar="N",
        help=f"show the last N entries (default {DEFAULT_LIMIT})",
    )
    set_command(parser, audit)


async def audit(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Print one line per entry, the newest last."""
    entries, _ = await context.audit.page(None, arguments.limit)
    for entry in reversed(entries):
        print(format_entry(entry))


def format_entry(entry: AuditEntry) -> str:
    """An entry as one line. Names contain no spaces, and reasons no line breaks."""
    by = entry.by.name if entry.by.id else "(command line)"
    details = [
        entry.whom.name or entry.whom.id if entry.whom else "",
        entry.conversation or "",
        entry.message or "",
        f"to {entry.role}" if entry.role else "",
        f"until {when(entry.until)}" if entry.until is not None else "",
        "with address" if entry.address else "",
        f"invitation {entry.invitation}" if entry.invitation else "",
        f'"{entry.reason}"' if entry.reason else "",
    ]
    return "  ".join([when(entry.at), by, entry.act, *filter(None, details)])


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_LIMIT:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MAX_LIMIT}")
    return int(text)
