"""A case that ends because it is not needed any more."""

from domain.asl.asl import stream_of
from domain.core.case import Subject
from workflows.core.case import Case
from workflows.core.tasks import Closing


async def withdrawn_with_its_scope(case: Case, closing: Closing) -> None:
    """End the case once its scope is disqualified or retired (section 5)."""
    streams = [stream_of(scope_id) for scope_id in case.order.scope_ids]
    await case.until(lambda: any(case.received(stream, Subject.WITHDRAWN) is not None for stream in streams))
    case.end(closing)


async def withdrawn_by_owner(case: Case) -> None:
    """Wait until the case that owns this one says that it is not needed any more."""
    owner = case.order.owner
    await case.until(lambda: owner is not None and case.received(owner, Subject.WITHDRAWN) is not None)
