"""Checks of appointments: proposed by one person, approved by another, ended by one."""

from pydantic import JsonValue
from sqlmodel import col, select

from domain.appointment.appointment import (
    APPOINTMENT,
    RULE,
    AppointmentApproval,
    AppointmentEnd,
    AppointmentProposal,
    LicenceKind,
    faults_of_licence,
    refuse_own,
    refuse_unless_endable,
)
from domain.appointment.facts import SignedUnderNone
from domain.core.document import refuse_unless_current
from domain.core.names import name_key
from domain.core.people import SYSTEM, Role, refuse_proposer
from domain.core.refusals import Code, Refused, broken
from domain.core.repeats import refuse_repeated
from domain.core.text import Identifier
from domain.policy.market_rule import faults_of_unknown
from records.appointment.appointments import is_of, papers_of
from records.appointment.questions import AgreementsWith
from records.appointment.tables import AppointmentRow
from records.appointment.telling import tell_of_loss, tell_of_proposal
from records.appointment.uses import signed_since
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.checks.proposals import version_of
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.questions import ask
from records.core.reactions import establish
from records.core.tables.master_data import PersonRoleRow, PersonRow, ScopeRow, SiteRow
from records.core.writing import Writing


@checks_event("appointment.propose")
async def proposes(writing: Writing, payload: Effect) -> Effect:
    """Under a number that is new, of a person who holds the role, on the licence as it is on record."""
    await refuse_unless_allowed(writing, AppointmentProposal)
    number, form = writing.entry.stream, AppointmentProposal.stored(part(payload, "form"))
    refuse_repeated(form)
    refuse_own(form, writing.actor.persons)
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    if not APPOINTMENT.names(number) or (await writing.head(number)).number > 0:
        raise Refused(Code.CONFLICT, f"{number} is taken.", fields={"number": "is taken"})
    faults = faults_of_licence(form)
    named = {f"markets.{index}": market for index, market in enumerate(form.markets)}
    faults |= faults_of_unknown((await writing.policy()).markets, named)
    faults |= await _faults_of_person(writing, form)
    faults |= await _faults_of_sites(writing, form)
    faults |= await _faults_of_agreement(writing, form)
    if faults:
        raise broken(RULE, "The appointment does not fit what is on record.", **faults)
    if writing.actor != SYSTEM:
        await tell_of_proposal(writing, number, form)
    return {"site_id": form.licence.site_id}


async def _faults_of_person(writing: Writing, form: AppointmentProposal) -> dict[str, str]:
    person = await writing.session.get(PersonRow, form.person)
    if person is None or person.disabled:
        return {"person": "is nobody who may sign in"}
    query = select(PersonRoleRow.site_id).where(
        col(PersonRoleRow.person_id) == form.person, col(PersonRoleRow.role) == form.role.value
    )
    held = (await writing.session.exec(query)).all()
    if not held:
        return {"role": f"is none of {person.name}; an administrator gives it first"}
    site = form.licence.site_id
    if site is not None and "" not in held and site not in held:
        return {"licence.site_id": f"is no site at which {person.name} is {form.role}"}
    return {}


async def _faults_of_sites(writing: Writing, form: AppointmentProposal) -> dict[str, str]:
    """Sites that there are, and the certificate on record that bears the number of the licence."""
    licence = form.licence
    named = {site for site in (*form.sites, licence.site_id) if site is not None}
    known = set((await writing.session.exec(select(SiteRow.site_id).where(col(SiteRow.site_id).in_(named)))).all())
    faults = {f"sites.{index}": "unknown" for index, site in enumerate(form.sites) if site not in known}
    faults |= await _faults_of_products(writing, form)
    if licence.kind is LicenceKind.APPOINTMENT:
        return faults
    if licence.site_id is not None and licence.site_id not in known:
        return faults | {"licence.site_id": "unknown"}
    return faults | _faults_of_paper(
        form,
        {
            paper.certificate_id: is_of(paper, licence.site_id, licence.kind, licence.number)
            for paper in await papers_of(writing.session, [(licence.site_id, licence.number)])
            if paper.type == licence.kind.value
        },
    )


