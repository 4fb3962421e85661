"""Who sees what (S6): a CDMO its own sites and what is shared with it, a third party the cases it takes part in.

The sponsor and inspectors read everything, but for a restricted exchange, which only some of the sponsor's people do.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from domain.core.forms import Audience
from domain.core.people import Actor, Org, Role
from domain.core.refusals import Code, Refused
from records.core.questions import Condition, asked, composed
from records.core.tables.cases import CaseRow, ParticipantRow, RecordRow, TaskRow
from records.core.tables.journal import EventRow


@asked()
@dataclass(frozen=True)
class HiddenCases(Condition[tuple[SelectOfScalar[str], ...]]):
    """Which cases, by their ids, an actor does not see although others of their kind are seen; none if all are."""

    actor: Actor


@asked()
@dataclass(frozen=True)
class HiddenStreams(Condition[tuple[SelectOfScalar[str], ...]]):
    """Which streams of the journal an actor does not see for that reason."""

    actor: Actor


def reads_everything(actor: Actor) -> bool:
    """Whether the person sees all sites and all audiences: the sponsor and inspectors do."""
    return actor.org is Org.SPONSOR or Role.INSPECTOR in actor.roles


def sees_cases(actor: Actor) -> ColumnElement[bool]:
    """The cases an actor sees. A site learns of a case when something in it is shared with it or asked of it."""
    if reads_everything(actor):
        return is_unrestricted(actor, col(CaseRow.case_id))
    if actor.org is Org.CDMO:
        own = col(CaseRow.site_id).in_(sorted(actor.sites)) if actor.sites else false()
        return and_(own, col(CaseRow.shared))
    return _takes_part(actor, col(CaseRow.case_id))


def is_unrestricted(actor: Actor, case_id: Mapped[str]) -> ColumnElement[bool]:
    """Whether a case is no restricted one, or the actor is one of those who read these as well (section 7)."""
    return and_(true(), *(case_id.not_in(ids) for hidden in composed(HiddenCases(actor)) for ids in hidden))


def sees_streams(actor: Actor, stream: Mapped[str]) -> ColumnElement[bool]:
    """Whether a stream is neither a restricted case nor comes from one, or the actor reads these as well."""
    return and_(true(), *(stream.not_in(ids) for hidden in composed(HiddenStreams(actor)) for ids in hidden))


def sees_tasks(actor: Actor) -> ColumnElement[bool]:
    """The tasks an actor sees; of a restricted exchange only those who read these."""
    if reads_everything(actor):
        return is_unrestricted(actor, col(TaskRow.case_id))
    if actor.org is Org.CDMO:
        own = col(TaskRow.site_id).in_(sorted(actor.sites)) if actor.sites else false()
        return and_(own, col(TaskRow.org) == Org.CDMO.value)
    return _takes_part(actor, col(TaskRow.case_id))


def sees_task(actor: Actor, task: TaskRow) -> bool:
    """Whether an actor sees a task of a case that they see."""
    return actor.org is not Org.CDMO or task.org == Org.CDMO.value


def sees_records(actor: Actor, issued_report: int | None) -> ColumnElement[bool]:
    """The records an actor sees in a case. A CDMO gets the issued version of an audit report only."""
    if actor.org is not Org.CDMO:
        return true()
    shared = col(RecordRow.audience) == Audience.SHARED.value
    if issued_report is None:
        return shared
    return or_(shared, and_(col(RecordRow.action) == "report", col(RecordRow.version) == issued_report))


def sees_events(actor: Actor) -> ColumnElement[bool]:
    """The events an actor sees in a case."""
    return col(EventRow.audience) == Audience.SHARED.value if actor.org is Org.CDMO else true()


async def visible_case(session: AsyncSession, actor: Actor, process: str, case_id: str) -> CaseRow:
    """The case, if the actor sees it. Raises `Refused(NOT_FOUND)`: nobody learns that another's case exists."""
    query = select(CaseRow).where(col(CaseRow.case_id) == case_id, col(CaseRow.process) == process, sees_cases(actor))
    row = (await session.exec(query)).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such case.", rule="S6")
    return row


def _takes_part(actor: Actor, case_id: Mapped[str]) -> ColumnElement[bool]:
    return case_id.in_(select(ParticipantRow.case_id).where(col(ParticipantRow.person_id).in_(sorted(actor.persons))))
