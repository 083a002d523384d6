"""`ting user`: list, show, role, reset-password, sign-out, delete."""

import argparse
import sys
from typing import get_args

from ting.cli.command import Subparsers, set_command, when
from ting.cli.context import AdminContext
from ting.core.clock import now
from ting.core.errors import StartupError
from ting.core.models import MessageDisposal, Role, StoredSession, User

ROLES = get_args(Role)
MESSAGE_DISPOSALS = get_args(MessageDisposal)


def add(commands: "Subparsers[argparse.ArgumentParser]", options: argparse.ArgumentParser) -> None:
    """Add `ting user` and its subcommands."""
    parser = commands.add_parser("user", help="manage users and their roles")
    actions = parser.add_subparsers(required=True, metavar="ACT")

    listing = actions.add_parser("list", parents=[options], help="list all users, one per line")
    listing.add_argument("--role", choices=ROLES, help="only users with this role")
    set_command(listing, list_users)

    showing = _add_user_command(actions, options, "show", "show a user and their sessions")
    set_command(showing, show)

    giving = _add_user_command(actions, options, "role", "make a user a member, moderator or admin")
    giving.add_argument("role", choices=ROLES)
    set_command(giving, give_role)

    resetting = _add_user_command(
        actions, options, "reset-password", "set a new password for a user, and end all their sessions and tokens"
    )
    resetting.add_argument(
        "--stdin", action="store_true", help="read the password from standard input instead of generating one"
    )
    set_command(resetting, reset_password)

    ending = _add_user_command(
        actions, options, "sign-out", "end all sessions of a user in browsers and close their connections"
    )
    ending.add_argument("--tokens", action="store_true", help="also revoke the tokens of the user's programs")
    set_command(ending, sign_out)

    deleting = _add_user_command(actions, options, "delete", "delete an account permanently")
    deleting.add_argument(
        "--messages",
        choices=MESSAGE_DISPOSALS,
        default="keep",
        help="keep their messages, as from a deleted account (the default), or remove them",
    )
    deleting.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    set_command(deleting, delete)


def _add_user_command(
    actions: "Subparsers[argparse.ArgumentParser]", options: argparse.ArgumentParser, name: str, summary: str
) -> argparse.ArgumentParser:
    """Add a subcommand that takes the name of a user."""
    parser = actions.add_parser(name, parents=[options], help=summary, description=f"{summary.capitalize()}.")
    parser.add_argument("name", metavar="NAME", help="the name of the user, in any spelling that looks the same")
    return parser


async def list_users(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Print one line per user: name, role, times of registration and last use, and whether there is no password."""
    users = [user for user in await context.administration.users() if arguments.role in (None, user.role)]
    width = max((len(user.name) for user in users), default=0)
    for user in users:
        note = "" if user.password is not None else "  no password"
        times = f"since {when(user.created)}  last seen {when(user.used)}"
        print(f"{user.name:{width}}  {user.role:9}  {times}{note}")


async def show(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Print the facts about a user that operators need, and nothing confidential."""
    user = await context.administration.user(arguments.name)
    for label, value in [*_user_fields(user), *await _sessions(context, user)]:
        print(f"{label + ':':13}{value}")
    ban = await context.administration.ban(user)
    if ban is not None:
        until = "permanently" if ban.until is None else f"until {when(ban.until)}"
        print(f"{'banned:':13}{until}{f' ({ban.reason})' if ban.reason else ''}")


def _user_fields(user: User) -> list[tuple[str, str]]:
    facts = [
        ("name", user.name),
        ("id", user.id),
        ("role", user.role),
        ("password", "yes" if user.password is not None else "none: the name is tied to its browser"),
        ("since", when(user.created)),
        ("last seen", when(user.used)),
    ]
    if user.muted_until is not None and user.muted_until > now():
        reason = f" ({user.mute_reason})" if user.mute_reason else ""
        facts.append(("muted", f"until {when(user.muted_until)}{reason}"))
    return facts


async def _sessions(context: AdminContext, user: User) -> list[tuple[str, str]]:
    return [_session_field(session) for session in await context.administration.sessions(user)]


def _session_field(session: StoredSession) -> tuple[str, str]:
    """Where and when a session or a token was last used. A token may not have been used yet."""
    place = f"{session.address or 'not used yet'}, {when(session.used)}"
    if session.is_token:
        return "token", f"{session.name}, {place}"
    return "session", f"{place}, {session.agent or 'unknown client'}"


async def give_role(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Change the role of a user. A running server applies it immediately, also to open websockets."""
    user = await context.administration.set_role(arguments.name, arguments.role)
    print(f"{user.name} is now {'an' if arguments.role == 'admin' else 'a'} {arguments.role}.")


async def reset_password(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Set a new password. A generated password is printed, once."""
    given = sys.stdin.readline().rstrip("\n") if arguments.stdin else None
    user, password = await context.administration.reset_password(arguments.name, given)
    print(f"{user.name} now has a new password{'.' if arguments.stdin else f': {password}'}")
    print("All their sessions and tokens have ended.", file=sys.stderr)


async def sign_out(context: AdminContext, arguments: argparse.Namespace) -> None:
    """End all sessions of a user, and with `--tokens` all tokens. Says what has ended, and what has not.

    A user without a password cannot sign in again.
    """
    user, sessions, tokens = await context.administration.sign_out(arguments.name, tokens=arguments.tokens)
    revoked = f", and {_counted(tokens, 'token')} revoked" if arguments.tokens else ""
    print(f"{user.name} was signed out of {_counted(sessions, 'session')}{revoked}.")
    if tokens and not arguments.tokens:
        print(f"Still valid: {_counted(tokens, 'token')} of programs. --tokens revokes them too.", file=sys.stderr)
    if user.password is None:
        print("The name has no password: it becomes free after some time without use.", file=sys.stderr)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


async def delete(context: AdminContext, arguments: argparse.Namespace) -> None:
    """Delete an account, after confirmation. The name is free immediately; a running server removes the messages."""
    user = await context.administration.user(arguments.name)
    if not arguments.yes:
        _confirm(user)
    await context.administration.delete(user.name, arguments.messages)
    print(f"Deleted {user.name}. The name is free again.")
    if arguments.messages == "remove":
        print("Their messages will be removed within a minute, or when Ting is started again.", file=sys.stderr)


def _confirm(user: User) -> None:
    print(f"Delete {user.name} permanently? Type the name to confirm: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != user.name:
        raise StartupError("Nothing was deleted.")
