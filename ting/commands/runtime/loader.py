"""Finds and loads plugins, each by itself. A plugin that fails is left out, and the reason is kept for admins."""

import difflib
import inspect
import logging
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec

from ting.commands.plugin import API_VERSION, NoConfig, Plugin
from ting.core.errors import StartupError
from ting.core.settings import Settings

GROUP = "ting.commands"
MAX_DESCRIPTION_CHARS = 500

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedEntry:
    """An entry point with its plugin and the plugin's configuration, or with the reason why it has no plugin.

    `description` is the beginning of the docstring of the plugin's module. `claimed` maps those of its commands whose
    bare names belong to another plugin to the name of that plugin.
    """

    name: str
    plugin: Plugin | None
    reason: str = ""
    description: str = ""
    config: msgspec.Struct = field(default_factory=NoConfig)
    claimed: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """Notes for the operator about a plugin that works."""
        return [f"/{name} belongs to {owner}: use /{self.name}:{name}" for name, owner in self.claimed.items()]


@dataclass(frozen=True)
class PluginOptions:
    """The operator's choices: required and disabled plugins, owners of bare names, permissions, configuration."""

    required: Sequence[str] = ()
    disabled: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    permissions: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> "PluginOptions":
        """Read the options from the settings."""
        chosen = settings.commands
        return cls(chosen.required, chosen.disabled, chosen.names, chosen.permissions, settings.plugins)


def installed() -> Sequence[EntryPoint]:
    """The entry points of all installed plugins, by name. One that two distributions declare alike is there once."""
    unique = {(entry.name, entry.value): entry for entry in entry_points(group=GROUP)}
    return sorted(unique.values(), key=lambda entry: entry.name)


def look(entries: Iterable[EntryPoint], options: PluginOptions | None = None) -> list[LoadedEntry]:
    """Load each plugin by itself."""
    return gather([(entry.name, entry.value, entry.load) for entry in entries], options or PluginOptions())


def find(entries: Iterable[EntryPoint], options: PluginOptions | None = None) -> list[LoadedEntry]:
    """Load each plugin by itself, and log the problems. Raises `StartupError` if a required plugin was not loaded."""
    options = options or PluginOptions()
    found = look(entries, options)
    for entry in found:
        if entry.plugin is None:
            logger.error("Plugin %s was not loaded: %s", entry.name, entry.reason)
        for note in entry.notes:
            logger.warning("Plugin %s: %s", entry.name, note)
    reasons = {entry.name: entry.reason for entry in found if entry.plugin is None}
    for name in options.required:
        if name in reasons or all(entry.name != name for entry in found):
            raise StartupError(
                f"The required plugin {name} was not loaded: {reasons.get(name, 'it is not installed')}."
            )
    for text in unknown_names(found, options):
        logger.warning("Settings: %s", text)
    return found


def unknown_names(entries: Sequence[LoadedEntry], options: PluginOptions) -> list[str]:
    """What the settings name that there is not, as text for the operator: plugins, commands, and their pairs."""
    plugins = {entry.name: entry.plugin for entry in entries}
    commands = {name for plugin in plugins.values() if plugin for name in plugin.commands}
    full = {f"{plugin.name}:{name}" for plugin in plugins.values() if plugin for name in plugin.commands}
    found = [_unknown("commands.disabled", "plugin", name, plugins) for name in options.disabled]
    found += [_unknown(f"[plugins.{name}]", "plugin", name, plugins) for name in options.config]
    found += [_unknown("commands.permissions", "command", name, commands | full) for name in options.permissions]
    for name, owner in options.names.items():
        plugin = plugins.get(owner)
        found += [_unknown("commands.names", "command", name, commands)]
        found += [_unknown("commands.names", "plugin", owner, plugins)]
        if name in commands and plugin is not None and name not in plugin.commands:
            found += [f"commands.names gives /{name} to the plugin {owner}, which has no such command."]
    return [text for text in found if text]


