"""Slash commands and the plugins they come from."""

from msgspec import Struct

from ting.core.errors import BadRequest
from ting.web.handler import Access, ApiHandler

LARGEST_TEXT = 4000


class Switch(Struct):
    """The body of `POST /api/plugins/{name}`."""

    enabled: bool


class CommandsHandler(ApiHandler):
    """`/api/commands`."""

    access = Access.SESSION

    async def get(self) -> None:
        """Those that one may run."""
        self.reply({"commands": self.services.commands.usages(self.user)})


class CompletionHandler(ApiHandler):
    """`/api/commands/complete`."""

    access = Access.SESSION

    async def get(self) -> None:
        """What could stand at the caret (`at`, in code points) of a text that begins with a command."""
        text = self.get_query_argument("text", "", strip=False)
        if not text.startswith("/") or len(text) > LARGEST_TEXT:
            raise BadRequest(f"text must be a command of at most {LARGEST_TEXT} characters.", field="text")
        at = self.number("at", default=len(text), least=0, most=len(text))
        conversation = self.get_query_argument("conversation", "", strip=False)
        found = await self.services.commands.complete(
            self.user.person, conversation, text, len(text) if at is None else at
        )
        options = [
            {"value": one.value, "label": one.label} if one.label else {"value": one.value} for one in found.options
        ]
        self.reply({"options": options, "from": found.start, "to": found.end})


class PluginsHandler(ApiHandler):
    """`/api/plugins`."""

    access = Access.ADMIN

    async def get(self) -> None:
        """All of them, those that could not be loaded too, with the reason."""
        self.reply({"plugins": self.services.commands.plugins()})


class PluginHandler(ApiHandler):
    """`/api/plugins/{name}`."""

    access = Access.ADMIN

    async def post(self, name: str) -> None:
        """Switch it on or off, for good."""
        self.reply(await self.services.commands.switch(name, self.body(Switch).enabled))
