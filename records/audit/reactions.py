"""Who is told by mail of what an audit has found (section 20)."""

from domain.audit.facts import CapaCritical, Critical, FindingCritical
from domain.core.people import Role
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.reactions import Consequences, reacts
from records.core.tables.master_data import PersonRow
from records.core.writing import Writing


@reacts(FindingCritical, CapaCritical, order=10)
async def tells_head_of_quality_and_qualified_person(writing: Writing, fact: Critical) -> Consequences:
    """The head of quality and the qualified person are mailed at once."""
    people = await told_of_criticals(writing, fact.site_id)
    kind = "critical finding" if isinstance(fact, FindingCritical) else "something critical"
    subject = f"{fact.case_id}: {kind} at {fact.site_id}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=fact.what or fact.why)
    return Consequences()


async def told_of_criticals(writing: Writing, site_id: str) -> list[PersonRow]:
    """Who is told of a critical finding at a site."""
    return await candidates(writing.session, [Role.HEAD_QA, Role.QP], site_id, at=writing.at)