def _unknown(setting: str, kind: str, name: str, known: Collection[str]) -> str:
    if name in known:
        return ""
    close = difflib.get_close_matches(name.removeprefix("/"), known, n=1, cutoff=0.7)
    hint = f' Did you mean "{close[0]}"?' if close else ""
    where = f"There is a table {setting}" if setting.startswith("[") else f'{setting} names "{name}"'
    return f"{where}, but no {kind} of this name is {'installed' if kind == 'plugin' else 'available'}.{hint}"


def gather(entries: Sequence[tuple[str, str, Callable[[], Any]]], options: PluginOptions) -> list[LoadedEntry]:
    """Load entries. Each is given as its name, the object that it refers to, and a function that loads it."""
    loaded: list[LoadedEntry] = []
    for name, value, load in entries:
        entry = _loaded(name, value, load, options)
        if entry.plugin is not None and any(other.plugin and other.name == entry.name for other in loaded):
            entry = LoadedEntry(name, None, f'the name "{entry.name}" is already used by another plugin')
        loaded.append(entry)
    owners = bare_names([entry.plugin for entry in loaded if entry.plugin is not None], options.names)
    return [_with_claimed(entry, owners) for entry in loaded]


def bare_names(plugins: Iterable[Plugin], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the plugin that owns each bare command name: the operator's choice, or the first that has the command."""
    owners: dict[str, str] = {}
    for plugin in plugins:
        for name in plugin.commands:
            if chosen.get(name) == plugin.name or (name not in owners and chosen.get(name, plugin.name) == plugin.name):
                owners[name] = plugin.name
    for plugin in plugins:  # if the operator chose a plugin without this command, the first that has it gets the name
        for name in plugin.commands:
            owners.setdefault(name, plugin.name)
    return owners


def _with_claimed(entry: LoadedEntry, owners: Mapping[str, str]) -> LoadedEntry:
    if entry.plugin is None:
        return entry
    claimed = {name: owners[name] for name in entry.plugin.commands if owners[name] != entry.plugin.name}
    return replace(entry, claimed=claimed)


def _loaded(name: str, value: str, load: Callable[[], Any], options: PluginOptions) -> LoadedEntry:
    try:
        plugin = load()
    except (Exception, SystemExit) as error:  # a plugin may raise anything
        return LoadedEntry(name, None, f"{type(error).__name__}: {error}")
    if not isinstance(plugin, Plugin):
        return LoadedEntry(name, None, f"{value} is not a ting.commands.Plugin but a {type(plugin).__name__}")
    if plugin.api != API_VERSION:
        return LoadedEntry(
            name, None, f"it needs version {plugin.api} of the plugin API, but this Ting has version {API_VERSION}"
        )
    try:
        config = configured(plugin, options.config.get(plugin.name, {}))
    except ValueError as error:
        return LoadedEntry(plugin.name, None, f"[plugins.{plugin.name}]: {error}")
    return LoadedEntry(plugin.name, plugin, description=_description(value), config=config)


def _description(value: str) -> str:
    """The first paragraph of the docstring of the module that an entry point names, as one line."""
    module = sys.modules.get(value.partition(":")[0])
    text = inspect.cleandoc(getattr(module, "__doc__", None) or "")
    return " ".join(text.partition("\n\n")[0].split())[:MAX_DESCRIPTION_CHARS]


def configured(plugin: Plugin, table: Mapping[str, Any]) -> msgspec.Struct:
    """Return the plugin's configuration. Raises `ValueError`, which says what is wrong."""
    known = {option.encode_name for option in msgspec.structs.fields(plugin.config)}
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f'Did you mean "{close[0]}"?' if close else f"Its options are: {', '.join(sorted(known)) or 'none'}."
            raise ValueError(f'unknown option "{key}". {hint}')
    try:
        return msgspec.convert(dict(table), plugin.config)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
