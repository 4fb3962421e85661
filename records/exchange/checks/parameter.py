"""Checks of the draft of a parameter set and of the four signatures under it."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import JsonValue

from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.forms import Audience
from domain.exchange.concern import refuse_while_concerned
from domain.exchange.parameter_forms import (
    QUALITY,
    TECHNICAL,
    ParameterDraft,
    ParameterSignature,
    refuse_outdated_draft,
    refuse_signer,
    refuse_unless_said_why,
    refuse_unless_signed_first,
)
from domain.exchange.parameter_rules import next_version, refuse_unless_sound, touches_registration
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, suggests
from records.core.identities import next_id
from records.core.lookups import Lookups, lookups_of
from records.core.queries.events import event_of
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing
from records.exchange.exchanges import deferred_in, exchange_of, refuse_while_stopped, standing_concerns
from records.exchange.parameter_sets import content_of, newest_set, newest_version, put_into_effect, standing_sets
from records.exchange.tables.exchanges import ExchangeRow
from records.exchange.tables.parameters import ParameterSetRow

suggests_current(ParameterDraft, "draft", *TECHNICAL, *QUALITY)


@suggests(ParameterDraft)
async def suggests_parameters(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The last draft of the exchange, else the newest set of the scope."""
    lookups, exchange = await lookups_of(writing, case), await exchange_of(writing, case)
    if (draft := await lookups.latest(ParameterDraft)) is not None:
        return draft.model_dump(mode="json")
    base = await newest_set(writing.session, exchange.scope_id)
    return content_of(base).model_dump(mode="json") if base else {}


@checks(ParameterDraft)
async def can_be_drafted(writing: Writing, case: CaseRow, form: ParameterDraft) -> Effect:
    """Its invariants hold; what is wider than in the newest set of the scope is shown by data (section 7)."""
    exchange = await exchange_of(writing, case)
    await refuse_while_stopped(writing, exchange.scope_id)
    base = await newest_set(writing.session, exchange.scope_id)
    refuse_unless_sound(form.content(), content_of(base) if base else None)
    return {"base": base.set_id if base else None}


class _Drafted(NamedTuple):
    """The draft that is signed, and what it takes the place of."""

    row: RecordRow
    base: ParameterSetRow | None

    @property
    def form(self) -> ParameterDraft:
        return ParameterDraft.stored(self.row.form)


async def _signed(writing: Writing, case: CaseRow, form: ParameterSignature) -> Effect:
    """A technical signature: what was read is current, and a yes is one that may be given."""
    await _may_be_signed(writing, case, form)
    return {}


async def _approved(writing: Writing, case: CaseRow, form: ParameterSignature) -> Effect:
    """A signature of a quality unit. With the last one the set is agreed on, and effective if nothing is registered."""
    drafted = await _may_be_signed(writing, case, form)
    lookups = await lookups_of(writing, case)
    missing = [each for each in TECHNICAL if await _yes_of(lookups, each, drafted) is None]
    refuse_unless_signed_first(missing)
    (other,) = [each for each in QUALITY if each is not type(form)]
    if not form.approve or await _yes_of(lookups, other, drafted) is None:
        return {}
    return await _agreed(lookups, await exchange_of(writing, case), drafted)


for _form in TECHNICAL:
    checks(_form)(_signed)
for _form in QUALITY:
    checks(_form)(_approved)


async def _may_be_signed(writing: Writing, case: CaseRow, form: ParameterSignature) -> _Drafted:
    """The draft that a signature is about. A yes needs a site that may work, no concern, and a base of today."""
    lookups, exchange = await lookups_of(writing, case), await exchange_of(writing, case)
    refuse_unless_current(form.draft, await lookups.current(ParameterDraft), "draft")
    refuse_unless_said_why(form, rounds_left=exchange.round < exchange.rounds_max)
    row = (await lookups.rows(ParameterDraft))[0]
    drafted = _Drafted(row, await newest_set(writing.session, exchange.scope_id))
    signers = [await _yes_of(lookups, each, drafted) for each in (*TECHNICAL, *QUALITY)]
    refuse_signer(
        writing.actor.persons,
        earlier={person for persons in signers for person in persons or ()},
        authors=await _persons(lookups, row) if isinstance(form, QUALITY) else (),
    )
    if form.approve:
        await refuse_while_stopped(writing, exchange.scope_id)
        refuse_while_concerned(await standing_concerns(writing.session, case.case_id))
        newest = await newest_set(writing.session, exchange.scope_id)
        refuse_outdated_draft(row.effect["base"], newest.set_id if newest else None)
    return drafted


async def _yes_of(lookups: Lookups, form: type[ParameterSignature], drafted: _Drafted) -> frozenset[str] | None:
    """Whose hands a yes to this very draft counts as; `None` without one."""
    for row in await lookups.rows(form):
        signature = form.stored(row.form)
        if signature.approve and signature.draft.version == drafted.row.version:
            return await _persons(lookups, row)
    return None


async def _persons(lookups: Lookups, row: RecordRow) -> frozenset[str]:
    return (await event_of(lookups.session, row.case_id, row.number)).actor.persons


async def _agreed(lookups: Lookups, exchange: ExchangeRow, drafted: _Drafted) -> Effect:
    """The set gets its id and version. All signatures of the scope wait for one another: its list is locked."""
    writing, content = lookups.writing, drafted.form.content()
    base = content_of(drafted.base) if drafted.base else None
    version = next_version(await newest_version(lookups.session, exchange.scope_id), base, content)
    standing = [content_of(row) for row in await standing_sets(lookups.session, exchange.scope_id)]
    set_id = await next_id(lookups.session, "PS")
    deferred: Sequence[JsonValue] = await deferred_in(lookups.session, exchange.case_id)
    payload: Effect = {
        "scope_id": exchange.scope_id,
        "site_id": lookups.case.site_id,
        "product": exchange.product,
        "major": version.major,
        "minor": version.minor,
        "content": content.model_dump(mode="json"),
        "sha256": drafted.row.sha256,
        "case_id": exchange.case_id,
        "deferred": [*deferred],
    }
    await writing.append("parameters.agreed", payload, stream=set_id, audience=Audience.SHARED)
    waits = touches_registration(content, standing)
    if not waits:
        await put_into_effect(writing, set_id)
    return {"set_id": set_id, "version": str(version), "waits_for_filing": waits}
