"""The plugin API: slash commands, timers, tasks and event handlers.

Plugins import every public name from here: `from ting.commands import Context, Plugin`.
"""

from ting.commands.arguments import Rest
from ting.commands.checks import Pattern, Range
from ting.commands.context import Context
from ting.commands.converters import Channel, Converter, Duration, Option, Scene, Time, User
from ting.commands.handles import Ghost, Said, Told
from ting.commands.lexer import ArgumentError
from ting.commands.plugin import API_VERSION, Plugin
from ting.commands.storage import Store, StoreFull
from ting.core.errors import Refused
from ting.core.models import Message, Person

__all__ = [
    "API_VERSION",
    "ArgumentError",
    "Channel",
    "Context",
    "Converter",
    "Duration",
    "Ghost",
    "Message",
    "Option",
    "Pattern",
    "Person",
    "Plugin",
    "Range",
    "Refused",
    "Rest",
    "Said",
    "Scene",
    "Store",
    "StoreFull",
    "Time",
    "Told",
    "User",
]
