"""For those who watch over the service: is it alive, can it do its work, and how much does it do?"""

from ting.core.errors import NotAllowed
from ting.core.networks import is_among
from ting.web.handler import Access, ApiHandler
from ting.web.request import address_of, trusted


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


class MetricsHandler(ApiHandler):
    """`/metrics`: what is measured, for a Prometheus at one of the addresses that may know it."""

    access = Access.ANYBODY

    async def get(self) -> None:
        self._check_asker()
        told, content_type = self.parts.metrics.told(self.request.headers.get("Accept", ""))
        self.set_header("Content-Type", content_type)
        self.set_header("Cache-Control", "no-store")
        self.finish(told)

    def _check_asker(self) -> None:
        """Raises `NotAllowed`."""
        if "X-Forwarded-For" in self.request.headers and not trusted(self.parts, self.request):
            # From a proxy on this machine, everybody would seem to be here.
            raise NotAllowed(
                "This came through a proxy that is not in trusted_proxies, in the settings of this server."
            )
        address = address_of(self.parts, self.request)
        if not is_among(address, self.parts.settings.metrics_from):
            raise NotAllowed(f"{address} is not in metrics_from, in the settings of this server.")
