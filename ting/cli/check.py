"""`ting check`: one line for each thing that must be well before people can come in."""

from collections.abc import Awaitable, Callable
from typing import TextIO

from ting.commands.runtime import loader
from ting.core.errors import StartupError
from ting.core.settings import Settings
from ting.store.database import Database
from ting.store.embedded.mongod import EmbeddedMongo, find_mongod
from ting.store.embedded.opening import start_or_share


class Report:
    """Prints findings, and remembers whether all of them were good."""

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self.all_well = True

    def report(self, subject: str, finding: str, *, well: bool = True) -> None:
        self.all_well = self.all_well and well
        print(f"{'ok  ' if well else 'FAIL'}  {subject}: {finding}", file=self._output, flush=True)

    async def attempt(self, subject: str, question: Callable[[], Awaitable[str]]) -> bool:
        """Tell what a question finds, or why it could not be answered."""
        try:
            self.report(subject, await question())
        except StartupError as error:
            self.report(subject, str(error), well=False)
            return False
        return True


async def check(settings: Settings, output: TextIO) -> bool:
    """Print what is found; whether all is well. Starts the private database for the time it takes."""
    report = Report(output)
    report.report("settings", "valid")
    mongod: EmbeddedMongo | None = None
    uri = settings.mongodb
    try:
        if not uri:
            report.report("mongod", str(find_mongod(settings.mongod or None)))
            mongod = EmbeddedMongo(settings.data_directory, settings.mongod or None)
            uri = await start_or_share(mongod, settings.database)
        await _check_database(report, Database(uri, settings.database))
    except StartupError as error:
        report.report("database", str(error), well=False)
    finally:
        if mongod is not None:
            await mongod.stop()
    _check_plugins(report, settings)
    return report.all_well


async def _check_database(report: Report, database: Database) -> None:
    async def version() -> str:
        return f"MongoDB {await database.server_version()}"

    async def schema() -> str:
        await database.check_schema_version()
        missing = await database.missing_indexes()
        return f"the indexes {', '.join(missing)} will be created at the next start" if missing else "all indexes exist"

    try:
        if await report.attempt("database", version):
            await report.attempt("schema", schema)
    finally:
        database.close()


def _check_plugins(report: Report, settings: Settings) -> None:
    choices = loader.PluginOptions.of(settings)
    found = loader.look(loader.installed(), choices)
    for one in found:
        if one.plugin is None:
            report.report(f"plugin {one.name}", one.reason, well=False)
        else:
            commands = ", ".join(f"/{name}" for name in one.plugin.commands) or "no commands"
            report.report(f"plugin {one.name}", "; ".join((commands, *one.notes)))
    there = {one.name for one in found if one.plugin is not None}
    for name in settings.commands.required:
        if name not in there:
            report.report(f"plugin {name}", "required, but not available", well=False)
