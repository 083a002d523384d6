"""Finds plugins and loads each of them alone: one that fails is left out, and the reason stays visible."""

import difflib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec

from ting.commands.plugin import API_VERSION, NoConfig, Plugin
from ting.core.errors import StartupError
from ting.core.settings import Settings

GROUP = "ting.commands"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedEntry:
    """An entry point, with its plugin and what it is configured as, or the reason why it has none.

    `claimed` are its commands whose bare names belong to another plugin, and to which.
    """

    name: str
    plugin: Plugin | None
    reason: str = ""
    config: msgspec.Struct = field(default_factory=NoConfig)
    claimed: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """What an operator should know of a plugin that works."""
        return [f"/{name} belongs to {owner}: use /{self.name}:{name}" for name, owner in self.claimed.items()]


@dataclass(frozen=True)
class PluginOptions:
    """What the operator decides: which plugins must load and which are off, who owns a bare name, who may do what."""

    required: Sequence[str] = ()
    disabled: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    permissions: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> "PluginOptions":
        """As the settings say."""
        chosen = settings.commands
        return cls(chosen.required, chosen.disabled, chosen.names, chosen.permissions, settings.plugins)


def installed() -> Sequence[EntryPoint]:
    """The entry points of all installed plugins."""
    return sorted(entry_points(group=GROUP), key=lambda entry: entry.name)


def look(entries: Iterable[EntryPoint], options: PluginOptions | None = None) -> list[LoadedEntry]:
    """Load each plugin alone."""
    return gather([(entry.name, entry.value, entry.load) for entry in entries], options or PluginOptions())


def find(entries: Iterable[EntryPoint], options: PluginOptions | None = None) -> list[LoadedEntry]:
    """Load each plugin alone, and log what is wrong. Raises `StartupError` if one that is required cannot be had."""
    options = options or PluginOptions()
    found = look(entries, options)
    for one in found:
        if one.plugin is None:
            logger.error("Plugin %s was not loaded: %s", one.name, one.reason)
        for note in one.notes:
            logger.warning("Plugin %s: %s", one.name, note)
    reasons = {one.name: one.reason for one in found if one.plugin is None}
    for name in options.required:
        if name in reasons or all(one.name != name for one in found):
            raise StartupError(
                f"The required plugin {name} was not loaded: {reasons.get(name, 'it is not installed')}."
            )
    for name in options.config:
        if all(one.name != name for one in found):
            logger.warning("The settings have a table [plugins.%s], but this plugin is not installed", name)
    return found


def gather(entries: Sequence[tuple[str, str, Callable[[], Any]]], options: PluginOptions) -> list[LoadedEntry]:
    """What there is: each entry is its name, where it points, and what loads it."""
    loaded: list[LoadedEntry] = []
    for name, value, load in entries:
        one = _loaded(name, value, load, options)
        if one.plugin is not None and any(other.plugin and other.name == one.name for other in loaded):
            one = LoadedEntry(name, None, f'the name "{one.name}" is already used by another plugin')
        loaded.append(one)
    owners = bare_names([one.plugin for one in loaded if one.plugin is not None], options.names)
    return [_claiming(one, owners) for one in loaded]


def bare_names(plugins: Iterable[Plugin], chosen: Mapping[str, str]) -> dict[str, str]:
    """Which plugin owns each bare command name: the one the operator chose, else the first that has it."""
    owners: dict[str, str] = {}
    for plugin in plugins:
        for name in plugin.commands:
            if chosen.get(name) == plugin.name or (name not in owners and chosen.get(name, plugin.name) == plugin.name):
                owners[name] = plugin.name
    for plugin in plugins:  # a choice that no plugin matches leaves the name to the plugin that has it
        for name in plugin.commands:
            owners.setdefault(name, plugin.name)
    return owners


def _claiming(one: LoadedEntry, owners: Mapping[str, str]) -> LoadedEntry:
    if one.plugin is None:
        return one
    claimed = {name: owners[name] for name in one.plugin.commands if owners[name] != one.plugin.name}
    return LoadedEntry(one.plugin.name, one.plugin, config=one.config, claimed=claimed)


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
        return LoadedEntry(plugin.name, plugin, config=configured(plugin, options.config.get(plugin.name, {})))
    except ValueError as error:
        return LoadedEntry(plugin.name, None, f"[plugins.{plugin.name}]: {error}")


def configured(plugin: Plugin, table: Mapping[str, Any]) -> msgspec.Struct:
    """The plugin's configuration. Raises `ValueError` with what is wrong with it."""
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
