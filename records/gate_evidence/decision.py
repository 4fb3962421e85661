"""G11 and G14: who has reviewed and disposed of the batch, and what stands against any decision."""

from sqlmodel import col, select

from domain.decision_gates import ALERTS, REVIEWS
from domain.forms import Process
from domain.gate_facts import DispositionFacts, HoldFacts, ReviewFacts, SiteEventFacts
from domain.holds import HoldType
from domain.site_event import EventType
from records.gate_evidence.look import Look
from records.holds import open_holds
from records.queries.events import event_of
from records.tables import CaseRow, RecordRow, SiteEventRow

_PACKAGE, _DISPOSITION = "package", "disposition"


async def reviews_of(look: Look) -> tuple[ReviewFacts, ...]:
    """The newest version of each of the sponsor's reviews."""
    package = await _newest(look, _PACKAGE)
    found = [await _newest(look, action) for action in REVIEWS]
    return tuple([await _review(look, row, package) for row in found if row is not None])


async def _review(look: Look, row: RecordRow, package: RecordRow | None) -> ReviewFacts:
    verdicts = row.form.get("verdicts", [])
    return ReviewFacts(
        action=row.action,
        by_name=row.by_name,
        persons=await _persons(look, row),
        at=row.at,
        failed=tuple(each["gate"] for each in verdicts if each["verdict"] == "FAIL"),
        is_outdated=package is not None and package.number > row.number,
    )


async def disposition_of(look: Look) -> DispositionFacts | None:
    """What the site's quality unit has decided last; `None` before it has."""
    row = await _newest(look, _DISPOSITION)
    verdict = look.batch.site_decision
    if row is None or verdict is None:
        return None
    return DispositionFacts(verdict=verdict, by_name=row.by_name, persons=await _persons(look, row))


async def _newest(look: Look, action: str) -> RecordRow | None:
    query = select(RecordRow).where(col(RecordRow.case_id) == look.batch.batch_id, col(RecordRow.action) == action)
    return (await look.session.exec(query.order_by(col(RecordRow.version).desc()).limit(1))).first()


async def _persons(look: Look, row: RecordRow) -> tuple[str, ...]:
    """Whose hands a record counts as, who has delegated it among them (S11)."""
    event = await event_of(look.session, row.case_id, row.number)
    return tuple(sorted(event.actor.persons))


async def events_about(look: Look) -> tuple[SiteEventFacts, ...]:
    """Open recalls, import alerts and statements of non-compliance that touch a scope used, or the lot."""
    query = (
        select(SiteEventRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(SiteEventRow.case_id))
        .where(col(SiteEventRow.site_id).in_(look.sites), col(SiteEventRow.type).in_(sorted(ALERTS)))
        .order_by(col(CaseRow.number))
    )
    found = (await look.session.exec(query)).all()
    return tuple([
        SiteEventFacts(event_id=event.case_id, type=event.type, site_id=event.site_id)
        for event, case in found
        if _touches(look, event) and await _is_open(look, event, case)
    ])  # fmt: skip


def _touches(look: Look, event: SiteEventRow) -> bool:
    """A recall that names lots touches those alone; an act against the site touches all that is made there."""
    if look.batch.number in event.lots:
        return True
    named_others = event.type == EventType.RECALL.value and bool(event.lots)
    return not named_others and look.touches(event.scope_ids)


async def _is_open(look: Look, event: SiteEventRow, case: CaseRow) -> bool:
    """Until it is triaged, and then until every case is closed that its triage has opened."""
    if case.closed_at is None:
        return True
    opened = [each for ids in (event.opened or {}).values() if isinstance(ids, list) for each in ids]
    query = select(CaseRow.case_id).where(
        col(CaseRow.case_id).in_([each for each in opened if isinstance(each, str) and each != look.batch.batch_id]),
        col(CaseRow.process) != Process.BATCH.value,
        col(CaseRow.closed_at).is_(None),
    )
    return (await look.session.exec(query.limit(1))).first() is not None


async def holds_on(look: Look) -> tuple[HoldFacts, ...]:
    """The holds that stand on the batch."""
    return tuple(
        HoldFacts(hold_id=row.hold_id, type=HoldType(row.type), reason=row.reason, market=row.market)
        for row in await open_holds(look.session, look.batch.batch_id)
    )
