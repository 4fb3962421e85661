"""G11 and G14: who has reviewed and disposed of the batch, and what stands against any decision."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from sqlmodel import col, select

from domain.batch.disposition import SiteDisposition, SiteVerdict
from domain.batch.gate_facts import DispositionFacts, HoldFacts, ReviewFacts, SiteEventFacts
from domain.batch.holds import HoldType
from domain.batch.package import BatchPackage
from domain.batch.review import REVIEWS, BatchReview, failed_gates
from domain.core.forms import Form, Process
from domain.core.names import name_key
from domain.event.site_event import EventType
from domain.release.decision_gates import ALERTS
from records.batch.genealogy import ancestors
from records.batch.holds import open_holds
from records.batch.tables.batches import BatchRow
from records.core.queries.events import event_of
from records.core.tables.cases import CaseRow, RecordRow
from records.event.tables import SiteEventRow
from records.release.gate_evidence.context import GateContext

_MOST_ANCESTORS = 500


async def reviews_of(context: GateContext) -> tuple[ReviewFacts, ...]:
    """Each of the sponsor's reviews: what its newest version says, and everybody who has ever given it."""
    packages = await _versions(context, BatchPackage)
    found = [(form, await _versions(context, form)) for form in REVIEWS]
    return tuple([await _review(context, form, rows, packages) for form, rows in found if rows])


async def _review(
    context: GateContext, form: type[BatchReview], rows: Sequence[RecordRow], packages: Sequence[RecordRow]
) -> ReviewFacts:
    newest = rows[0]
    return ReviewFacts(
        action=newest.action,
        by_name=newest.by_name,
        persons=await _persons(context, rows),
        at=newest.at,
        failed=tuple(gate.value for gate in failed_gates(form.stored(newest.form))),
        is_outdated=bool(packages) and packages[0].number > newest.number,
    )


async def disposition_of(context: GateContext) -> DispositionFacts | None:
    """What the site's quality unit has decided last; `None` before it has."""
    rows = await _versions(context, SiteDisposition)
    if not rows or context.batch.site_decision is None:
        return None
    return DispositionFacts(
        verdict=SiteVerdict(context.batch.site_decision),
        by_name=rows[0].by_name,
        persons=await _persons(context, rows),
    )


async def _versions(context: GateContext, form: type[Form]) -> Sequence[RecordRow]:
    """Every version of a record of the batch, the newest first."""
    query = select(RecordRow).where(
        col(RecordRow.case_id) == context.batch.batch_id, col(RecordRow.action) == form.action.name
    )
    return (await context.session.exec(query.order_by(col(RecordRow.version).desc()))).all()


async def _persons(context: GateContext, rows: Sequence[RecordRow]) -> tuple[str, ...]:
    """Whose hands the records count as, who has delegated them among them (S11)."""
    events = [await event_of(context.session, row.case_id, row.number) for row in rows]
    return tuple(sorted({person for event in events for person in event.actor.persons}))


async def events_about(context: GateContext) -> tuple[SiteEventFacts, ...]:
    """Open recalls, import alerts and statements of non-compliance that touch a scope used, the lot, or its origin."""
    origin = await _origin(context)
    lots = {name_key(each.number) for each in (context.batch, *origin)}
    sites = sorted({*context.sites, *(each.site_id for each in origin)})
    query = (
        select(SiteEventRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(SiteEventRow.case_id))
        .where(col(SiteEventRow.site_id).in_(sites), col(SiteEventRow.type).in_(sorted(ALERTS)))
        .order_by(col(CaseRow.number))
    )
    found = (await context.session.exec(query)).all()
    return tuple([
        SiteEventFacts(event_id=event.case_id, type=event.type, site_id=event.site_id)
        for event, case in found
        if _touches(context, lots, event) and await _is_open(context, event, case)
    ])  # fmt: skip


async def _origin(context: GateContext) -> Sequence[BatchRow]:
    """The batches that it comes from, over all steps."""
    known = await ancestors(context.session, context.batch.batch_id, _MOST_ANCESTORS)
    return (await context.session.exec(select(BatchRow).where(col(BatchRow.batch_id).in_(sorted(known))))).all()


def _touches(context: GateContext, lots: AbstractSet[str], event: SiteEventRow) -> bool:
    """A recall that names lots touches those alone and what comes from them; an act against the site all made there."""
    if not lots.isdisjoint(map(name_key, event.lots)):
        return True
    if event.site_id not in context.sites:
        return False  # a site of what it comes from
    names_others = event.type == EventType.RECALL.value and bool(event.lots)
    return not names_others and context.touches(event.scope_ids)


async def _is_open(context: GateContext, event: SiteEventRow, case: CaseRow) -> bool:
    """Until it is triaged, and then until every case is closed that its triage has opened."""
    if case.closed_at is None:
        return True
    opened = [each for ids in (event.opened or {}).values() if isinstance(ids, list) for each in ids]
    query = select(CaseRow.case_id).where(
        col(CaseRow.case_id).in_([each for each in opened if isinstance(each, str)]),
        col(CaseRow.process) != Process.BATCH.value,
        col(CaseRow.closed_at).is_(None),
    )
    return (await context.session.exec(query.limit(1))).first() is not None


async def holds_on(context: GateContext) -> tuple[HoldFacts, ...]:
    """The holds that stand on the batch."""
    return tuple(
        HoldFacts(hold_id=row.hold_id, type=HoldType(row.type), reason=row.reason, market=row.market)
        for row in await open_holds(context.session, context.batch.batch_id)
    )
