"""Slash commands, and the plugins that provide them."""

from msgspec import Struct

from ting.core.errors import BadRequest
from ting.web.handler import Access, ApiHandler

MAX_TEXT_CHARS = 4000


class PluginSwitch(Struct):
    """The body of `POST /api/plugins/{name}`."""

    enabled: bool


class CommandsHandler(ApiHandler):
    """`/api/commands`."""

    access = Access.SESSION

    async def get(self) -> None:
        """List the commands that the user may run."""
        self.reply({"commands": self.services.commands.usages(self.user)})


class CompletionHandler(ApiHandler):
    """`/api/commands/complete`."""

    access = Access.SESSION

    async def get(self) -> None:
        """Complete a command at the caret (`at`, in code points)."""
        text = self.get_query_argument("text", "", strip=False)
        if not text.startswith("/") or len(text) > MAX_TEXT_CHARS:
            raise BadRequest(f"text must be a command of at most {MAX_TEXT_CHARS} characters.", field="text")
        at = self.number("at", default=len(text), minimum=0, maximum=len(text))
        conversation = self.get_query_argument("conversation", "", strip=False)
        completion = await self.services.commands.complete(
            self.user.person, conversation, text, len(text) if at is None else at
        )
        options = [
            {"value": option.value, "label": option.label} if option.label else {"value": option.value}
            for option in completion.options
        ]
        self.reply({"options": options, "from": completion.start, "to": completion.end})


class PluginsHandler(ApiHandler):
    """`/api/plugins`."""

    access = Access.ADMIN

    async def get(self) -> None:
        """List all plugins. Those that could not be loaded are included, with the reason."""
        self.reply({"plugins": self.services.commands.plugins()})


class PluginHandler(ApiHandler):
    """`/api/plugins/{name}`."""

    access = Access.ADMIN

    async def post(self, name: str) -> None:
        """Switch a plugin on or off. The choice survives a restart."""
        self.reply(await self.services.commands.switch(name, self.body(PluginSwitch).enabled, self.user.id))
