"""How lists are asked for, page by page."""

from typing import Annotated

from fastapi import Query

Limit = Annotated[int, Query(ge=1, le=100, description="Items on a page.")]


Cursor = Annotated[
    str | None, Query(max_length=400, pattern=r"^[A-Za-z0-9_=-]+$", description="`next` of the page before.")
]


Filter = Annotated[str | None, Query(max_length=64)]
