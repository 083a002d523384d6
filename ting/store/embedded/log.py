"""The log file of the embedded mongod: keeps it small, and explains its last lines to the operator."""

import json
import os
import re
import shutil
import signal
from pathlib import Path
from typing import Any

MAX_LOG_BYTES = 4 * 2**20
TAIL_BYTES = 256 * 1024
MAX_QUOTED_CHARS = 300

# The first match is reported, so the order matters: a full disk also looks like damage, and WiredTiger
# reports an unknown version as missing permission.
FAILURES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"error while loading shared libraries: (?P<library>[^:\s]+)"),
        "mongod needs the library {library}, which is not installed. Install it (on Debian and Ubuntu, "
        "`apt install libcurl4` installs what the mongod of ting[embedded] needs), or use a mongod other than "
        "{mongod}.",
    ),
    (
        re.compile(r"cannot run .*: (?P<why>[^:]+)$", re.MULTILINE),
        "{mongod} cannot run on this system: {why}. Use a mongod built for this system.",
    ),
    (
        re.compile(r"No space left on device|OutOfDiskSpace|Disk quota exceeded"),
        "The disk that holds {directory} is full.",
    ),
    (
        re.compile(
            r"unsupported WiredTiger (\w+ )?file version|Wrong mongod version|UPGRADE PROBLEM"
            r"|invalid feature ?compatibility ?version|requires a newer version|unsupported storage engine version",
            re.IGNORECASE,
        ),
        "The data in {directory} was written by another version of MongoDB, most likely a newer one, which {mongod} "
        "cannot read. Use a mongod of the version that wrote them.",
    ),
    (re.compile(r"DBPathInUse"), "Another mongod is using {directory}. Stop it first."),
    (re.compile(r"Too many open files"), "mongod cannot open enough files: raise the limit (`ulimit -n`)."),
    (
        re.compile(
            r"corrupt|WT_TRY_SALVAGE|WT_PANIC|fatal turtle file|does not appear to be a WiredTiger file"
            r"|CursorNotFound|storage engine metadata file",
            re.IGNORECASE,
        ),
        "The database in {directory} is damaged. Restore the directory from a backup. See {log} for details.",
    ),
    (
        re.compile(r"Permission denied|Read-only file system"),
        "mongod has no permission to write to {directory}. See {log} for details.",
    ),
)
BAD_PROCESSOR = (
    "{mongod} needs a newer processor (MongoDB 5 and later need AVX). "
    "Use another mongod, or another MongoDB with --mongodb."
)


class MongodLog:
    """The log file of one database. All runs of its mongod append to it."""

    def __init__(self, path: Path, max_bytes: int = MAX_LOG_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._run_start = 0

    def open(self) -> int:
        """Return a descriptor for the output of a new run. The caller closes it."""
        self.trim()
        output = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._run_start = os.fstat(output).st_size
        return output

    def trim(self) -> None:
        """Rotate a long log, and replace the previous rotated one. mongod keeps writing to the same file."""
        if not self._path.exists() or self._path.stat().st_size <= self._max_bytes:
            return
        # Truncated even if there is no space for the copy, so that the log cannot fill the disk.
        try:
            shutil.copy2(self._path, self._path.with_name(self._path.name + ".1"))
        finally:
            os.truncate(self._path, 0)
            self._run_start = 0

    def explain(self, code: int, mongod: Path) -> str:
        """One line on why this run ended with `code`, which is negative for a signal, as in subprocess."""
        fields = {"directory": self._path.parent, "mongod": mongod, "log": self._path}
        if code == -signal.SIGILL:
            return BAD_PROCESSOR.format(**fields)
        problems = [line for line in self._tail() if _is_problem(line)]
        for pattern, message in FAILURES:
            if found := pattern.search("\n".join(problems)):
                return message.format(**fields, **found.groupdict())
        how = f"signal {-code}" if code < 0 else f"exit status {code}"
        detail = f": {_quote(problems[-1])}" if problems else ""
        return f"mongod ended with {how}{detail}. See {self._path} for details."

    def _tail(self) -> list[str]:
        """The last lines of this run; none if the log was removed."""
        try:
            with self._path.open("rb") as log:
                log.seek(max(self._run_start, self._path.stat().st_size - TAIL_BYTES))
                return log.read().decode(errors="replace").splitlines()
        except OSError:
            return []


def _parsed(line: str) -> dict[str, Any]:
    """The fields of a JSON line; none for plain text, which mongod and the dynamic loader also print."""
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _is_problem(line: str) -> bool:
    """Whether a line is an error. Other lines may quote texts of users, which must not be matched or shown."""
    return bool(line.strip()) and (not line.startswith("{") or _parsed(line).get("s") in ("E", "F"))


def _quote(line: str) -> str:
    fields = _parsed(line)
    attributes = fields.get("attr", {})
    error = attributes.get("error") or attributes.get("reason") or attributes.get("message")
    text = " ".join(str(part) for part in (fields.get("msg"), error) if part) or line
    return " ".join(text.split())[:MAX_QUOTED_CHARS]
