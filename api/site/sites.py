"""Sites and their scopes."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, IfMatch, Limit, Recording, created, tag
from api.core.tools import ToolsOf
from domain.site.scope import ScopeChange, ScopeRegistration
from domain.site.site import Site, SiteChange, SiteRegistration
from records.qualification.queries.risk import RiskList, risk_of_scope
from records.site.queries.sites import ScopeList, ScopeView, SiteList, one_scope, one_site, scopes, sites
from records.views.outlook import SiteOutlook, site_outlook

router = APIRouter(prefix="/v1/sites", tags=["suppliers and sites"], responses=declared(401, 403, 422))

OfSupplier = Annotated[str | None, Query(max_length=60, description="Only sites of this supplier.")]


@router.get("")
async def list_sites(
    caller: Caller, tools: ToolsOf, supplier: OfSupplier = None, cursor: Cursor = None, limit: Limit = 50
) -> SiteList:
    """Sites by code."""
    async with tools.database.reading() as session:
        return await sites(session, caller, supplier=supplier, cursor=cursor, limit=limit)


@router.post("", status_code=201, responses=declared(409))
async def register_site(
    form: SiteRegistration, caller: Caller, tools: ToolsOf, recording: Recording, response: Response
) -> Site:
    """Register a site under its code."""
    await recording.register("site.registered", form, stream=form.site_id, site_id=form.site_id)
    site = await show_site(form.site_id, caller, tools, response)
    created(response, f"/v1/sites/{site.site_id}", site.version)
    return site


@router.get("/{site_id}/outlook", responses=declared(404))
async def read_outlook(
    site_id: str,
    caller: Caller,
    tools: ToolsOf,
    days: Annotated[int, Query(ge=1, le=1100, description="How far to look ahead.")] = 90,
) -> SiteOutlook:
    """Why the site's cases wait, on whom, until when and what happens then; and everything that falls due."""
    async with tools.database.reading() as session:
        return await site_outlook(session, caller, site_id, tools.clock(), days)


@router.get("/{site_id}", responses=declared(404))
async def show_site(site_id: str, caller: Caller, tools: ToolsOf, response: Response) -> Site:
    """One site."""
    async with tools.database.reading() as session:
        site = await one_site(session, caller, site_id)
    tag(response, site.version)
    return site


@router.patch("/{site_id}", responses=declared(404, 412, 428))
async def change_site(
    site_id: str,
    form: SiteChange,
    version: IfMatch,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    response: Response,
) -> Site:
    """Change what is known of a site; fields that are left out stay."""
    await show_site(site_id, caller, tools, response)
    await recording.change("site.changed", site_id, form, version, site_id=site_id)
    return await show_site(site_id, caller, tools, response)


@router.get("/{site_id}/scopes", responses=declared(404))
async def list_scopes(
    site_id: str, caller: Caller, tools: ToolsOf, cursor: Cursor = None, limit: Limit = 50
) -> ScopeList:
    """The scopes of a site."""
    async with tools.database.reading() as session:
        return await scopes(session, caller, site_id, cursor=cursor, limit=limit)


@router.post("/{site_id}/scopes", status_code=201, responses=declared(404, 409))
async def register_scope(
    site_id: str, form: ScopeRegistration, caller: Caller, tools: ToolsOf, recording: Recording, response: Response
) -> ScopeView:
    """Register a scope of a site."""
    await show_site(site_id, caller, tools, response)
    scope_id = await recording.register("scope.registered", form, stream=site_id, site_id=site_id)
    scope = await show_scope(site_id, scope_id, caller, tools, response)
    created(response, f"/v1/sites/{site_id}/scopes/{scope_id}", scope.version)
    return scope


@router.get("/{site_id}/scopes/{scope_id}", responses=declared(404))
async def show_scope(site_id: str, scope_id: str, caller: Caller, tools: ToolsOf, response: Response) -> ScopeView:
    """One scope."""
    async with tools.database.reading() as session:
        scope = await one_scope(session, caller, site_id, scope_id)
    tag(response, scope.version)
    return scope


@router.get("/{site_id}/scopes/{scope_id}/risk", responses=declared(404))
async def list_risk_assessments(
    site_id: str, scope_id: str, caller: Caller, tools: ToolsOf, cursor: Cursor = None, limit: Limit = 50
) -> RiskList:
    """All risk assessments of a scope, the newest first. They are the sponsor's own."""
    async with tools.database.reading() as session:
        return await risk_of_scope(session, caller, site_id, scope_id, cursor=cursor, limit=limit)


@router.patch("/{site_id}/scopes/{scope_id}", responses=declared(404, 412, 428))
async def change_scope(
    site_id: str,
    scope_id: str,
    form: ScopeChange,
    version: IfMatch,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    response: Response,
) -> ScopeView:
    """Change a scope; fields that are left out stay."""
    await show_scope(site_id, scope_id, caller, tools, response)
    await recording.change("scope.changed", site_id, form, version, scope_id=scope_id, site_id=site_id)
    return await show_scope(site_id, scope_id, caller, tools, response)
