"""What was signed under an appointment that did not count as it was signed, as is known now (section 18)."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.site.certificate import CertificateStatus, is_valid_on, was_stopped_on
from records.appointment.appointments import LICENSED, papers_of, stands_on
from records.appointment.tables import AppointmentRow, AppointmentUseRow
from records.site.tables import CertificateRow

_ONCE_COUNTED = (CertificateStatus.VERIFIED.value, CertificateStatus.SUPERSEDED.value)


async def signed_by_nobody(session: AsyncSession, streams: Collection[str]) -> dict[tuple[str, int], str]:
    """The events of streams that were signed so, each with the number of the appointment.

    It had ended by then, or an authority had stopped its licence. None of no streams.
    """
    if not streams:
        return {}
    query = (
        select(AppointmentUseRow, AppointmentRow)
        .join(AppointmentRow, col(AppointmentRow.number) == col(AppointmentUseRow.number))
        .where(col(AppointmentUseRow.stream).in_(sorted(streams)))
        .order_by(col(AppointmentUseRow.stream), col(AppointmentUseRow.event_number), col(AppointmentUseRow.place))
    )
    found = (await session.exec(query)).all()
    licences = {(row.licence_site, row.licence) for _, row in found if row.kind in LICENSED}
    papers = await papers_of(session, licences) if licences else ()
    return {
        (use.stream, use.event_number): use.number for use, row in found if not _counted(row, papers, use.signed_at)
    }


def _counted(row: AppointmentRow, papers: Sequence[CertificateRow], signed_at: datetime) -> bool:
    """A licence of which no certificate is on record was read by who approved the appointment."""
    day = signed_at.astimezone(UTC).date()
    if row.ended_from is not None and day >= row.ended_from:
        return False
    own = [each for each in papers if stands_on(row, each)]
    stopped = [each for each in own if was_stopped_on(each.stopped_on, each.stopped_until, day)]
    return not stopped or any(_counted_on(each, day) for each in own if each not in stopped)


def _counted_on(paper: CertificateRow, day: date) -> bool:
    return paper.status in _ONCE_COUNTED and is_valid_on(paper.valid_to, day)
