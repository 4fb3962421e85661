"""A routine case that ends because the site is not used for its scope any more."""

from domain.asl import stream_of
from domain.case import CaseOrder, Subject
from workflows.case import Case
from workflows.tasks import Closing


async def withdrawn_with_its_scope(case: Case, order: CaseOrder, closing: Closing) -> None:
    """End the case once its scope is disqualified or retired (section 5)."""
    streams = [stream_of(scope_id) for scope_id in order.scope_ids]
    await case.until(lambda: any(case.received(stream, Subject.WITHDRAWN) is not None for stream in streams))
    case.end(closing)
