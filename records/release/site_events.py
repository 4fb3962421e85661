"""Events at sites that are open: not decided on, or decided and followed by a case that is."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, cast
from sqlalchemy.orm import aliased
from sqlmodel import col, exists, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.making.own_lots import issuers
from domain.core.forms import Process
from domain.core.names import name_key, party_key
from domain.release.decision_gates import ALERTS
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow, SupplierRow
from records.event.tables import SiteEventRow

_NAMES_LOTS = cast(col(SiteEventRow.lots), String) != "[]"


class SeenEvent(NamedTuple):
    """An event that is open."""

    row: SiteEventRow
    is_decided: bool
    """Whether its triage is over."""
    followed_by: tuple[str, ...]
    """The cases that its triage has opened, and that are open, each by its kind and id."""
    site: str
    """Name of its site."""
    makers: frozenset[str]
    """The ways in which the maker of what comes from its site is written, as keys."""

    @property
    def lots(self) -> frozenset[str]:
        """The lots that it names, as keys."""
        return frozenset(map(name_key, self.row.lots))


async def open_events_at(session: AsyncSession, sites: Collection[str], *, or_of_lots: bool = False) -> list[SeenEvent]:
    """Every event at these sites that is open, by its number; and, if that is asked, every other one that names lots.

    It is open until it is triaged, and then until every case is closed that its triage has opened.
    """
    query = (
        select(SiteEventRow, CaseRow, SiteRow.name, SupplierRow.name)
        .join(CaseRow, col(CaseRow.case_id) == col(SiteEventRow.case_id))
        .join(SiteRow, col(SiteRow.site_id) == col(SiteEventRow.site_id))
        .join(SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id))
        .where(
            or_(col(SiteEventRow.site_id).in_(sites), *((_NAMES_LOTS,) if or_of_lots else ())),
            or_(
                col(CaseRow.closed_at).is_(None),
                col(SiteEventRow.type).in_(sorted(ALERTS)),
                _is_followed_at_the_site(),
            ),
        )
        .order_by(col(CaseRow.number))
    )
    found = (await session.exec(query)).all()
    names = await _open_cases(session, [each for event, *_ in found for each in _opened_by(event)])
    seen = [
        SeenEvent(
            row=event,
            is_decided=case.closed_at is not None,
            followed_by=tuple(names[each] for each in _opened_by(event) if each in names),
            site=site,
            makers=frozenset(map(party_key, issuers(supplier, site))),
        )
        for event, case, site, supplier in found
    ]
    return [each for each in seen if each.followed_by or not each.is_decided]


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
