"""The site and scopes that a new case is about."""

from collections.abc import Sequence

from sqlmodel import col, select

from domain.core.people import Org
from domain.core.refusals import Code, Refused, broken
from records.core.declared import Requested
from records.core.tables.master_data import ScopeRow, SiteRow
from records.core.writing import Writing

TIERS = ("LOW", "MEDIUM", "HIGH", "CRITICAL")


async def site_and_scopes(writing: Writing, site_id: str, scope_ids: Sequence[str] = ()) -> Requested:
    """What a case on these scopes is opened with; all scopes of the site if none is named. The gravest tier counts.

    Raises `Refused` for an unknown site, for a scope of another site, and for a scope that is named twice.
    """
    site = await writing.session.get(SiteRow, site_id)
    actor = writing.actor
    if site is None or (actor.org is Org.CDMO and site_id not in actor.sites):
        raise Refused(Code.NOT_FOUND, "There is no such site.", fields={"site_id": "unknown"})
    query = select(ScopeRow).where(col(ScopeRow.site_id) == site_id).order_by(col(ScopeRow.scope_id))
    known = {scope.scope_id: scope for scope in (await writing.session.exec(query)).all()}
    if missing := [str(index) for index, scope_id in enumerate(scope_ids) if scope_id not in known]:
        faults = {f"scope_ids.{index}": "is no scope of this site" for index in missing}
        raise broken("section 4", "A scope does not belong to the site.", **faults)
    if twice := [index for index, scope_id in enumerate(scope_ids) if scope_id in scope_ids[:index]]:
        faults = {f"scope_ids.{index}": "is named twice" for index in twice}
        raise broken("section 4", "A case names each scope once.", **faults)
    scopes = [known[scope_id] for scope_id in (scope_ids or known)]
    tiers = [scope.risk_tier for scope in scopes if scope.risk_tier in TIERS]
    return Requested(
        supplier_id=site.supplier_id,
        site_id=site_id,
        scope_ids=tuple(scope.scope_id for scope in scopes),
        markets=frozenset(market for scope in scopes for market in scope.markets),
        activities=frozenset(scope.activity for scope in scopes),
        risk_tier=max(tiers, key=TIERS.index) if tiers else None,
    )
