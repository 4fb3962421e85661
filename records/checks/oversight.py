"""Checks of the oversight of a site."""

from typing import TYPE_CHECKING

from domain.oversight import OversightRequest
from records.checks.declared import Requested, opens
from records.checks.site_facts import site_and_scopes
from records.watching import oversight_case

if TYPE_CHECKING:
    from records.writing import Writing


@opens(OversightRequest)
async def opens_oversight(writing: "Writing", form: OversightRequest) -> Requested:
    """One case for each line of the list."""
    if (watched_by := await oversight_case(writing.session, form.scope_id)) is not None:
        return Requested(merged_into=watched_by)
    requested = await site_and_scopes(writing, form.site_id, (form.scope_id,))
    (activity,) = requested.activities
    return requested.model_copy(update={"title": f"Oversight of {form.site_id} ({activity})", "trigger": form.scope_id})
