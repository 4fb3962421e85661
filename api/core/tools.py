"""What routes work with, made once when the application starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from temporalio.client import Client

from records.core.database import Database
from records.core.journal import Journal
from settings import Settings


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Tools:
    """`clock` gives business time; tests with skipped time pass the time of the workflow server."""

    settings: Settings
    database: Database
    journal: Journal
    temporal: Client
    clock: Callable[[], datetime] = utc_now


def _tools(request: Request) -> Tools:
    tools: Tools = request.app.state.tools
    return tools


ToolsOf = Annotated[Tools, Depends(_tools)]
