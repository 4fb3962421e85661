"""On which appointments a personal duty is signed, read in the transaction that signs (section 18)."""

from collections.abc import Sequence

from pydantic import JsonValue
from sqlmodel import col, select

from domain.appointment.reliance import Appointment, Signing, relied_on
from domain.core.people import Role
from domain.site.site import Activity
from records.appointment.appointments import appointments_of
from records.appointment.markets import in_markets
from records.appointment.questions import WhatIsSigned
from records.appointment.uses import Use
from records.core.declared import Effect
from records.core.licences import UnderWhichLicence
from records.core.questions import answers, ask
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing


@answers(UnderWhichLicence)
async def under_appointments(writing: Writing, question: UnderWhichLicence) -> Effect:
    """Who acts as a member of the quality unit needs none; who acts in a role that is named on a licence does."""
    roles = question.by & writing.actor.roles
    asked = WhatIsSigned(case=question.case, form=question.form, roles=roles)
    known = [each for each in await ask(writing, asked) if each is not None]
    signings = [each for told in known for each in told] if known else await _of_the_case(writing, question.case, roles)
    number = getattr(question.form, "authorisation", None)
    relied = await appointed(writing, [each.model_copy(update={"number": number}) for each in signings])
    writing.relies_on = tuple(each.words() for _, each in relied)
    sites = {each.licence_site for _, each in relied if each.licence_site is not None}
    writing.licensed_at = tuple(sorted(sites))
    writing.appointed_as = frozenset(each.role for _, each in relied)
    return {"appointments": [kept(signing, each) for signing, each in relied]} if relied else {}


async def appointed(writing: Writing, signings: Sequence[Signing]) -> list[tuple[Signing, Appointment]]:
    """The appointment that each of several signatures stands on, of those that need one. Raises `Refused`.

    Who ends one, or enters that an authority has stopped its licence, waits for this entry.
    """
    needing = [each for each in signings if each.needs_appointment()]
    if not needing:
        return []
    roles = frozenset[Role]().union(*(each.roles for each in needing))
    policy = await writing.policy()
    needing = [in_markets(each, policy) for each in needing]
    known = await appointments_of(writing.session, {writing.actor.person}, roles)
    relied = [(each, relied_on(each, known, writing.at.date())) for each in needing]
    for number in sorted({each.number for _, each in relied}):
        await writing.head(number)
    again = {each.number: each for each in await appointments_of(writing.session, {writing.actor.person}, roles)}
    return [(signing, relied_on(signing, [again[each.number]], writing.at.date())) for signing, each in relied]


async def _of_the_case(writing: Writing, case: CaseRow, roles: frozenset[Role]) -> list[Signing]:
    """What a case is about that says nothing more: its scopes, else its site."""
    query = select(ScopeRow).where(col(ScopeRow.scope_id).in_(case.scope_ids)).order_by(col(ScopeRow.scope_id))
    scopes = (await writing.session.exec(query)).all()
    if not scopes:
        return [Signing(roles=roles, site_id=case.site_id or None)]
    return [
        Signing(
            roles=roles,
            site_id=each.site_id,
            product=each.product,
            activity=Activity(each.activity),
            markets=tuple(each.markets),
        )
        for each in scopes
    ]


def kept(signing: Signing, each: Appointment) -> JsonValue:
    """What the event keeps of an appointment: it is looked up by it, and shown as it was then."""
    use = Use(number=each.number, words=each.words(), batch_id=signing.batch_id, market=signing.market)
    return use.model_dump(mode="json")
