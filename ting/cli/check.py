"""`ting check`: check the settings, the database and the plugins, with one line per check.

With `--deep`, also each document of the database: one line for each broken document, and one for each collection.
"""

from collections.abc import Awaitable, Callable
from typing import TextIO

from ting.commands.runtime import loader
from ting.core.errors import Refused, StartupError
from ting.core.settings import Settings
from ting.files.space import FileSpace, SpaceLimits
from ting.store.database import Database, DatabaseError, first_line
from ting.store.embedded.mongod import EmbeddedMongo, find_mongod
from ting.store.embedded.opening import start_or_share
from ting.store.inspection import Finding, inspect
from ting.store.space import SpaceStore


class Report:
    """Prints the result of each check, and remembers whether all of them passed."""

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self.passed = True

    def report(self, subject: str, finding: str, *, ok: bool = True) -> None:
        self.passed = self.passed and ok
        print(f"{'ok  ' if ok else 'FAIL'}  {subject}: {finding}", file=self._output, flush=True)

    async def attempt(self, subject: str, probe: Callable[[], Awaitable[str]]) -> bool:
        """Report the result of a check, or the `StartupError` it raised. True if it passed."""
        try:
            self.report(subject, await probe())
        except StartupError as error:
            self.report(subject, str(error), ok=False)
            return False
        return True


async def check(settings: Settings, output: TextIO, *, deep: bool = False) -> bool:
    """Print the results, and return whether all checks passed. Starts the embedded mongod while it runs, if needed.

    `deep`: read all documents, and name those that are broken.
    """
    report = Report(output)
    report.report("settings", "valid")
    mongod: EmbeddedMongo | None = None
    uri = settings.mongodb
    try:
        if not uri:
            report.report("mongod", str(find_mongod(settings.mongod or None)))
            mongod = EmbeddedMongo(settings.data_directory, settings.mongod or None)
            uri = await start_or_share(mongod, settings.database)
        await _check_database(report, settings, Database(uri, settings.database), deep=deep)
    except StartupError as error:
        report.report("database", str(error), ok=False)
    finally:
        if mongod is not None:
            await mongod.stop()
    _check_plugins(report, settings)
    return report.passed


async def _check_database(report: Report, settings: Settings, database: Database, *, deep: bool) -> None:
    async def version() -> str:
        return f"MongoDB {await database.server_version()}"

    async def schema() -> str:
        await database.check_schema_version()
        missing = await database.missing_indexes()
        return f"the indexes {', '.join(missing)} will be created at the next start" if missing else "all indexes exist"

    async def files() -> str:
        space = FileSpace(SpaceStore(database), SpaceLimits.of(settings.limits))
        try:
            await space.measure()
        except Refused as refused:
            raise StartupError(refused.message) from None
        if space.problem is not None:
            raise StartupError(space.problem)
        free = f"{_mebibytes(space.disk.free)} of the disk are free" if space.disk else "the free disk is not known"
        return f"they take {_mebibytes(space.used)}, {free}"

    try:
        if await report.attempt("database", version):
            await report.attempt("schema", schema)
            await report.attempt("files", files)
            if deep:
                await _check_documents(report, database)
    finally:
        database.close()


def _mebibytes(bytes: int) -> str:
    return f"{bytes / 2**20:,.0f} MiB"


async def _check_documents(report: Report, database: Database) -> None:
    """Name each broken document with its collection, its id, and the JSON paths of what is wrong."""
    try:
        async for found in inspect(database):
            if isinstance(found, Finding):
                report.report(f"{found.collection} {found.id}", "; ".join(found.problems), ok=False)
            else:
                finding = f"{found.documents} documents, {found.broken or 'none'} broken"
                report.report(found.collection, finding, ok=not found.broken)
    except DatabaseError as error:
        report.report("documents", f"they cannot be read: {first_line(error)}", ok=False)


def _check_plugins(report: Report, settings: Settings) -> None:
    options = loader.PluginOptions.of(settings)
    entries = loader.look(loader.installed(), options)
    for entry in entries:
        if entry.plugin is None:
            report.report(f"plugin {entry.name}", entry.reason, ok=False)
        else:
            commands = ", ".join(f"/{name}" for name in entry.plugin.commands) or "no commands"
            report.report(f"plugin {entry.name}", "; ".join((commands, *entry.notes)))
    for text in loader.unknown_names(entries, options):
        report.report("settings", text, ok=False)
    available = {entry.name for entry in entries if entry.plugin is not None}
    for name in settings.commands.required:
        if name not in available:
            report.report(f"plugin {name}", "required, but not available", ok=False)
