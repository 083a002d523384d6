"""`ting plugins`: list and check the plugins, or create a new one."""

import argparse
from pathlib import Path

from ting.cli import plugin_template
from ting.cli.command import EXIT_FAILED, Subparsers, failed
from ting.commands.plugin import COMMAND_NAME
from ting.commands.runtime import loader
from ting.commands.runtime.loader import LoadedEntry, PluginOptions
from ting.core.settings import Settings


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
    """Print one line per plugin. Fails if a plugin could not be loaded, or a required one is missing."""
    entries = loader.look(loader.installed(), PluginOptions.of(settings))
    for entry in entries:
        print(_line(entry, settings))
    available = {entry.name for entry in entries if entry.plugin is not None}
    missing = [name for name in settings.commands.required if name not in available]
    for name in missing:
        print(f"FAIL  {name}: required, but not available")
    return EXIT_FAILED if missing or any(entry.plugin is None for entry in entries) else 0


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


def _line(entry: LoadedEntry, settings: Settings) -> str:
    if entry.plugin is None:
        return f"FAIL  {entry.name}: {entry.reason}"
    hooks = [
        ", ".join(f"/{name}" for name in entry.plugin.commands),
        ", ".join(f"every {timer.every}" for timer in entry.plugin.timers.values()),
        ", ".join(f"on {event}" for event in entry.plugin.events),
        *entry.notes,
    ]
    state = "off " if entry.name in settings.commands.disabled else "ok  "
    return f"{state}  {entry.name}: {'; '.join(filter(None, hooks)) or 'no hooks'}"
