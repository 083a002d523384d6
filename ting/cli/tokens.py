"""`ting token`: create, list and revoke tokens, which let bots and scripts act as a user."""

import argparse
import sys

from ting.accounts.administration import OPERATOR
from ting.accounts.tokens import DEFAULT_DAYS, MAX_DAYS
from ting.cli.command import Subparsers, set_command, when
from ting.cli.context import AdminContext


def add(commands: "Subparsers[argparse.ArgumentParser]", options: argparse.ArgumentParser) -> None:
    """Add `ting token` and its subcommands."""
    parser = commands.add_parser("token", help="manage tokens, which let programs act as a user")
    actions = parser.add_subparsers(required=True, metavar="ACT")

    creating = actions.add_parser("create", parents=[options], help="create a token and print it once")
    creating.add_argument("name", metavar="NAME", help="the user the token belongs to")
    creating.add_argument("label", metavar="LABEL", help="a label for the token, like backup-bot")
    creating.add_argument(
        "--days",
        type=_days,
        default=DEFAULT_DAYS,
        metavar="N",
        help=f"for how many days it is valid (default {DEFAULT_DAYS})",
    )
    set_command(creating, create)

    listing = actions.add_parser("list", parents=[options], help="list the tokens of a user, one per line")
    listing.add_argument("name", metavar="NAME", help="the user the tokens belong to")
    set_command(listing, list_tokens)

    revoking = actions.add_parser("revoke", parents=[options], help="revoke a token and close its connections")
    revoking.add_argument("name", metavar="NAME", help="the user the token belongs to")
    revoking.add_argument("id", metavar="ID", help="the token id shown by `ting token list`")
    set_command(revoking, revoke)


async def create(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Create a token. Only the token goes to standard output, so that scripts can use it."""
    user = await context.administration.user(arguments.name)
    token, secret = await context.tokens.create(user.id, arguments.label, arguments.days, by=OPERATOR)
    print(secret)
    until = f", until {when(token.expires)}" if token.expires is not None else ""
    print(f"{token.name}: acts as {user.name}{until}. It will not be shown again.", file=sys.stderr)


async def list_tokens(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Print one line per token: id, name, times of creation and last use, and expiry."""
    user = await context.administration.user(arguments.name)
    await context.tokens.delete_expired(user.id)
    for token in await context.tokens.for_user(user.id):
        used = f"last used {when(token.used)}" if token.used is not None else "never used"
        until = f"until {when(token.expires)}" if token.expires is not None else "no expiry"
        print("  ".join([token.id, token.name, f"since {when(token.created)}", used, until]))


async def revoke(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Revoke a token. A running server closes its connections immediately."""
    user = await context.administration.user(arguments.name)
    await context.tokens.revoke(user.id, arguments.id, by=OPERATOR)
    print(f"Revoked token {arguments.id} of {user.name}.")


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MAX_DAYS}")
    return int(text)
