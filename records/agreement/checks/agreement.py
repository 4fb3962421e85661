"""Checks of the quality agreement: its drafts, the answers to them, its signatures and the day it takes effect."""

from sqlmodel import col, select

from domain.agreement.agreement import (
    AgreementStatus,
    AgreementTerms,
    least_retention,
    refuse_unless_complete,
    suggested_terms,
    validity,
)
from domain.agreement.confirmations import refuse_other_sites
from domain.agreement.forms import (
    AgreementAnswer,
    AgreementDraft,
    AgreementSignature,
    Consultation,
    QpConsultation,
    RegulatoryConsultation,
    SiteSignature,
    SponsorSignature,
    refuse_unless_alone,
    refuse_unless_answered,
    refuse_unless_may_take_effect,
    refuse_unless_signable,
)
from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.entry import OpenTask
from records.agreement.in_force import last_in_force, negotiated_elsewhere, terms_of, versions_for
from records.agreement.tables import AgreementRow
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, checks_event, suggests
from records.core.identities import next_id
from records.core.lookups import Lookups, lookups_of
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow
from records.core.writing import Writing


@suggests(AgreementDraft)
async def suggests_terms(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The last draft, else the agreement last in force without its signed text, else what the policy says."""
    lookups = await lookups_of(writing, case)
    scope = await scope_of(writing.session, case)
    terms = suggested_terms(
        await _previous(lookups, scope.scope_id),
        await writing.policy(),
        site_id=case.site_id,
        product=scope.product,
        effective_on=lookups.today,
    )
    return {"terms": terms}


async def _previous(lookups: Lookups, scope_id: str) -> AgreementTerms | None:
    if (draft := await lookups.latest(AgreementDraft)) is not None:
        return draft.terms
    last = await last_in_force(lookups.session, scope_id, lookups.today)
    return terms_of(last).model_copy(update={"document": None}) if last else None


@checks(AgreementDraft)
async def is_complete(writing: Writing, case: CaseRow, form: AgreementDraft) -> Effect:
    """No blank row, every activity of the policy, audit rights without a cap (section 4, QTA); nobody else drafts."""
    lookups = await lookups_of(writing, case)
    scope = await scope_of(writing.session, case)
    await writing.head(f"AGREEMENT-{scope.scope_id}")
    refuse_unless_alone(await negotiated_elsewhere(writing.session, scope.scope_id, case.case_id))
    refuse_unless_complete(
        form.terms,
        (await writing.policy()).agreement_activities,
        product=scope.product,
        retention_years=least_retention(lookups.limits),
        today=lookups.today,
        latest_day=lookups.latest_day,
    )
    await _refuse_unknown_sites(writing, case, form)
    newest = next(iter(await versions_for(writing.session, scope.scope_id)), None)
    if newest is not None:
        return {"qta_id": newest.qta_id, "version": newest.version + 1}
    return {"qta_id": await next_id(writing.session, "QTA"), "version": 1}


async def _refuse_unknown_sites(writing: Writing, case: CaseRow, form: AgreementDraft) -> None:
    """Another site that answers for the work is registered, and is another one."""
    named = {index: each.site for index, each in enumerate(form.terms.confirmations) if each.site is not None}
    if named:
        query = select(SiteRow.site_id).where(col(SiteRow.site_id).in_(sorted(set(named.values()))))
        refuse_other_sites(named, own=case.site_id, known=(await writing.session.exec(query)).all())


_ON_DRAFTS = (AgreementAnswer, RegulatoryConsultation, QpConsultation, SponsorSignature, SiteSignature)
suggests_current(AgreementDraft, "draft", *_ON_DRAFTS)


@checks(AgreementAnswer)
async def answers_the_current_draft(writing: Writing, case: CaseRow, form: AgreementAnswer) -> Effect:
    """The current version was read, and a no says what should be otherwise."""
    refuse_unless_answered(form)
    return _named(await _read(writing, case, form.draft))


async def _comments_on_the_current_draft(writing: Writing, case: CaseRow, form: Consultation) -> Effect:
    """The current version was read."""
    return _named(await _read(writing, case, form.draft))


checks(RegulatoryConsultation)(_comments_on_the_current_draft)
checks(QpConsultation)(_comments_on_the_current_draft)


async def _signs_the_agreed_draft(writing: Writing, case: CaseRow, form: AgreementSignature) -> Effect:
    """The current version is signed, the site has accepted it, and its author does not sign it (S1).

    Says at which instant it can take effect.
    """
    row = await _read(writing, case, form.draft)
    refuse_unless_signable(AgreementStatus(row.status), author=row.drafted_by, signers=writing.actor.persons)
    effective_at = (await lookups_of(writing, case)).start_of(terms_of(row).effective_on)
    return _named(row) | {"effective_at": effective_at.isoformat()}


checks(SponsorSignature)(_signs_the_agreed_draft)
checks(SiteSignature)(_signs_the_agreed_draft)


@checks_event("agreement.effective")
async def takes_effect(writing: Writing, payload: Effect) -> Effect:
    """Both quality units have signed the current version and its day has come (section 4, QTA)."""
    lookups = await lookups_of(writing, await writing.case())
    row = await _drafted(lookups, await lookups.current(AgreementDraft))
    refuse_unless_may_take_effect(
        sponsor_signed=row.sponsor_signed_by is not None,
        site_signed=row.site_signed_by is not None,
        planned=terms_of(row).effective_on,
        today=lookups.today,
    )
    policy = await writing.policy()
    valid = validity(
        lookups.today,
        review=policy.clock("qta.review").span,
        hard_stop=policy.clock("qta.hard_stop").span,
        calendar=lookups.calendar,
    )
    return _named(row) | {name: day.isoformat() for name, day in valid._asdict().items()}


async def _read(writing: Writing, case: CaseRow, read: RecordVersion) -> AgreementRow:
    """The version that was read, which is the current one (S1)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(read, await lookups.current(AgreementDraft), "draft")
    return await _drafted(lookups, read)


async def _drafted(lookups: Lookups, draft: RecordVersion) -> AgreementRow:
    effect = next(row.effect for row in await lookups.rows(AgreementDraft) if row.version == draft.version)
    return await lookups.session.get_one(AgreementRow, (effect["qta_id"], effect["version"]))


def _named(row: AgreementRow) -> Effect:
    return {"qta_id": row.qta_id, "version": row.version}
