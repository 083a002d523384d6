"""Slash commands. Plugin authors import from here: `from ting.commands import Context, Plugin`."""

from ting.commands.api import Context, Plugin

__all__ = ["Context", "Plugin"]
