"""What the end of an appointment, or of its licence, locks first and reaches: what was signed under it."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.appointment.appointment import AppointmentEnd
from domain.appointment.facts import SignedUnderNone
from domain.asl.asl import stream_of
from domain.site.facts import DeclarationWithdrawn
from records.appointment.appointments import stands_on
from records.appointment.tables import AppointmentRow
from records.appointment.uses import signed_since
from records.batch.genealogy import descendants
from records.batch.holds.holds import open_batches
from records.batch.tables.batches import BatchRow
from records.core.checks.changes import part
from records.core.declared import Effect, locks_above_event
from records.core.reactions import Consequences, establish, reacts
from records.core.writing import Writing
from records.release.qp_declarations import declared_sites, shown_otherwise
from records.release.tables import DeclaredSiteRow
from records.site.tables import CertificateRow


@locks_above_event("APT", "appointment.end")
async def what_was_signed(session: AsyncSession, number: str, payload: Effect) -> list[str]:
    """Lists and batches come first, as whoever signs locks them before the appointment."""
    form = AppointmentEnd.stored(part(payload, "form"))
    lists, family = await in_reach_of(session, [number], form.ended_from)
    return sorted(lists | family)


async def appointed_on(session: AsyncSession, papers: Sequence[CertificateRow]) -> list[str]:
    """The appointments that stand on one of these certificates."""
    kinds = {each.type for each in papers}
    rows = (await session.exec(select(AppointmentRow).where(col(AppointmentRow.kind).in_(sorted(kinds))))).all()
    return sorted(each.number for each in rows if any(stands_on(each, paper) for paper in papers))


async def in_reach_of(session: AsyncSession, numbers: Collection[str], since: date) -> tuple[set[str], set[str]]:
    """The lists and batches that are locked before appointments that did not count since a day; none of none.

    What was signed under them since then, and all that comes from it. Who signs meanwhile holds the appointment: what
    is in reach is asked once more when that is locked.
    """
    if not numbers:
        return set(), set()
    signed = await signed_since(session, numbers, since)
    declared = [each for found in signed.values() for each in found.records]
    covered = select(DeclaredSiteRow.scope_id).where(col(DeclaredSiteRow.number).in_(declared))
    scopes = set((await session.exec(covered)).all())
    batches = {each for found in signed.values() for each in found.batch_ids}
    for scope_id in sorted(scopes):
        batches |= (await open_batches(session, scope_id)).keys()
    family = await descendants(session, batches) if batches else set()
    made_by = select(BatchRow.scope_id).where(col(BatchRow.batch_id).in_(sorted(family)))
    return {stream_of(scope_id) for scope_id in {*scopes, *(await session.exec(made_by)).all()}}, family


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
