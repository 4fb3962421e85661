"""The decision on a suspension, wherever an audit gives a reason for it."""

from typing import Unpack

from domain.audit.critical import SuspensionDecision, refuse_unless_scoped
from domain.core.people import Actor
from workflows.core.case import Case
from workflows.core.tasks import Answered, TaskOptions


async def suspension_decided(case: Case, **options: Unpack[TaskOptions]) -> Answered[SuspensionDecision]:
    """The decision, which names the scopes if it suspends any."""
    return await case.ask(SuspensionDecision, check=_is_scoped, **options)


def _is_scoped(decision: SuspensionDecision, actor: Actor) -> None:
    refuse_unless_scoped(decision)
