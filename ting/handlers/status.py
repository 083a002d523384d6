"""For those who watch over the service: is it alive, and can it do its work?"""

from ting.handlers.base import Access, ApiHandler


class HealthHandler(ApiHandler):
    """`/healthz`: 200 while the event loop turns."""

    access = Access.ANYBODY

    async def get(self) -> None:
        self.reply({"status": "ok"})


class ReadyHandler(ApiHandler):
    """`/readyz`: 200 when messages can be stored, else 503 with the reasons.

    What is wrong with plugins stands there too; the chat works without them.
    """

    access = Access.ANYBODY

    async def get(self) -> None:
        reasons = []
        if self.parts.stopping():
            reasons.append("The server is stopping.")
        if not await self.parts.database.reachable():
            reasons.append("The database does not answer.")
        self.set_status(503 if reasons else 200)
        answer: dict[str, object] = {"status": "not ready", "reasons": reasons} if reasons else {"status": "ok"}
        plugins = self.parts.commands.troubles()
        self.reply({**answer, "plugins": plugins} if plugins else answer)
