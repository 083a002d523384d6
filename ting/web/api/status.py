"""Monitoring: liveness, readiness and metrics."""

from ting.core.errors import NotAllowed
from ting.core.networks import in_networks
from ting.web.handler import Access, ApiHandler
from ting.web.request import address_of, is_from_trusted_proxy


class StatusHandler(ApiHandler):
    """For operators, who also need it when the server has no connection left for others."""

    def _may_use_reserve(self, address: str) -> bool:
        return in_networks(address, self.services.settings.metrics_from)


class HealthHandler(StatusHandler):
    """`/healthz`: 200 while the event loop runs."""

    access = Access.ANYONE

    async def get(self) -> None:
        self.reply({"status": "ok"})


class ReadyHandler(StatusHandler):
    """`/readyz`: 200 when messages can be stored, else 503 with the reasons.

    Problems of plugins are reported as well, but do not affect the status, since the chat works without plugins.
    """

    access = Access.ANYONE

    async def get(self) -> None:
        reasons = []
        if self.services.stopping:
            reasons.append("The server is stopping.")
        if not await self.services.database.reachable():
            reasons.append("The database does not answer.")
        self.set_status(503 if reasons else 200)
        answer: dict[str, object] = {"status": "not ready", "reasons": reasons} if reasons else {"status": "ok"}
        plugins = self.services.commands.problems()
        self.reply({**answer, "plugins": plugins} if plugins else answer)


class MetricsHandler(StatusHandler):
    """`/metrics`: the metrics, for Prometheus at an allowed address."""

    access = Access.ANYONE

    async def get(self) -> None:
        self._require_allowed_address()
        text, content_type = self.services.metrics.exposition(self.request.headers.get("Accept", ""))
        self.set_header("Content-Type", content_type)
        self.set_header("Cache-Control", "no-store")
        self.finish(text)

    def _require_allowed_address(self) -> None:
        """Raises `NotAllowed` if the client's address may not read the metrics."""
        if "X-Forwarded-For" in self.request.headers and not is_from_trusted_proxy(self.services, self.request):
            # Behind an untrusted proxy on this machine, every client would seem to have a local address.
            raise NotAllowed("The request came through a proxy that is not in the setting trusted_proxies.")
        address = address_of(self.services, self.request)
        if not in_networks(address, self.services.settings.metrics_from):
            raise NotAllowed(f"{address} is not in the setting metrics_from.")
