"""Checks of declarations of qualified persons, and what follows from one that is withdrawn."""

from collections.abc import Sequence

from pydantic import JsonValue

from domain.appointment.reliance import Appointment, Signing
from domain.core.people import Role, refuse_under_delegation
from domain.core.refusals import Code, Refused
from domain.core.repeats import refuse_repeated
from domain.release.qp_declaration import (
    QP_DECLARATION,
    QpDeclaration,
    QpDeclarationWithdrawal,
    refuse_unless_asked_for,
    refuse_unless_declared,
    refuse_withdrawn,
)
from domain.site.facts import DeclarationWithdrawn
from records.appointment.signing import appointed
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.reactions import establish
from records.core.writing import Writing
from records.release.qp_declarations import declared_sites, maker_of, shown_otherwise
from records.release.tables import QpDeclarationRow


@checks_event("qp_declaration.declare")
async def declares(writing: Writing, payload: Effect) -> Effect:
    """In person, under a number that is new, on audits that are within their interval."""
    await refuse_unless_allowed(writing, QpDeclaration)
    refuse_under_delegation(writing.actor)
    number, form = writing.entry.stream, QpDeclaration.stored(part(payload, "form"))
    markets = (await writing.policy()).declared_for
    refuse_unless_asked_for(markets)
    relied = await _appointed_for_one_of(writing, markets, form.authorisation)
    refuse_repeated(form)
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    if not QP_DECLARATION.names(number) or (await writing.head(number)).number > 0:
        raise Refused(Code.CONFLICT, f"{number} is taken.", fields={"number": "is taken"})
    found = [await maker_of(writing, covered) for covered in form.covers]
    makers = [each[0] if each is not None else None for each in found]
    refuse_unless_declared(form, makers, writing.at.date())
    said: list[JsonValue] = [
        {"site_id": site_id, "audited_on": str(maker.last_day)} for maker, site_id in filter(None, found)
    ]
    return {"makers": said, "appointment": relied.number}


async def _appointed_for_one_of(writing: Writing, markets: Sequence[str], number: str) -> Appointment:
    """That for the first market which one carries. The declaration counts where the appointment does."""
    refusals: list[Refused] = []
    for market in markets:
        try:
            signing = Signing(roles=frozenset({Role.QP}), market=market, number=number)
            ((_, relied),) = await appointed(writing, [signing])
        except Refused as refused:
            refusals.append(refused)
        else:
            return relied
    raise refusals[0]


@checks_event("qp_declaration.withdraw")
async def withdraws(writing: Writing, payload: Effect) -> Effect:
    """Once. What was released on it is looked at again where nothing else shows the same."""
    await refuse_unless_allowed(writing, QpDeclarationWithdrawal)
    number, form = writing.entry.stream, QpDeclarationWithdrawal.stored(part(payload, "form"))
    await writing.head(number)
    row = await writing.session.get(QpDeclarationRow, number, populate_existing=True)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such declaration.")
    refuse_withdrawn(row.withdrawn_by, row.withdrawn_at.isoformat() if row.withdrawn_at is not None else None)
    bare = [
        each.scope_id
        for each in await declared_sites(writing.session, number)
        if not await shown_otherwise(writing.session, each.scope_id, number, writing.at.date())
    ]
    if not bare:
        return {}
    done = await establish(writing, DeclarationWithdrawn(number=number, scope_ids=tuple(bare), reason=form.reason))
    return {"reviews": [*done.reviews]}
