"""The extract for the product quality review."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.core.auth import Caller
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.core.forms import FIRST_DAY, LAST_DAY
from domain.views.product_review.review import ProductReview
from records.views.product_review.reviewed import product_review

Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""No earlier and no later than in a form."""
router = APIRouter(prefix="/v1/products", tags=["product review"], responses=declared(401, 403, 404, 422))


@router.get("/{product:path}/review")
async def review_product(
    caller: Caller,
    tools: ToolsOf,
    product: Annotated[str, Path(max_length=200, description="Its name, as scopes have it.", examples=["ARL-204"])],
    first: Annotated[Day, Query(alias="from", description="First day.", examples=["2026-01-01"])],
    last: Annotated[
        Day, Query(alias="to", description="Last day; at most three years later.", examples=["2026-12-31"])
    ],
) -> ProductReview:
    """What is on record of a product in a period: flat lists of records, each of which is a table.

    For the sponsor's quality roles, regulatory affairs and inspectors.
    """
    async with tools.database.reading() as session:
        return await product_review(session, caller, product, first, last)
