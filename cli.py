"""The command `vetted`. Every command imports what it needs when it runs."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

import settings as configuration
from embedded.processes import Failed

app = typer.Typer(help="Qualification and oversight of CDMOs.", no_args_is_help=True, pretty_exceptions_enable=False)
db = typer.Typer(help="The records database.", no_args_is_help=True)
app.add_typer(db, name="db")


@app.command()
def dev() -> None:
    """Run everything on this machine: Temporal with its UI, database, worker and API."""
    from embedded.dev import run

    with _told_plainly():
        run(configuration.load(), Console())


@app.command()
def api() -> None:
    """Serve the API."""
    import logging

    import uvicorn

    from api.app import create_app
    from api.core.access_log import WithoutSecrets

    settings = _settings()
    _load_units()
    logging.getLogger("uvicorn.access").addFilter(WithoutSecrets())
    uvicorn.run(
        create_app(settings),
        host=settings.api_host,
        port=settings.api_port,
        log_level=settings.log_level,
        timeout_graceful_shutdown=5,
    )


@app.command()
def worker() -> None:
    """Run one worker. Any number may run at once."""
    import uvloop

    from worker import main

    settings = _settings()
    _load_units()
    uvloop.run(main(settings))


@db.command()
def upgrade(
    *, seed: Annotated[bool, typer.Option(help="Create the policy and a few people, and print them.")] = False
) -> None:
    """Bring the schema to the newest version, and add what an older policy lacks."""
    from records.core import database

    settings = _settings()
    _load_units()  # this command is the first of every installation: it fails before a worker is started to die
    with _told_plainly(), _a_database_that_works():
        database.upgrade(settings.database_url)
        asyncio.run(_taken_up(settings))
    if seed:
        typer.echo(asyncio.run(_seeded(settings)))


async def _taken_up(settings: configuration.Settings) -> None:
    """What an older database needs besides its schema."""
    from records.contexts import load
    from records.core.database import Database
    from records.core.dates import Dates
    from records.core.journal import Journal
    from records.installation.supplementing import supplement_policy
    from records.installation.taking_up import take_up, take_up_facts

    database = Database(settings.database_url)
    try:
        journal, now = Journal(database, load(), web=settings.public_url), datetime.now(UTC)
        for version in await supplement_policy(database, journal, now):
            typer.echo(f"Policy version {version} adds what an older one lacked. Nobody has signed it.", err=True)
        await take_up(database, journal, now)
        await Dates(database, journal, load()).establish(now, cause="upgrade")
        await take_up_facts(database, journal, load(), now)
    finally:
        await database.close()


async def _seeded(settings: configuration.Settings) -> str:
    """What was created, as JSON."""
    from records.contexts import load
    from records.core.database import Database
    from records.installation.seed import seed

    database = Database(settings.database_url)
    try:
        return (await seed(database, load(), settings)).model_dump_json()
    finally:
        await database.close()


@db.command()
def rebuild() -> None:
    """Make all projections anew from the journal."""
    from records.contexts import load
    from records.core.rebuild import rebuild as make_anew

    with _existing_records() as settings:
        make_anew(settings.database_url, load())


@app.command()
def verify() -> None:
    """Check the hash chains of the journal and the kept documents. The exit code is 1 if anything was altered."""
    from records.core.verify import verify as check

    with _existing_records() as settings:
        check(settings.database_url, settings.document_dir)


@app.command(name="gate-report")
def gate_report(
    batch: Annotated[str, typer.Argument(help="Id of the batch, such as BAT-1.")],
    market: Annotated[str | None, typer.Option(help="One market; all of the batch if it is left out.")] = None,
) -> None:
    """Print how the gates of a batch stand now. The exit code is 1 if there is no such batch or market."""
    from domain.core.refusals import Refused

    with _existing_records() as settings:
        try:
            pages = asyncio.run(_gate_reports(settings, batch, market))
        except Refused as refused:
            raise Failed(refused.refusal.message) from None
        typer.echo("\n".join(pages), nl=False)


async def _gate_reports(settings: configuration.Settings, batch: str, market: str | None) -> list[str]:
    """One page for each market."""
    from domain.release.gate_report_text import rendered
    from records.core.database import Database
    from records.core.policies import Policies
    from records.release.queries.gate_reports import gate_report, markets_of

    database, now = Database(settings.database_url), datetime.now(UTC)
    try:
        async with database.reading() as session:
            markets: list[str | None] = (
                [market] if market is not None else [*await markets_of(session, batch)] or [None]
            )
            reports = [await gate_report(session, Policies(), batch, now, market=each) for each in markets]
    finally:
        await database.close()
    return [rendered(report) for report in reports]


@app.command()
def doctor() -> None:
    """Say with which settings Vetted would run here, and what stands in the way of `vetted dev`. Creates nothing."""
    from embedded.dev import obstacles

    settings, console = _settings(makes_secret=False), Console()
    for name, value in configuration.describe(settings).items():
        console.print(f"{name}={value}", highlight=False, soft_wrap=True)
    found = obstacles(settings)
    try:
        with _a_database_that_works():
            _refuse_without_records(settings.database_url)
    except NoRecords as absent:
        console.print(str(absent), highlight=False, soft_wrap=True)
    except Failed as broken:
        found.append(str(broken))
    for obstacle in found:
        console.print(f"[red]![/] {obstacle}", highlight=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)
    console.print("Nothing stands in the way of `vetted dev`.")


class NoRecords(Failed):
    """There is no Vetted database where the settings say."""


def _settings(*, makes_secret: bool = True) -> configuration.Settings:
    with _told_plainly():
        return configuration.load(makes_secret=makes_secret)


def _load_units() -> None:
    """Whoever cannot read units can run no procedure, and says so before anything else."""
    from domain.core.units import BrokenUnits, load_units

    with _told_plainly():
        try:
            load_units()
        except BrokenUnits as broken:
            raise Failed(str(broken)) from None


@contextmanager
def _existing_records() -> Iterator[configuration.Settings]:
    """The settings of records that are there already: whoever looks in the wrong folder leaves no new ones behind."""
    with _told_plainly(), _a_database_that_works():
        settings = configuration.load(makes_secret=False)
        _refuse_without_records(settings.database_url)
        yield settings


def _refuse_without_records(url: str) -> None:
    from records.core.presence import has_records, place

    if not has_records(url):
        raise NoRecords(
            f"There is no Vetted database at {place(url)}; name it by VETTED_DATA_DIR or VETTED_DATABASE_URL."
        )


@contextmanager
def _a_database_that_works() -> Iterator[None]:
    """Whatever the database says no with is told in one sentence. Raises `Failed`."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (CommandError, SQLAlchemyError) as error:
        reason = str(error).splitlines()[0]
        raise Failed(
            f"The records database cannot be used: {reason}\n"
            "Bring Vetted up to date if it is older than the database,"
            " or name another place by VETTED_DATABASE_URL or VETTED_DATA_DIR."
        ) from None


@contextmanager
def _told_plainly() -> Iterator[None]:
    """What the person at the terminal can mend is told without a traceback."""
    try:
        yield
    except (configuration.SettingsError, Failed) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def main() -> None:
    """Run the command and leave at once: Temporal's client may crash an interpreter that is taken down in order."""
    code = 0
    try:
        app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
