"""Sites and their scopes as people see them: the sponsor all, a CDMO its own (S6)."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.site.site import Activity, ProductStage, RiskTier, Site
from records.core.queries.keyset import page
from records.core.queries.visibility import reads_everything
from records.core.tables.master_data import ScopeRow, SiteRow


class SiteList(View):
    """A page of sites."""

    items: tuple[Site, ...]
    next: str | None = None


class ScopeView(View):
    """A scope of a site as shown."""

    scope_id: str
    site_id: str
    activity: Activity
    product: str
    dosage_form: str | None
    markets: tuple[str, ...]
    stage: ProductStage
    sole_source: bool | None
    """Whether nobody else can supply it; the sponsor's own knowledge (S6)."""
    risk_tier: RiskTier | None
    """Tier of the risk assessment; the sponsor's own judgement (S6)."""
    version: int


class ScopeList(View):
    """A page of scopes."""

    items: tuple[ScopeView, ...]
    next: str | None = None


async def sites(
    session: AsyncSession, actor: Actor, *, supplier: str | None, cursor: str | None, limit: int
) -> SiteList:
    """Sites by code, of one supplier if asked."""
    query = select(SiteRow)
    if supplier is not None:
        query = query.where(col(SiteRow.supplier_id) == supplier)
    if not reads_everything(actor):
        query = query.where(col(SiteRow.site_id).in_(sorted(actor.sites)))
    rows, following = await page(session, query, "site_id", cursor=cursor, limit=limit)
    return SiteList(items=tuple(_seen(row, actor) for row in rows), next=following)


async def one_site(session: AsyncSession, actor: Actor, site_id: str) -> Site:
    """One site. Raises `Refused(NOT_FOUND)`."""
    row = await session.get(SiteRow, site_id)
    if row is None or not (reads_everything(actor) or site_id in actor.sites):
        raise Refused(Code.NOT_FOUND, "There is no such site.", rule="S6")
    return _seen(row, actor)


async def scopes(session: AsyncSession, actor: Actor, site_id: str, *, cursor: str | None, limit: int) -> ScopeList:
    """The scopes of a site, by id."""
    await one_site(session, actor, site_id)
    query = select(ScopeRow).where(col(ScopeRow.site_id) == site_id)
    rows, following = await page(session, query, "scope_id", cursor=cursor, limit=limit)
    return ScopeList(items=tuple(_shown(row, actor) for row in rows), next=following)


async def one_scope(session: AsyncSession, actor: Actor, site_id: str, scope_id: str) -> ScopeView:
    """One scope of a site. Raises `Refused(NOT_FOUND)`."""
    await one_site(session, actor, site_id)
    row = await session.get(ScopeRow, scope_id)
    if row is None or row.site_id != site_id:
        raise Refused(Code.NOT_FOUND, "There is no such scope.")
    return _shown(row, actor)


async def refuse_unknown_place(session: AsyncSession, *, scope: str | None = None, site: str | None = None) -> None:
    """Raise `Refused(NOT_FOUND)` if a list is asked for a scope or a site that there is not, naming each.

    For lists that only those read who read everything.
    """
    places: tuple[tuple[str, type[ScopeRow | SiteRow], str | None], ...] = (
        ("scope", ScopeRow, scope),
        ("site", SiteRow, site),
    )
    unknown = {
        name: "unknown" for name, table, id_ in places if id_ is not None and await session.get(table, id_) is None
    }
    if unknown:
        raise Refused(Code.NOT_FOUND, f"There is no such {' and no such '.join(unknown)}.", fields=unknown)


def _seen(row: SiteRow, actor: Actor) -> Site:
    """A CDMO does not learn of a site that is not its own: its activity may have moved from another company's."""
    site = Site.model_validate(row, from_attributes=True)
    knows = reads_everything(actor) or site.moved_from in actor.sites
    return site if knows else site.model_copy(update={"moved_from": None})


def _shown(row: ScopeRow, actor: Actor) -> ScopeView:
    scope = ScopeView.model_validate(row, from_attributes=True)
    return scope.model_copy(update={"sole_source": None, "risk_tier": None}) if actor.org is Org.CDMO else scope
