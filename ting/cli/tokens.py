"""`ting token`: create, list, revoke. For bots and scripts that act as a user."""

import argparse
import sys

from ting.accounts.administration import OPERATOR
from ting.accounts.tokens import MAX_DAYS
from ting.cli.command import Subparsers, set_command, when
from ting.cli.context import AdminContext
from ting.core.clock import now

DEFAULT_DAYS = 365


def add(commands: "Subparsers[argparse.ArgumentParser]", options: argparse.ArgumentParser) -> None:
    """Add `ting token` and what it has below it."""
    parser = commands.add_parser("token", help="tokens, with which programs act as a user")
    acts = parser.add_subparsers(required=True, metavar="ACT")

    creating = acts.add_parser("create", parents=[options], help="make a token; it is printed, once")
    creating.add_argument("name", metavar="NAME", help="the user whose token it is")
    creating.add_argument("label", metavar="LABEL", help="what it is for, like backup-bot")
    creating.add_argument(
        "--days", type=_days, default=DEFAULT_DAYS, metavar="N", help=f"how long it is good (default {DEFAULT_DAYS})"
    )
    set_command(creating, create)

    listing = acts.add_parser("list", parents=[options], help="the tokens of a user, one line each")
    listing.add_argument("name", metavar="NAME", help="the user whose tokens they are")
    set_command(listing, list_tokens)

    revoking = acts.add_parser("revoke", parents=[options], help="end a token, and close what is open with it")
    revoking.add_argument("name", metavar="NAME", help="the user whose token it is")
    revoking.add_argument("id", metavar="ID", help="as `ting token list` shows it")
    set_command(revoking, revoke)


async def create(context: AdminContext, arguments: argparse.Namespace) -> None:
    """The token stands alone on standard output, for other programs."""
    user = await context.administration.user(arguments.name)
    token, secret = await context.tokens.create(user.id, arguments.label, arguments.days)
    await context.audit.append(now(), OPERATOR, "token-create", whom=user.id, reason=token.name)
    print(secret)
    until = f", until {when(token.expires)}" if token.expires is not None else ""
    print(f"{token.name}: acts as {user.name}{until}. It is not shown again.", file=sys.stderr)


async def list_tokens(context: AdminContext, arguments: argparse.Namespace) -> None:
    """One line each: id, name, when it was made and used, and its end."""
    user = await context.administration.user(arguments.name)
    await context.tokens.delete_expired(user.id)
    for token in await context.tokens.for_user(user.id):
        used = f"last used {when(token.used)}" if token.used is not None else "never used"
        until = f"until {when(token.expires)}" if token.expires is not None else "without end"
        print("  ".join([token.id, token.name, f"since {when(token.created)}", used, until]))


async def revoke(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Holds at once, on open sockets, too."""
    user = await context.administration.user(arguments.name)
    await context.tokens.revoke(user.id, arguments.id)
    await context.audit.append(now(), OPERATOR, "token-revoke", whom=user.id)
    print(f"Token {arguments.id} of {user.name} is revoked.")


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MAX_DAYS}")
    return int(text)
