"""Declarations of qualified persons as the sponsor's people and inspectors read them."""

from collections import defaultdict
from datetime import date

from pydantic import AwareDatetime
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.document import DocumentReference
from domain.core.refusals import Code, Refused
from domain.core.view import View
from records.core.queries import pages
from records.release.tables import DeclaredSiteRow, QpDeclarationRow
from records.site.queries.sites import refuse_unknown_place


class DeclaredSiteView(View):
    """A maker that is covered."""

    scope_id: str
    site_id: str
    audit_id: str
    audited_on: date
    """Last day of that audit on site."""


class QpDeclarationView(View):
    """A declaration of a qualified person. Gate G3 says of a batch whether it counts there."""

    number: str
    substance: str
    holder: str
    """On whose behalf it was given."""
    authorisation: str
    covers: tuple[DeclaredSiteView, ...]
    valid_until: date
    """Last day on which it counts; earlier if the next audit has become due earlier since."""
    statement: str
    documents: tuple[DocumentReference, ...]
    declared_by: str
    """Person id, like `withdrawn_by`."""
    by_name: str
    """As it was signed."""
    declared_at: AwareDatetime
    withdrawn_by: str | None
    withdrawn_at: AwareDatetime | None
    withdrawn_because: str | None


class QpDeclarationList(View):
    """A page of declarations."""

    items: tuple[QpDeclarationView, ...]
    next: str | None = None


async def declarations(
    session: AsyncSession, *, site: str | None, scope: str | None, cursor: str | None, limit: int
) -> QpDeclarationList:
    """Declarations by number. Raises `Refused(NOT_FOUND)` for a site or scope that there is not."""
    await refuse_unknown_place(session, site=site, scope=scope)
    query = select(QpDeclarationRow)
    for column, value in ((DeclaredSiteRow.site_id, site), (DeclaredSiteRow.scope_id, scope)):
        if value is not None:
            covering = select(DeclaredSiteRow.number).where(col(column) == value)
            query = query.where(col(QpDeclarationRow.number).in_(covering))
    if cursor is not None:
        query = query.where(col(QpDeclarationRow.number) > str(pages.decode(cursor)[0]))
    rows = (await session.exec(query.order_by(col(QpDeclarationRow.number)).limit(limit + 1))).all()
    shown = rows[:limit]
    covered = await _covered(session, [row.number for row in shown])
    return QpDeclarationList(
        items=tuple(_shown(row, covered[row.number]) for row in shown),
        next=pages.encode((shown[-1].number,)) if len(rows) > limit else None,
    )


async def one_declaration(session: AsyncSession, number: str) -> QpDeclarationView:
    """One declaration. Raises `Refused(NOT_FOUND)`."""
    row = await session.get(QpDeclarationRow, number)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such declaration.")
    return _shown(row, (await _covered(session, [number]))[number])


async def _covered(session: AsyncSession, numbers: list[str]) -> dict[str, list[DeclaredSiteRow]]:
    query = select(DeclaredSiteRow).where(col(DeclaredSiteRow.number).in_(numbers))
    found: dict[str, list[DeclaredSiteRow]] = defaultdict(list)
    for row in (await session.exec(query.order_by(col(DeclaredSiteRow.scope_id)))).all():
        found[row.number].append(row)
    return found


def _shown(row: QpDeclarationRow, covered: list[DeclaredSiteRow]) -> QpDeclarationView:
    return QpDeclarationView.model_validate(
        {**row.model_dump(), "covers": [each.model_dump(exclude={"number"}) for each in covered]}
    )
