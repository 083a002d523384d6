"""`ting plugins`: which there are and whether they are well, and the beginning of a new one."""

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
    """One line for each; fails if one is left out, or one that is required is not there."""
    found = loader.look(loader.installed(), PluginOptions.of(settings))
    for one in found:
        print(_line(one, settings))
    there = {one.name for one in found if one.plugin is not None}
    missing = [name for name in settings.commands.required if name not in there]
    for name in missing:
        print(f"FAIL  {name}: required, but not available")
    return EXIT_FAILED if missing or any(one.plugin is None for one in found) else 0


def write_new(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write a package into a new directory."""
    name, directory = arguments.name, arguments.directory / f"ting-{arguments.name}"
    if not COMMAND_NAME.fullmatch(name):
        return failed(f'"{name}" is not a valid plugin name: use 1 to 32 of a-z 0-9 _ -, starting with a letter.')
    try:
        plugin_template.write(name, directory)
    except OSError as error:
        return failed(f"Cannot write to {directory}: {error.strerror or error}.")
    print(f"Created {directory}. Try it:\n\n    cd {directory}\n    python -m pytest\n    python -m pip install -e .\n")
    return 0


def _line(one: LoadedEntry, settings: Settings) -> str:
    if one.plugin is None:
        return f"FAIL  {one.name}: {one.reason}"
    hooks = [
        ", ".join(f"/{name}" for name in one.plugin.commands),
        ", ".join(f"every {timer.every}" for timer in one.plugin.timers.values()),
        ", ".join(f"on {event}" for event in one.plugin.events),
        *one.notes,
    ]
    state = "off " if one.name in settings.commands.disabled else "ok  "
    return f"{state}  {one.name}: {'; '.join(filter(None, hooks)) or 'no hooks'}"
