"""`ting plugins`: list and check the plugins, or create a new one."""

import argparse
import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from ting.cli import plugin_template
from ting.cli.command import EXIT_FAILED, Subparsers, failed, when
from ting.commands.plugin import COMMAND_NAME
from ting.commands.runtime import loader
from ting.commands.runtime.loader import LoadedEntry, PluginOptions
from ting.core.errors import Refused, StartupError
from ting.core.models import AuditEntry
from ting.core.settings import Settings
from ting.store.embedded.mongod import EmbeddedMongo
from ting.store.embedded.opening import open_database
from ting.store.stores import Stores


def add(commands: "Subparsers[argparse.ArgumentParser]", options: argparse.ArgumentParser) -> None:
    """Add `ting plugins`, `ting plugins new`."""
    parser = commands.add_parser("plugins", parents=[options], help="list and check the plugins, or create a new one")
    parser.set_defaults(run=list_all)
    actions = parser.add_subparsers(metavar="ACTION")
    new = actions.add_parser("new", parents=[options], help="create a plugin from a template, with a passing test")
    new.add_argument("name", metavar="NAME", help="the name of the plugin, like dice")
    new.add_argument(
        "--in",
        dest="directory",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="where to create it (default: the current directory)",
    )
    new.set_defaults(run=write_new)


def list_all(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print one line per plugin.

    Fails if a plugin could not be loaded, a required one is missing, or the settings name one that there is not.
    """
    options = PluginOptions.of(settings)
    entries = loader.look(loader.installed(), options)
    try:
        switches = asyncio.run(_switches(settings))
    except (StartupError, Refused, OSError) as error:
        switches = {}
        print(f"ting: Which plugins admins switched off is not known: {error}", file=sys.stderr)
    for entry in entries:
        print(_line(entry, settings, switches.get(entry.name)))
    available = {entry.name for entry in entries if entry.plugin is not None}
    missing = [name for name in settings.commands.required if name not in available]
    unknown = loader.unknown_names(entries, options)
    for name in missing:
        print(f"FAIL  {name}: required, but not available")
    for text in unknown:
        print(f"FAIL  settings: {text}")
    return EXIT_FAILED if missing or unknown or any(entry.plugin is None for entry in entries) else 0


def write_new(settings: Settings, arguments: argparse.Namespace) -> int:
    """Create a plugin from the template in a new directory."""
    name, directory = arguments.name, arguments.directory / f"ting-{arguments.name}"
    if not COMMAND_NAME.fullmatch(name):
        return failed(f'"{name}" is not a valid plugin name: use 1 to 32 of a-z 0-9 _ -, starting with a letter.')
    try:
        plugin_template.write(name, directory)
    except OSError as error:
        return failed(f"Cannot write to {directory}: {error.strerror or error}.")
    print(f"Created {directory}. Try it:\n\n    cd {directory}\n    python -m pytest\n    python -m pip install -e .\n")
    return 0


@dataclass(frozen=True)
class Switch:
    """Whether an admin switched a plugin on, and a note: since when, and by which admin."""

    on: bool
    note: str


async def _switches(settings: Settings) -> dict[str, Switch]:
    """The plugins that admins switched. None before the first start. Raises `StartupError`, `Busy`."""
    mongod = EmbeddedMongo(settings.data_directory, settings.mongod or None)
    if not settings.mongodb and not mongod.directory.exists():
        return {}
    async with open_database(settings.mongodb, settings.database, mongod) as database:
        stores = Stores.of(database)
        is_on = await stores.tasks.switches()
        entries = await stores.audit.plugin_switches()
    return {plugin: Switch(on, _note(on, entries.get(plugin))) for plugin, on in is_on.items()}


def _note(on: bool, entry: AuditEntry | None) -> str:
    note = f"switched {'on' if on else 'off'}"
    if entry is None or (entry.act == "plugin-on") != on:  # by an older version, which did not record it
        return f"{note} by an admin"
    return f"{note} since {when(entry.at)} by {entry.by.name or 'a user who deleted their account'}"


def _line(entry: LoadedEntry, settings: Settings, switched: Switch | None) -> str:
    if entry.plugin is None:
        return f"FAIL  {entry.name}: {entry.reason}"
    hooks = [
        ", ".join(f"/{name}" for name in entry.plugin.commands),
        ", ".join(f"every {timer.every}" for timer in entry.plugin.timers.values()),
        ", ".join(f"on {event}" for event in entry.plugin.events),
        *entry.notes,
    ]
    is_disabled = entry.name in settings.commands.disabled
    if switched is not None and switched.on == is_disabled:  # not as the settings say
        hooks.append(switched.note)
    elif is_disabled:
        hooks.append("off by the setting commands.disabled")
    is_on = switched.on if switched is not None else not is_disabled
    return f"{'ok  ' if is_on else 'off '}  {entry.name}: {'; '.join(filter(None, hooks)) or 'no hooks'}"
