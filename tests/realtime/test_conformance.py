"""Writing to the socket directly conforms to the websocket protocol: the Autobahn cases, run by kosoku."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

# Large messages (9) and compression (12, 13) take minutes or do not apply.
EXCLUDED_CASES = ("9.*", "12.*", "13.*")
# Tornado answers some invalid close codes with the code itself. Ting's transports do not handle closing.
FAILED_BY_TORNADO = {f"7.9.{number}" for number in range(1, 10)}


@pytest.mark.parametrize("transport", ["direct", "--tornado"])
def test_conformance_is_the_same_as_tornados(transport: str, tmp_path: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.realtime.conformance", transport], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline())
        excluded = [argument for case in EXCLUDED_CASES for argument in ("-x", case)]
        kosoku = [str(Path(sys.executable).with_name("kosoku")), *excluded, "-p", "4", "-o", str(tmp_path)]
        subprocess.run([*kosoku, f"127.0.0.1:{port}"], check=False, capture_output=True, timeout=120)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()

    (results,) = json.loads((tmp_path / "index.json").read_text()).values()
    failed = {case for case, result in results.items() if result["behavior"] == "FAILED"}
    assert len(results) > 200
    assert failed <= FAILED_BY_TORNADO
