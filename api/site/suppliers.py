"""Suppliers."""

from fastapi import APIRouter, Response

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, IfMatch, Limit, Recording, created, tag
from api.core.tools import ToolsOf
from domain.site.site import Supplier, SupplierChange, SupplierRegistration
from records.site.queries.suppliers import SupplierList, one_supplier, suppliers

router = APIRouter(prefix="/v1/suppliers", tags=["suppliers and sites"], responses=declared(401, 403, 422))


@router.get("")
async def list_suppliers(caller: Caller, tools: ToolsOf, cursor: Cursor = None, limit: Limit = 50) -> SupplierList:
    """Suppliers by id."""
    async with tools.database.reading() as session:
        return await suppliers(session, caller, cursor=cursor, limit=limit)


@router.post("", status_code=201)
async def register_supplier(
    form: SupplierRegistration, caller: Caller, tools: ToolsOf, recording: Recording, response: Response
) -> Supplier:
    """Register a supplier."""
    supplier_id = await recording.register("supplier.registered", form, prefix="SUP")
    async with tools.database.reading() as session:
        supplier = await one_supplier(session, caller, supplier_id)
    created(response, f"/v1/suppliers/{supplier_id}", supplier.version)
    return supplier


@router.get("/{supplier_id}", responses=declared(404))
async def show_supplier(supplier_id: str, caller: Caller, tools: ToolsOf, response: Response) -> Supplier:
    """One supplier."""
    async with tools.database.reading() as session:
        supplier = await one_supplier(session, caller, supplier_id)
    tag(response, supplier.version)
    return supplier


@router.patch("/{supplier_id}", responses=declared(404, 412, 428))
async def change_supplier(
    supplier_id: str,
    form: SupplierChange,
    version: IfMatch,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    response: Response,
) -> Supplier:
    """Change what is known of a supplier; fields that are left out stay."""
    await show_supplier(supplier_id, caller, tools, response)
    await recording.change("supplier.changed", supplier_id, form, version)
    return await show_supplier(supplier_id, caller, tools, response)
