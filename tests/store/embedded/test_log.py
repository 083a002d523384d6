"""What the embedded mongod prints: kept small, and told to the operator in one line."""

import os
from pathlib import Path

import pytest

from ting.store.embedded.log import MongodLog

RECORDED = {
    "full": '{"s":"E","c":"WT","msg":"WiredTiger error message","attr":{"error":28,"message":{"msg":'
    '"__log_fs_write:218: fatal log failure","error_str":"No space left on device"}}}\n'
    '{"s":"E","c":"WT","msg":"WiredTiger error message","attr":{"message":{"error_str":"WT_PANIC: library panic"}}}',
    "another version": '{"s":"F","c":"CONTROL","msg":"** IMPORTANT: UPGRADE PROBLEM: {error}","attr":{"error":"Invalid '
    "feature compatibility version value, expected '5.0', '5.3' or '6.0'\"}}",
    "damaged": '{"s":"E","c":"WT","msg":"WiredTiger error message","attr":{"message":{"msg":'
    '"__desc_read:381:WiredTiger.wt is corrupted","error_str":"WT_TRY_SALVAGE: database corruption detected"}}}',
    "Fatal assertion": '{"s":"F","c":"ASSERT","msg":"Fatal assertion\\n","attr":{"msgid":1}}',
    "exit status 14. See": '{"s":"I","c":"COMMAND","msg":"somebody wrote: No space left on device, corrupt"}',
}


@pytest.mark.parametrize("expected", RECORDED)
def test_what_mongod_says_becomes_one_line(place: Path, expected: str) -> None:
    place.mkdir()
    log = MongodLog(place / "mongod.log")
    with os.fdopen(log.open(), "w") as output:
        output.write(RECORDED[expected])
    said = log.explain(14, Path("mongod"))
    assert expected in said
    assert "\n" not in said


def test_an_earlier_run_explains_nothing(place: Path) -> None:
    place.mkdir()
    (place / "mongod.log").write_text(RECORDED["full"] + "\n")
    log = MongodLog(place / "mongod.log")
    os.close(log.open())
    assert "full" not in log.explain(1, Path("mongod"))


def test_the_log_stays_small_while_mongod_writes_it(place: Path) -> None:
    place.mkdir()
    log = MongodLog(place / "mongod.log", max_bytes=100)
    with os.fdopen(log.open(), "w", buffering=1) as output:
        output.write("x" * 101 + "\n")
        log.trim()
        output.write("new\n")
    assert (place / "mongod.log").read_text() == "new\n"
    assert (place / "mongod.log.1").stat().st_size == 102
