"""What those who watch over the service can measure, in Prometheus's text format.

What happens is counted here by whoever sees it; what there is, is asked for when somebody looks. No label ever names
a person, an address or a conversation.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import choose_encoder

from ting.core.models import Message

LAG_EVERY_S = 0.5
WRITE_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
BATCH_BUCKETS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
ANSWER_BUCKETS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
LAG_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class Metrics:
    """The counts of one server, in a registry of its own."""

    def __init__(self, version: str) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        Gauge("ting_info", "The running version.", ["version"], registry=registry).labels(version).set(1)
        self._messages = Counter("ting_messages", "Messages stored durably.", registry=registry)
        self._changes = Counter("ting_changes", "Edits, deletions and reactions stored durably.", registry=registry)
        self._writes = Histogram(
            "ting_journal_write_seconds",
            "Time MongoDB took to journal a batch.",
            buckets=WRITE_BUCKETS_S,
            registry=registry,
        )
        self._batches = Histogram(
            "ting_journal_batch_changes", "Changes per journaled batch.", buckets=BATCH_BUCKETS, registry=registry
        )
        self._frames = Counter("ting_frames", "Frames received from clients.", ["type"], registry=registry)
        self._of_kind: dict[str, Counter] = {}  # those of the types: to look one up takes longer than to count
        self._refusals = Counter("ting_refusals", "Errors sent to clients, by code.", ["code"], registry=registry)
        self._closings = Counter("ting_connections_closed", "Websockets closed.", ["code"], registry=registry)
        self._requests = Counter(
            "ting_http_requests", "HTTP requests answered.", ["handler", "method", "status"], registry=registry
        )
        self._answers = Histogram(
            "ting_http_request_seconds",
            "Time from the first byte of a request to the end of the response.",
            ["handler"],
            buckets=ANSWER_BUCKETS_S,
            registry=registry,
        )
        self._lag = Histogram(
            "ting_loop_lag_seconds",
            "Delay of the event loop.",
            buckets=LAG_BUCKETS_S,
            registry=registry,
        )

    def gauge(self, name: str, meaning: str, now: Callable[[], float]) -> None:
        """Have something told as it is when somebody looks. Raises `ValueError` for a name that is taken."""
        Gauge(name, meaning, registry=self._registry).set_function(now)

    def write_answered(self, changes: int, seconds: float) -> None:
        """The journal wrote a batch."""
        self._batches.observe(changes)
        self._writes.observe(seconds)

    def messages_committed(self, messages: Sequence[Message]) -> None:
        """These became durable."""
        new = sum(message.is_new for message in messages)
        self._messages.inc(new)
        self._changes.inc(len(messages) - new)

    def frame_received(self, kind: str) -> None:
        """A frame of this type came."""
        counter = self._of_kind.get(kind)
        if counter is None:
            counter = self._of_kind[kind] = self._frames.labels(kind)
        counter.inc()

    def refused(self, code: str) -> None:
        """An error was answered."""
        self._refusals.labels(code).inc()

    def websocket_closed(self, code: int | None) -> None:
        """A websocket ended, with this close code; None where it was not closed but lost."""
        # Clients choose theirs among a thousand: what is not registered (RFC 6455, 7.4.1) or Ting's is one of "other".
        known = code is None or 1000 <= code <= 1015 or 4000 <= code <= 4099
        self._closings.labels("lost" if code is None else str(code) if known else "other").inc()

    def request_answered(self, handler: str, method: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(handler, method, str(status)).inc()
        self._answers.labels(handler).observe(seconds)

    async def run(self) -> None:
        """Measure how late the event loop is, until cancelled."""
        while True:
            due = time.monotonic() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            self._lag.observe(max(0.0, time.monotonic() - due))

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All of it, and its content type: OpenMetrics where that is accepted, else Prometheus's older format."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type
