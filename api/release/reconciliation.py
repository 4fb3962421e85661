"""What became of a batch: planned, made, released, delivered. It follows from the records; here it is read."""

from fastapi import APIRouter

from api.core.actions import CaseId
from api.core.auth import Caller
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.release.reconciliation import Reconciliation
from records.release.queries.reconciliation import reconciliation

router = APIRouter(prefix="/v1/batches", tags=["batches"], responses=declared(401, 403, 404, 422))


@router.get("/{case_id}/reconciliation")
async def show_reconciliation(case_id: CaseId, caller: Caller, tools: ToolsOf) -> Reconciliation:
    """Quantities of a batch, exact, in its unit. A site sees what it made, what left and what has arrived."""
    async with tools.database.reading() as session:
        return await reconciliation(session, caller, case_id)
