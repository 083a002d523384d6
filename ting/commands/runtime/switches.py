"""When plugins were switched on or off, and by which admin. Stored like the values of a plugin."""

from collections.abc import Mapping

import msgspec

from ting.commands.ports import KeyValues
from ting.core.models import Milliseconds, UserId

OWNER = "ting.switches"  # no plugin can have this name
MAX_PLUGINS = 1_000


class Switched(msgspec.Struct, frozen=True):
    """How a plugin was switched last. `by` is a user id; "" if it is not known."""

    on: bool
    at: Milliseconds
    by: UserId


async def record(values: KeyValues, plugin: str, switched: Switched) -> None:
    """Remember how a plugin is switched. Raises `Busy`."""
    await values.put(OWNER, plugin, msgspec.json.encode(switched), None, switched.at)


async def recorded(values: KeyValues, now: Milliseconds) -> Mapping[str, Switched]:
    """How plugins were switched last, by plugin. Raises `Busy`."""
    found = await values.page(OWNER, "", "", MAX_PLUGINS, now)
    return {plugin: msgspec.json.decode(value, type=Switched) for plugin, value in found if isinstance(value, bytes)}
