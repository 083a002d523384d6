"""`ting audit`: who did what to whom, and why."""

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
    """One line each, the newest last, as in any log."""
    acts, _ = await context.audit.page(None, arguments.limit)
    for act in reversed(acts):
        print(line(act))


def line(act: AuditEntry) -> str:
    """An act in one line. Names have no spaces, and reasons no line ends."""
    by = act.by.name if act.by.id else "(command line)"
    details = [
        act.whom.name or act.whom.id if act.whom else "",
        act.conversation or "",
        act.message or "",
        f"to {act.role}" if act.role else "",
        f"until {when(act.until)}" if act.until is not None else "",
        "with address" if act.address else "",
        f"invitation {act.invitation}" if act.invitation else "",
        f'"{act.reason}"' if act.reason else "",
    ]
    return "  ".join([when(act.at), by, act.act, *filter(None, details)])


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_LIMIT:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MAX_LIMIT}")
    return int(text)
