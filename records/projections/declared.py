"""Projectors, declared by the type of event they follow."""

from collections.abc import Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event

Projector = Callable[[AsyncSession, Event], Awaitable[None]]

PROJECTORS: dict[str, list[Projector]] = {}


def follows(*types: str) -> Callable[[Projector], Projector]:
    """Declare which event types a projector follows. Projectors of one type run in the order of declaration."""

    def declare(projector: Projector) -> Projector:
        for type_ in types:
            PROJECTORS.setdefault(type_, []).append(projector)
        return projector

    return declare
