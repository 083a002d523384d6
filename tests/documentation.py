"""Reads values from the client's modules and from the documentation, to compare them with those of the server."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def javascript(module: str, expression: str) -> Any:
    """The value of a JavaScript expression, in which `module` is a module of the client's model."""
    node = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    assert node, "node is needed: it comes with the extra `test`"
    url = (ROOT / "static" / "js" / "model" / module).as_uri()
    program = f"import * as module from {json.dumps(url)}; console.log(JSON.stringify({expression}));"
    done = subprocess.run(
        [node, "--input-type=module", "-e", program], capture_output=True, text=True, check=True, timeout=20
    )
    return json.loads(done.stdout)


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table under a heading of a documentation page, without the header row."""
    _, found, section = (ROOT / "docs" / page).read_text().partition(f"# {heading}\n")
    assert found, f"{page} has no section {heading}"
    lines = section.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows
