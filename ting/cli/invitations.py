"""`ting invite`: create an invitation link."""

import argparse
import sys
from typing import get_args

from ting.accounts.administration import OPERATOR
from ting.accounts.invitations import MAX_DAYS, MAX_USES
from ting.cli.command import Subparsers, set_command, when
from ting.cli.context import AdminContext
from ting.core.models import Role


def add(commands: "Subparsers[argparse.ArgumentParser]", options: argparse.ArgumentParser) -> None:
    """Add `ting invite`."""
    parser = commands.add_parser("invite", parents=[options], help="create an invitation link")
    parser.add_argument("--uses", type=_uses, default=1, metavar="N", help="how many times it can be used (default 1)")
    parser.add_argument("--days", type=_days, default=7, metavar="N", help="for how many days it is valid (default 7)")
    parser.add_argument(
        "--role", choices=get_args(Role), default="member", help="the role of its users (default member)"
    )
    set_command(parser, invite)


async def invite(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Create an invitation. Only the link goes to standard output, so that scripts can use it."""
    invitation, token = await context.invitations.create(OPERATOR, arguments.uses, arguments.days, arguments.role)
    print(context.invitations.link(token))
    validity = f"Valid for {invitation.uses} {invitation.role}{'' if invitation.uses == 1 else 's'}"
    print(f"{validity}, until {when(invitation.expires)}.", file=sys.stderr)
    if context.settings.registration == "closed":
        print(
            f"Registration is closed: only existing users can use this link, to become {invitation.role}.",
            file=sys.stderr,
        )


def _uses(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_USES:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MAX_USES}")
    return int(text)


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = 0
    if not 0 < days <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"must be a number greater than 0 and at most {MAX_DAYS}")
    return days
