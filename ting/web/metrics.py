"""Metrics for monitoring, in Prometheus's text format.

Counters and histograms are updated as events happen. Gauges are read at scrape time. No label contains a user, an
address or a conversation.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

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
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

from ting.core.models import Message

LAG_EVERY_S = 0.5
WRITE_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
BATCH_BUCKETS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
REQUEST_BUCKETS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
LAG_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class _ReadCounter(Collector):
    """A counter whose values are kept elsewhere."""

    def __init__(self, name: str, description: str, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        self._described = (name, description, [label])
        self._read = read

    def collect(self) -> Iterator[CounterMetricFamily]:
        name, description, labels = self._described
        family = CounterMetricFamily(name, description, labels=labels)
        for value, count in self._read().items():
            family.add_metric([value], count)
        yield family


class Metrics:
    """The metrics of one server, in their own registry."""

    def __init__(self, version: str) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        Gauge("ting_info", "The running version.", ["version"], registry=registry).labels(version).set(1)
        self._messages = Counter("ting_messages", "Messages stored durably.", registry=registry)
        self._changes = Counter("ting_changes", "Edits, deletions and reactions stored durably.", registry=registry)
        self._write_seconds = Histogram(
            "ting_journal_write_seconds",
            "Time MongoDB took to journal a batch.",
            buckets=WRITE_BUCKETS_S,
            registry=registry,
        )
        self._batch_changes = Histogram(
            "ting_journal_batch_changes", "Changes per journaled batch.", buckets=BATCH_BUCKETS, registry=registry
        )
        self._frames = Counter("ting_frames", "Frames received from clients.", ["type"], registry=registry)
        self._frame_counters: dict[str, Counter] = {}  # by frame type: `labels()` takes longer than counting
        self._refusals = Counter("ting_refusals", "Errors sent to clients, by code.", ["code"], registry=registry)
        self._closings = Counter("ting_connections_closed", "Websockets closed.", ["code"], registry=registry)
        self._requests = Counter(
            "ting_http_requests", "HTTP requests answered.", ["handler", "method", "status"], registry=registry
        )
        self._request_seconds = Histogram(
            "ting_http_request_seconds",
            "Time from the first byte of a request to the end of the response.",
            ["handler"],
            buckets=REQUEST_BUCKETS_S,
            registry=registry,
        )
        self._broken = Counter(
            "ting_broken_documents",
            "Documents of the database that could not be read, by collection. `ting check --deep` names them.",
            ["collection"],
            registry=registry,
        )
        self._lag = Histogram(
            "ting_loop_lag_seconds",
            "Delay of the event loop.",
            buckets=LAG_BUCKETS_S,
            registry=registry,
        )

    def gauge(self, name: str, description: str, read: Callable[[], float]) -> None:
        """Register a gauge that is read at scrape time. Raises `ValueError` if the name is in use."""
        Gauge(name, description, registry=self._registry).set_function(read)

    def counter(self, name: str, description: str, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        """Register a counter that is read at scrape time, by the values of a label."""
        self._registry.register(_ReadCounter(name, description, label, read))

    def batch_written(self, changes: int, seconds: float) -> None:
        """Record a batch written by the journal."""
        self._batch_changes.observe(changes)
        self._write_seconds.observe(seconds)

    def messages_committed(self, messages: Sequence[Message]) -> None:
        """Count messages and changes that became durable."""
        new = sum(message.is_new for message in messages)
        self._messages.inc(new)
        self._changes.inc(len(messages) - new)

    def frame_received(self, frame_type: str) -> None:
        """Count a received frame."""
        counter = self._frame_counters.get(frame_type)
        if counter is None:
            counter = self._frame_counters[frame_type] = self._frames.labels(frame_type)
        counter.inc()

    def refused(self, code: str) -> None:
        """Count an error sent to a client."""
        self._refusals.labels(code).inc()

    def websocket_closed(self, code: int | None) -> None:
        """Count a closed websocket by close code; None if the connection was lost without one."""
        # Clients can send any code. Those that are neither registered (RFC 6455, 7.4.1) nor Ting's own are counted
        # as "other", so that the number of labels is bounded.
        known = code is None or 1000 <= code <= 1015 or 4000 <= code <= 4099
        self._closings.labels("lost" if code is None else str(code) if known else "other").inc()

    def request_answered(self, handler: str, method: str, status: int, seconds: float) -> None:
        """Record an answered HTTP request."""
        self._requests.labels(handler, method, str(status)).inc()
        self._request_seconds.labels(handler).observe(seconds)

    def broken_document(self, collection: str) -> None:
        """Count a document that cannot be read."""
        self._broken.labels(collection).inc()

    async def run(self) -> None:
        """Measure the delay of the event loop until cancelled."""
        while True:
            due = time.monotonic() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            self._lag.observe(max(0.0, time.monotonic() - due))

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All metrics and their content type: OpenMetrics if accepted, else Prometheus's older format."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type
