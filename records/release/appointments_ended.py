"""What the end of an appointment, or of its licence, locks first and reaches: what was signed under it."""

from collections.abc import Collection, Sequence

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.appointment.facts import SignedUnderNone
from domain.asl.asl import stream_of
from domain.batch.holds.holds import BatchState
from domain.site.facts import DeclarationWithdrawn
from records.appointment.appointments import stands_on
from records.appointment.tables import AppointmentRow, AppointmentUseRow
from records.batch.genealogy import descendants
from records.batch.holds.holds import makes_a_part
from records.batch.tables.batches import BatchRow
from records.core.declared import locks_above_event
from records.core.reactions import Consequences, establish, reacts
from records.core.writing import Writing
from records.release.qp_declarations import declared_sites, shown_otherwise
from records.release.tables import DeclaredSiteRow
from records.site.tables import CertificateRow


@locks_above_event("APT", "appointment.end")
async def what_was_signed(session: AsyncSession, number: str) -> list[str]:
    """Lists and batches come first, as whoever signs locks them before the appointment."""
    return await _above(session, [number])


async def appointed_on(session: AsyncSession, papers: Sequence[CertificateRow]) -> list[str]:
    """The appointments that stand on one of these certificates."""
    kinds = {each.type for each in papers}
    rows = (await session.exec(select(AppointmentRow).where(col(AppointmentRow.kind).in_(sorted(kinds))))).all()
    return sorted(each.number for each in rows if any(stands_on(each, paper) for paper in papers))


async def in_reach_of(session: AsyncSession, numbers: Collection[str]) -> tuple[set[str], set[str]]:
    """The scopes and batches that a stop of what appointments stand on locks before these; none of none.

    What was signed under them, and every batch that is not closed: whoever signs there meanwhile is waited for.
    """
    if not numbers:
        return set(), set()
    scopes, signed = await _signed(session, numbers)
    query = select(BatchRow.batch_id, BatchRow.scope_id).where(
        or_(col(BatchRow.state) != BatchState.CLOSED.value, col(BatchRow.batch_id).in_(sorted(signed)))
    )
    found = (await session.exec(query)).all()
    return scopes | {scope for _, scope in found}, {batch for batch, _ in found}


async def _signed(session: AsyncSession, numbers: Collection[str]) -> tuple[set[str], set[str]]:
    """The scopes of declarations that were made under appointments, and the batches of what was signed under them."""
    used = select(AppointmentUseRow.batch_id, AppointmentUseRow.stream).where(
        col(AppointmentUseRow.number).in_(sorted(numbers))
    )
    uses = (await session.exec(used)).all()
    declared = [stream for batch, stream in uses if batch is None]
    covered = select(DeclaredSiteRow.scope_id).where(col(DeclaredSiteRow.number).in_(declared))
    scopes = set((await session.exec(covered)).all())
    batches = {batch for batch, _ in uses if batch is not None}
    for scope_id in sorted(scopes):
        batches |= set((await session.exec(select(BatchRow.batch_id).where(makes_a_part(scope_id)))).all())
    return scopes, batches


async def _above(session: AsyncSession, numbers: Collection[str]) -> list[str]:
    """Families of what was signed under appointments, with the lists of their scopes."""
    scopes, batches = await _signed(session, numbers)
    family = await descendants(session, batches) if batches else set()
    made_by = select(BatchRow.scope_id).where(col(BatchRow.batch_id).in_(sorted(family)))
    lists = {stream_of(scope_id) for scope_id in {*scopes, *(await session.exec(made_by)).all()}}
    return sorted(lists | family)


@reacts(SignedUnderNone, order=10, protects=True)
async def has_what_rested_on_declarations_reviewed(writing: Writing, fact: SignedUnderNone) -> Consequences:
    """A declaration that nobody appointed has made shows nothing (G3): what was released on it is looked at again."""
    done = Consequences()
    for number in fact.records:
        bare = [
            each.scope_id
            for each in await declared_sites(writing.session, number)
            if not await shown_otherwise(writing.session, each.scope_id, number, writing.at.date())
        ]
        if bare:
            told = DeclarationWithdrawn(number=number, scope_ids=tuple(bare), by_nobody=True, reason=fact.why[:3000])
            done += await establish(writing, told)
    return done
