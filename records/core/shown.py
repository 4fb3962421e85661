"""What a case of each process shows of its own, declared by the context that knows it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Process
from domain.core.people import Actor
from records.core.registries import DECLARED
from records.core.tables.cases import CaseRow


@dataclass(frozen=True)
class Reading:
    """Who reads, and when."""

    session: AsyncSession
    actor: Actor
    now: datetime


S = TypeVar("S", bound=Callable[[Reading, CaseRow], Awaitable[BaseModel | None]])


def shows(process: Process, field: str) -> Callable[[S], S]:
    """Declare what fills a field of the view of a case, in cases of a process. `None` shows nothing."""

    def declare(shown: S) -> S:
        DECLARED.shown.declare(process, (field, shown))
        return shown

    return declare


async def shown_of(reading: Reading, process: Process, case: CaseRow) -> dict[str, Any]:
    """The field that cases of the process have, if they have one. It has no transaction, so it asks what was loaded."""
    declared = DECLARED.shown.find(process)
    if declared is None:
        return {}
    field, shown = declared
    return {field: await shown(reading, case)}
