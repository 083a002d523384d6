"""The metrics that Prometheus reads."""

import asyncio
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.app_parts import message
from tests.client import AN_ID, Answer, People, message_id
from tests.documentation import ROOT
from ting.core.networks import Network
from ting.core.settings import Settings
from ting.server import Server

Start = Callable[[Settings], Server]


@pytest.fixture
def behind_proxy(settings: Settings, start_server: Start) -> People:
    """A server that trusts proxies on this machine, and allows 10.0.0.0/8 to read the metrics."""
    changes = {"trusted_proxies": [Network("127.0.0.1")], "metrics_from": [Network("10.0.0.0/8")]}
    return People(start_server(msgspec.structs.replace(settings, **changes)).url)


async def read_metrics(people: People) -> dict[str, float]:
    """All samples, by name and labels."""
    answer = await people.stranger().get("/metrics")
    assert answer.status == 200
    return {
        sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


@pytest.mark.gen_test
async def test_activity_is_counted(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    socket, other = await ada.connect(), await bob.connect()
    sent = await socket.send("hello")
    await socket.ask("edit", id=sent["id"], text="hello there")
    await socket.ask("edit", id=AN_ID, text="x")
    await ada.get("/api/channels/!")
    before = await read_metrics(people)
    other.connection.close()
    while (after := await read_metrics(people))["ting_connections"] != 1:
        await asyncio.sleep(0.01)

    assert before["ting_connections"] == before["ting_people"] == 2
    assert before["ting_conversations"] == 1
    assert before["ting_messages_total"] == before["ting_changes_total"] == 1
    assert before["ting_frames_total type=send"] == 1
    assert before["ting_frames_total type=edit"] == 2
    assert before["ting_refusals_total code=bad_conversation"] == 1
    assert before["ting_journal_batch_changes_sum"] == before["ting_journal_write_seconds_count"] == 2
    assert before["ting_journal_waiting"] == 0
    assert before["ting_http_requests_total handler=Session method=POST status=201"] == 2
    assert before["process_resident_memory_bytes"] > 0
    assert after["ting_people"] == 1
    assert sum(value for name, value in after.items() if name.startswith("ting_connections_closed_total")) == 1


@pytest.mark.gen_test
async def test_drafts_are_counted_but_their_text_is_not_exposed(people: People) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect(join="#secrets")
    await socket.send_frame({"type": "draft", "conversation": "#secrets", "id": AN_ID, "text": "a secret"})
    await socket.ask("ping")

    metrics = (await people.stranger().get("/metrics")).body.decode()

    assert "ting_drafts 1.0" in metrics
    names = re.sub(r" \S+$", "", metrics, flags=re.MULTILINE)  # without the values, which can contain any digits
    assert not re.search(r"secret|ada|192\.|127\.", names)


@pytest.mark.gen_test
async def test_both_exposition_formats_are_supported(people: People) -> None:
    plain = await people.stranger().get("/metrics")
    open_metrics = await people.stranger().request(
        "GET", "/metrics", Accept="application/openmetrics-text; version=1.0.0"
    )

    assert plain.headers["Content-Type"].startswith("text/plain; version=")
    assert open_metrics.headers["Content-Type"].startswith("application/openmetrics-text")
    assert open_metrics.body.endswith(b"# EOF\n")


@pytest.mark.gen_test
async def test_only_addresses_in_the_settings_can_read_the_metrics(behind_proxy: People) -> None:
    async def read_from(address: str) -> Answer:
        return await behind_proxy.stranger().request("GET", "/metrics", X_Forwarded_For=address)

    assert (await read_from("10.1.2.3")).status == 200
    outside = await read_from("192.0.2.7")
    assert (outside.status, outside.code) == (403, "not_allowed")
    assert "192.0.2.7 is not in the setting metrics_from" in outside.json["error"]["message"]


@pytest.mark.gen_test
async def test_a_request_through_an_untrusted_proxy_is_not_local(people: People) -> None:
    answer = await people.stranger().request("GET", "/metrics", X_Forwarded_For="127.0.0.1")

    assert (answer.status, answer.code) == (403, "not_allowed")


@pytest.mark.gen_test
async def test_an_unknown_method_gets_no_label_of_its_own(people: People) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(people.url).port)
    writer.write(b"BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b" 405 " in await reader.readline()
    writer.close()

    metrics = (await people.stranger().get("/metrics")).body.decode()

    assert 'method="other"' in metrics
    assert "BREW" not in metrics


@pytest.mark.gen_test
async def test_the_documentation_explains_every_metric(people: People) -> None:
    metrics = (await people.stranger().get("/metrics")).body.decode()
    families = {family.name for family in text_string_to_metric_families(metrics)}

    documented = set(re.findall(r"\bting_\w+", (ROOT / "docs" / "operations.md").read_text()))

    ours = {name for name in families if name.startswith("ting_") and not name.endswith("_created")}
    assert ours - {name.removesuffix("_total") for name in documented} == set()


@pytest.mark.gen_test
async def test_events_that_plugins_do_not_get_are_counted(
    people: People, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """The shipped plugin `stats` gets every message. Its queue is full here after five."""
    events = server.app.commands._engine.events
    events._max_queued = 5
    new = [message(message_id(), seq=seq, first=seq) for seq in range(1, 51)]

    for rounds in (1, 2):
        events.committed("#ting", new)
        events.committed("#ting", new)
        assert (await read_metrics(people))["ting_plugin_events_dropped_total plugin=stats"] == rounds * 95
        await events.settle()
        while caplog.text.count("has not got 95 events") < rounds:
            await asyncio.sleep(0)

    assert caplog.text.count("Plugin stats is too slow") == 2  # once each time