async def _faults_of_agreement(writing: Writing, form: AppointmentProposal) -> dict[str, str]:
    """Who acts for another does so by an agreement with the site of the licence that has taken effect."""
    acting, site_id = form.acts_for, form.licence.site_id
    if acting is None or site_id is None:
        return {}
    (known,) = await ask(writing, AgreementsWith(site_id))
    return {} if acting.agreement in known else {"acts_for.agreement": f"is no agreement with {site_id}"}


async def _faults_of_products(writing: Writing, form: AppointmentProposal) -> dict[str, str]:
    """What no site is there for is a slip of the pen; under it nothing would ever be signed."""
    if not form.products:
        return {}
    known = {name_key(each) for each in (await writing.session.exec(select(ScopeRow.product).distinct())).all()}
    return {
        f"products.{index}": "is the product of no scope"
        for index, product in enumerate(form.products)
        if name_key(product) not in known
    }


def _faults_of_paper(form: AppointmentProposal, papers: dict[Identifier, bool]) -> dict[str, str]:
    """`papers` are the certificates of the site of this kind, and whether each bears the number."""
    named, of_it = form.licence.certificate_id, [each for each, bears in papers.items() if bears]
    if named is None and of_it and form.licence.site_id is None:
        return {"licence.site_id": f"is required: {', '.join(of_it)} of a site bears the number"}
    if named is None and of_it:
        return {"licence.certificate_id": f"is required: {', '.join(of_it)} bears the number"}
    if named is not None and named not in papers:
        return {"licence.certificate_id": f"is no {form.licence.kind} of {form.licence.site_id}"}
    if named is not None and not papers[named]:
        return {"licence.number": f"is not the number of {named}"}
    return {}


@checks_event("appointment.approve")
async def approves(writing: Writing, payload: Effect) -> Effect:
    """Once, by another person than who has proposed it and than who is appointed."""
    await refuse_unless_allowed(writing, AppointmentApproval)
    form = AppointmentApproval.stored(part(payload, "form"))
    row = await _appointment(writing)
    refuse_unless_current(form.appointment, version_of(row), "appointment")
    if row.decided_at is not None:
        told = row.decided_at.isoformat()
        raise Refused(Code.ALREADY_ANSWERED, f"{row.number} has been decided on.", who=row.decided_by, when=told)
    if row.ended_at is not None:
        raise Refused(Code.NOT_OPEN, f"{row.number} was ended before it was approved.", rule=RULE)
    if writing.actor != SYSTEM:
        refuse_proposer(writing.actor.persons, frozenset(row.proposers))
    if row.person_id in writing.actor.persons:
        message = "Nobody appoints themselves; another person approves."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S1")
    return {"site_id": row.licence_site}


@checks_event("appointment.end")
async def ends(writing: Writing, payload: Effect) -> Effect:
    """At once. What was signed under it on the day from which it counts no more, or since, is looked at again."""
    await refuse_unless_allowed(writing, AppointmentEnd)
    form = AppointmentEnd.stored(part(payload, "form"))
    row = await _appointment(writing)
    refuse_unless_endable(form, row.valid_from, row.ended_from, today=writing.at.date())
    await tell_of_loss(writing, {Role(row.role)}, without={row.number})
    effect: Effect = {"site_id": row.licence_site}
    signed = await signed_since(writing.session, {row.number}, form.ended_from)
    if (found := signed.get(row.number)) is not None:
        fact = SignedUnderNone(number=row.number, since=form.ended_from, reason=form.reason, **found._asdict())
        done = await establish(writing, fact)
        batches: list[JsonValue] = [*found.batch_ids]
        effect |= {"signed": batches, "reviews": [*done.reviews]}
    return effect


async def _appointment(writing: Writing) -> AppointmentRow:
    """As it is now; whoever decides meanwhile waits for this entry."""
    await writing.head(writing.entry.stream)
    row = await writing.session.get(AppointmentRow, writing.entry.stream, populate_existing=True)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such appointment.")
    return row
