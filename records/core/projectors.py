"""Projectors, declared by the type of event they follow."""

from collections.abc import Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from records.core.registries import DECLARED

Projector = Callable[[AsyncSession, Event], Awaitable[None]]


def follows(*types: str, order: int = 0) -> Callable[[Projector], Projector]:
    """Declare which event types a projector follows. Projectors of one type run by `order`, which must differ."""

    def declare(projector: Projector) -> Projector:
        for type_ in types:
            DECLARED.projectors.declare(type_, projector, order)
        return projector

    return declare
