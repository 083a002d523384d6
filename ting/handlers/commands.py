"""The list of slash commands."""

from ting.handlers.base import Access, ApiHandler


class CommandsHandler(ApiHandler):
    """`/api/commands`."""

    access = Access.SESSION

    async def get(self) -> None:
        self.reply({"commands": self.parts.commands.usages()})
