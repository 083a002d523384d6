"""The log of the embedded mongod: rotation, and explanations for the operator."""

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
    "exit status 14. See": '{"s":"I","c":"COMMAND","msg":"a user wrote: No space left on device, corrupt"}',
}


@pytest.mark.parametrize("expected", RECORDED)
def test_errors_of_mongod_are_explained_in_one_line(directory: Path, expected: str) -> None:
    directory.mkdir()
    log = MongodLog(directory / "mongod.log")
    with os.fdopen(log.open(), "w") as output:
        output.write(RECORDED[expected])
    explanation = log.explain(14, Path("mongod"))
    assert expected in explanation
    assert "\n" not in explanation


def test_errors_of_an_earlier_run_are_ignored(directory: Path) -> None:
    directory.mkdir()
    (directory / "mongod.log").write_text(RECORDED["full"] + "\n")
    log = MongodLog(directory / "mongod.log")
    os.close(log.open())
    assert "full" not in log.explain(1, Path("mongod"))


def test_a_long_log_is_rotated_while_mongod_writes_to_it(directory: Path) -> None:
    directory.mkdir()
    log = MongodLog(directory / "mongod.log", max_bytes=100)
    with os.fdopen(log.open(), "w", buffering=1) as output:
        output.write("x" * 101 + "\n")
        log.trim()
        output.write("new\n")
    assert (directory / "mongod.log").read_text() == "new\n"
    assert (directory / "mongod.log.1").stat().st_size == 102
