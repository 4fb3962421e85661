"""Checks of authorisations: what is registered is on record, and one other person has compared it."""

from collections.abc import Sequence

from sqlmodel import col, func, select

from domain.authorisation.authorisation import RULE
from domain.authorisation.facts import AuthorisationStopped
from domain.authorisation.forms import (
    AUTHORISATION,
    AuthorisationApproval,
    AuthorisationProposal,
    AuthorisationStop,
    faults_of_ended,
    refuse_unless_a_stop,
    refuse_unless_whole,
)
from domain.batch.results.specification import SpecificationStatus
from domain.core.days import latest_day
from domain.core.names import name_key
from domain.core.refusals import Code, Refused, broken
from domain.policy.market_rule import refuse_unknown
from records.authorisation.standing_on import tell_batches_held_by
from records.authorisation.tables import AuthorisationRow, AuthorisationStopRow
from records.batch.tables.analysis import SpecificationRow
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.checks.proposals import refuse_unless_decidable, refuse_unless_next
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.reactions import establish
from records.core.tables.master_data import ScopeRow, SiteRow
from records.core.writing import Writing
from records.exchange.tables.parameters import ParameterSetRow


@checks_event("authorisation.propose")
async def proposes_an_authorisation(writing: Writing, payload: Effect) -> Effect:
    """What takes the place of the newest version. Every id in it names a record that there is."""
    await refuse_unless_allowed(writing, AuthorisationProposal)
    record, form = writing.entry.stream, AuthorisationProposal.stored(part(payload, "form"))
    if not AUTHORISATION.names(record):
        raise Refused(Code.CONFLICT, f"{record} is no id of an authorisation.")
    refuse_unless_whole(form)
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    refuse_unknown((await writing.policy()).markets, {"market": form.market})
    newest = await _newest(writing)
    refuse_unless_next(form.replaces, newest)
    faults = _faults_of_another(form, newest) if newest is not None else {}
    faults |= faults_of_ended(form.ends_stops, await _stops_that_stand(writing))
    faults |= await _faults_of_unknown(writing, form)
    if faults:
        raise broken(RULE, "It names what is not on record, or becomes another one.", **faults)
    return {}


@checks_event("authorisation.approve")
async def approves_an_authorisation(writing: Writing, payload: Effect) -> Effect:
    """The newest version, once, by another person than who has proposed it (S1).

    Batches that an earlier one holds look whether their holds may be lifted.
    """
    await refuse_unless_allowed(writing, AuthorisationApproval)
    record, form = writing.entry.stream, AuthorisationApproval.stored(part(payload, "form"))
    newest = await _newest(writing)
    if newest is None:
        raise Refused(Code.NOT_FOUND, "There is no such authorisation.")
    action = AuthorisationProposal.action.name
    await refuse_unless_decidable(writing, record, action, newest, form.authorisation, "authorisation")
    if form.approve:
        await tell_batches_held_by(writing, record)
    return {}


@checks_event("authorisation.stop")
async def stops_an_authorisation(writing: Writing, payload: Effect) -> Effect:
    """At once, by one person, as often as the authority acts. Batches for the market are held or reviewed."""
    await refuse_unless_allowed(writing, AuthorisationStop)
    record, form = writing.entry.stream, AuthorisationStop.stored(part(payload, "form"))
    newest = await _newest(writing)
    if newest is None:
        raise Refused(Code.NOT_FOUND, "There is no such authorisation.")
    query = select(func.count()).where(col(AuthorisationStopRow.authorisation_id) == record)
    known = int((await writing.session.exec(query)).one())
    refuse_unless_a_stop(form, known, latest_day(writing.at))
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    fact = AuthorisationStopped(
        authorisation_id=record,
        number=known + 1,
        product_key=newest.product_key,
        market=newest.market,
        status=form.status,
        reason=form.reason,
    )
    done = await establish(writing, fact)
    return done.model_dump(mode="json", exclude_defaults=True)


async def _stops_that_stand(writing: Writing) -> Sequence[int]:
    query = select(AuthorisationStopRow.number).where(
        col(AuthorisationStopRow.authorisation_id) == writing.entry.stream,
        col(AuthorisationStopRow.ended_by).is_(None),
    )
    return (await writing.session.exec(query)).all()


async def _newest(writing: Writing) -> AuthorisationRow | None:
    """The version proposed last; whoever proposes, decides or stops meanwhile waits for this entry."""
    await writing.head(writing.entry.stream)
    query = select(AuthorisationRow).where(col(AuthorisationRow.authorisation_id) == writing.entry.stream)
    return (await writing.session.exec(query.order_by(col(AuthorisationRow.version).desc()).limit(1))).first()


def _faults_of_another(form: AuthorisationProposal, newest: AuthorisationRow) -> dict[str, str]:
    """Type, market and product stay the same: another one has a record of its own."""
    faults = {name: f"is {old}" for name in ("type", "market") if getattr(form, name) != (old := getattr(newest, name))}
    if name_key(form.product) != newest.product_key:
        faults["product"] = f"is {newest.product}"
    return faults


async def _faults_of_unknown(writing: Writing, form: AuthorisationProposal) -> dict[str, str]:
    """What names no record that there is, by field."""
    session = writing.session
    products = (await session.exec(select(ScopeRow.product).distinct())).all()
    known = {name_key(product) for product in products}
    named = {step.site_id for step in form.steps} | {place.site_id for place in form.release_sites}
    sites = {*(await session.exec(select(SiteRow.site_id).where(col(SiteRow.site_id).in_(sorted(named))))).all()}
    faults = {}
    if name_key(form.product) not in known:
        faults["product"] = f"no scope is for it; there are scopes for {', '.join(sorted(products))}"
    for index, step in enumerate(form.steps):
        if step.substance is not None and name_key(step.substance) not in known:
            faults[f"steps.{index}.substance"] = "no scope is for it"
        if step.site_id not in sites:
            faults[f"steps.{index}.site_id"] = "unknown"
    for index, place in enumerate(form.release_sites):
        if place.site_id not in sites:
            faults[f"release_sites.{index}.site_id"] = "unknown"
    return faults | await _faults_of_versions(writing, form)


async def _faults_of_versions(writing: Writing, form: AuthorisationProposal) -> dict[str, str]:
    """Of the specifications and processes that are named; one statement for each kind."""
    approved = select(SpecificationRow.spec_id, SpecificationRow.version).where(
        col(SpecificationRow.spec_id).in_(sorted({each.spec_id for each in form.specifications})),
        col(SpecificationRow.status) == SpecificationStatus.APPROVED.value,
    )
    versions = {*(await writing.session.exec(approved)).all()}
    sets = select(ParameterSetRow.set_id).where(
        col(ParameterSetRow.set_id).in_(sorted({each.set_id for each in form.processes}))
    )
    known = {*(await writing.session.exec(sets)).all()}
    faults = {
        f"specifications.{index}.version": f"{each.spec_id} has no approved version {each.version}"
        for index, each in enumerate(form.specifications)
        if (each.spec_id, each.version) not in versions
    }
    return faults | {
        f"processes.{index}.set_id": "unknown" for index, each in enumerate(form.processes) if each.set_id not in known
    }
