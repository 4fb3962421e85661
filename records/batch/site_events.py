"""Events at sites: those that are open, and those that name lots, however long they are closed.

An event is open so long as it is not decided on, and then while a case goes on that its triage has opened.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, cast
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, exists, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import UseKind
from domain.batch.making.lots_in_doubt import NamedLots, UsedLot, is_named
from domain.batch.making.own_lots import issuers
from domain.core.forms import Process
from domain.core.names import likenesses, name_key
from domain.event.site_event import ALERTS, EventSeverity, EventType, calls_lots_into_question
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.core.likenesses import owners_alike
from records.core.tables.cases import CaseRow
from records.core.tables.likenesses import Likened
from records.core.tables.master_data import SiteRow, SupplierRow
from records.event.tables import SiteEventRow


class SeenEvent(NamedTuple):
    """An event at a site."""

    row: SiteEventRow
    is_decided: bool
    """Whether its triage is over."""
    is_shared: bool
    """Whether the site may see it (S6)."""
    followed_by: tuple[str, ...]
    """The cases that its triage has opened, and that are open, each by its kind and id."""
    site: str
    """Name of its site."""
    named: NamedLots
    """The lots that it names, but for those that it was said not to concern."""
    all_named: NamedLots
    """All lots that it names."""

    @property
    def is_open(self) -> bool:
        """Whether it is not decided on, or something goes on that follows from it."""
        return bool(self.followed_by) or not self.is_decided

    @property
    def type(self) -> EventType:
        return EventType(self.row.type)

    @property
    def in_doubt(self) -> bool:
        """Whether the lots of a material that it names are doubtful, also when it is closed."""
        return calls_lots_into_question(self.type, EventSeverity(self.row.severity))

    def cleared(self, numbers: Collection[str]) -> dict[str, Any] | None:
        """What was said of a lot with one of these numbers that it does not concern."""
        return next((each for each in reversed(self.row.cleared) if each["key"] in numbers), None)

    def is_told_apart(self, numbers: Collection[str]) -> bool:
        """Whether a person has said of a number of ours that it is another one than those that it names."""
        return any(each["key"] in numbers and not each["same"] for each in self.row.told_apart)

    def is_said_to_mean(self, numbers: Collection[str]) -> bool:
        """Whether a person has said of a number of ours that it is one that it names."""
        return any(each["key"] in numbers and each["same"] for each in self.row.told_apart)

    @property
    def words(self) -> str:
        """Which event it is, for people."""
        return f"{self.row.case_id} ({self.type.words} at {self.site})"


async def open_events_at(session: AsyncSession, sites: Collection[str]) -> list[SeenEvent]:
    """Every event at these sites that is open, by its number."""
    return await seen_events(session, sites)


async def seen_events(session: AsyncSession, sites: Collection[str], lots: Iterable[str] = ()) -> list[SeenEvent]:
    """Every event at these sites that is open; and every one, open or closed, that names lots with numbers like these.

    `lots` are keys. By the numbers of the events.
    """
    alike = set[str]().union(*map(likenesses, lots))
    if not sites and not alike:
        return []
    found = (await session.exec(_query(sites, alike))).all()
    names = await _open_cases(session, [each for event, *_ in found for each in _opened_by(event)])
    used = await _makers_used(session, [event for event, *_ in found if event.lots])
    seen = [
        SeenEvent(
            row=event,
            is_decided=case.closed_at is not None,
            is_shared=case.shared,
            followed_by=tuple(names[each] for each in _opened_by(event) if each in names),
            site=site,
            named=NamedLots.told(
                _doubtful(event), (*issuers(supplier, site, event.site_id), *used.get(event.case_id, ()))
            ),
            all_named=NamedLots.told(
                event.lots, (*issuers(supplier, site, event.site_id), *used.get(event.case_id, ()))
            ),
        )
        for event, case, site, supplier in found
    ]
    return [each for each in seen if each.is_open or not alike.isdisjoint(each.all_named.alike)]


async def _makers_used(session: AsyncSession, events: Sequence[SiteEventRow]) -> dict[str, set[str]]:
    """By event the makers of the lots that it names, as its site uses them: elsewhere they are the same lots."""
    if not events:
        return {}
    keys = {name_key(lot) for each in events for lot in each.lots}
    query = (
        select(BatchUseRow, BatchRow.site_id)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchUseRow.batch_id))
        .where(
            col(BatchRow.site_id).in_(sorted({each.site_id for each in events})),
            col(BatchUseRow.kind) == UseKind.MATERIAL.value,
            or_(*(col(BatchUseRow.key).endswith(key, autoescape=True) for key in sorted(keys))),
        )
    )
    found: dict[str, set[str]] = {}
    for use, site_id in (await session.exec(query)).all():
        for event in events:
            told = NamedLots.told(event.lots, ())
            if event.site_id == site_id and is_named(used_lot(use), told, here=True):
                found.setdefault(event.case_id, set()).add(use.detail)
    return found


def _query(sites: Collection[str], alike: Collection[str]) -> Any:
    is_open = or_(
        col(CaseRow.closed_at).is_(None), col(SiteEventRow.type).in_(sorted(ALERTS)), _is_followed_at_the_site()
    )
    wanted = [and_(col(SiteEventRow.site_id).in_(sites), is_open)]
    if alike:
        wanted.append(col(SiteEventRow.case_id).in_(owners_alike(Likened.EVENT, alike)))
    return (
        select(SiteEventRow, CaseRow, SiteRow.name, SupplierRow.name)
        .join(CaseRow, col(CaseRow.case_id) == col(SiteEventRow.case_id))
        .join(SiteRow, col(SiteRow.site_id) == col(SiteEventRow.site_id))
        .join(SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id))
        .where(or_(*wanted))
        .order_by(col(CaseRow.number))
    )


def _doubtful(event: SiteEventRow) -> list[str]:
    cleared = {each["key"] for each in event.cleared}
    return [each for each in event.lots if name_key(each) not in cleared]


def used_lot(use: BatchUseRow) -> UsedLot:
    """A lot of a material that a batch was made with."""
    return UsedLot.of(use.reference, use.lot, use.detail, tuple(node["name"] for node in use.chain or ()))


def _is_followed_at_the_site() -> ColumnElement[bool]:
    """Whether a case of the site is open whose id stands in what was opened: years of closed events are not read."""
    case = aliased(CaseRow)
    named = cast(col(SiteEventRow.opened), String).contains('"' + col(case.case_id) + '"')
    return exists().where(
        col(case.site_id) == col(SiteEventRow.site_id),
        col(case.process) != Process.BATCH.value,
        col(case.closed_at).is_(None),
        named,
    )


def _opened_by(event: SiteEventRow) -> list[str]:
    """What the triage of an event has opened and held."""
    opened = [each for ids in (event.opened or {}).values() if isinstance(ids, list) for each in ids]
    return list(dict.fromkeys(each for each in opened if isinstance(each, str)))


async def _open_cases(session: AsyncSession, ids: Sequence[str]) -> dict[str, str]:
    """Of these the cases that are open, batches apart, each in words."""
    if not ids:
        return {}
    query = select(CaseRow.case_id, CaseRow.process).where(
        col(CaseRow.case_id).in_(sorted(set(ids))),
        col(CaseRow.process) != Process.BATCH.value,
        col(CaseRow.closed_at).is_(None),
    )
    return {case_id: f"{Process(process).label} {case_id}" for case_id, process in (await session.exec(query)).all()}
