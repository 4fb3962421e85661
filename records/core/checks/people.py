"""Checks of what is recorded about people: registration, roles, absence, qualification, accounts, delegations."""

from sqlmodel import col, select

from domain.core.delegation import (
    DelegationAcceptance,
    DelegationEnd,
    DelegationOffer,
    Party,
    refuse_unless_delegable,
    refuse_unless_qualified,
)
from domain.core.names import name_key
from domain.core.people import SYSTEM, Org, Role
from domain.core.personnel import (
    Absence,
    Account,
    AuditorQualified,
    PersonChange,
    PersonRegistration,
    Position,
    refuse_self,
    refuse_unless_absence_may_be_set,
    refuse_unless_coherent,
    refuse_unless_own_email,
)
from domain.core.refusals import Code, Refused, broken
from records.core.checks.changes import changed, part, refuse_unless_allowed, text_of
from records.core.declared import Effect, checks_event
from records.core.identities import next_id
from records.core.people.accounts import NO_PASSWORD
from records.core.tables.journal import AccountRow
from records.core.tables.master_data import DelegationRow, PersonRow, SiteRow, SupplierRow
from records.core.vacancies import tell_of_leaving
from records.core.writing import Writing


@checks_event("person.registered")
async def registers_person(writing: Writing, payload: Effect) -> Effect:
    """The account is made in the same transaction, without a password: secrets stay outside the journal."""
    await refuse_unless_allowed(writing, PersonRegistration)
    record = part(payload, "record")
    position = Position.model_validate(record)
    await _refuse_unless_placed(writing, position)
    await _refuse_unless_people(writing, record)
    await _refuse_unless_own_email(writing, record)
    await _take_account(writing, text_of(record, "user"))
    return {"id": writing.entry.stream}


@checks_event("person.changed")
async def changes_person(writing: Writing, payload: Effect) -> Effect:
    """A change of a person is permitted and based on the newest version."""
    await refuse_unless_allowed(writing, PersonChange)
    row = await person(writing, writing.entry.stream)
    given = part(payload, "set")
    if {"roles", "sites"} & given.keys():
        now = {"org": row.org, "roles": row.roles, "supplier_id": row.supplier_id, "sites": row.sites}
        await _refuse_unless_placed(writing, Position.model_validate({**now, **given}))
    await _refuse_unless_people(writing, given)
    await _refuse_unless_own_email(writing, given)
    await tell_of_leaving(writing, row, given)
    return changed(writing, row, row.version, given)


@checks_event("person.password_changed")
async def changes_password(writing: Writing, payload: Effect) -> Effect:
    """Everybody changes the password of an account of their own; the old one was verified before."""
    row = await writing.session.get(AccountRow, payload["user"])
    if row is None or not row.person_id == writing.actor.person == writing.entry.stream:
        raise Refused(Code.WRONG_ROLE, "Nobody changes the password of another.", rule="21 CFR 11.300")
    return {}


@checks_event("person.absent")
async def records_absence(writing: Writing, payload: Effect) -> Effect:
    """An absence is set by who may set it (`refuse_unless_absence_may_be_set`)."""
    await refuse_unless_allowed(writing, Absence)
    row = await person(writing, writing.entry.stream)
    actor = writing.actor
    if actor != SYSTEM:
        refuse_unless_absence_may_be_set(row.person_id, row.manager, actor.persons, actor.roles)
    return changed(writing, row, row.version, part(payload, "set"))


@checks_event("person.qualified")
async def qualifies_auditor(writing: Writing, payload: Effect) -> Effect:
    """Nobody qualifies themselves, and nobody of a CDMO is an auditor (S1, S13)."""
    await refuse_unless_allowed(writing, AuditorQualified)
    row = await person(writing, writing.entry.stream)
    refuse_self("S1", row.person_id, writing.actor.persons, "Nobody qualifies themselves.")
    if row.org == Org.CDMO.value:
        raise broken("S13", "People of a CDMO do not audit for the sponsor.", auditor="not for this person")
    return changed(writing, row, row.version, part(payload, "set"))


@checks_event("person.account_added")
async def adds_account(writing: Writing, payload: Effect) -> Effect:
    """A new account is of a known person and its name is free."""
    await refuse_unless_allowed(writing, Account)
    await person(writing, writing.entry.stream)
    await _take_account(writing, text_of(payload, "user"))
    return {"id": text_of(payload, "user")}


@checks_event("delegation.offered")
async def offers_delegation(writing: Writing, payload: Effect) -> Effect:
    """Only the holder of roles delegates them (S11)."""
    await refuse_unless_allowed(writing, DelegationOffer)
    offer = DelegationOffer.stored(part(payload, "record"))
    if writing.entry.stream != writing.actor.person:
        raise Refused(Code.WRONG_ROLE, "Only the holder delegates roles.", rule="S11")
    delegate = await writing.session.get(PersonRow, offer.delegate)
    if delegate is None:
        raise broken("S11", "There is no such person.", delegate="unknown")
    refuse_unless_delegable(
        offer, writing.actor, Party.model_validate(delegate, from_attributes=True), writing.at.date()
    )
    return {"id": await next_id(writing.session, "DEL")}


@checks_event("delegation.accepted")
async def accepts_delegation(writing: Writing, payload: Effect) -> Effect:
    """Only the delegate accepts, in person, while the delegator still holds the roles."""
    await refuse_unless_allowed(writing, DelegationAcceptance)
    row = await _delegation(writing, payload)
    if writing.actor.person != row.delegate or writing.actor.on_behalf_of is not None:
        raise Refused(Code.NOT_ASSIGNED, "Only the delegate accepts a delegation.", rule="S11", who=row.delegate)
    if row.accepted or row.valid_to < writing.at.date():
        raise Refused(Code.NOT_OPEN, "The delegation has been accepted or is over.", rule="S11")
    delegate = await person(writing, row.delegate)
    refuse_unless_qualified((Role(role) for role in row.roles), Party.model_validate(delegate, from_attributes=True))
    return {}


@checks_event("delegation.ended")
async def ends_delegation(writing: Writing, payload: Effect) -> Effect:
    """A running delegation is ended by one of the two people in it (S11)."""
    await refuse_unless_allowed(writing, DelegationEnd)
    row = await _delegation(writing, payload)
    if writing.actor.person not in {row.delegate, row.delegator} or writing.actor.on_behalf_of is not None:
        raise Refused(Code.NOT_ASSIGNED, "A delegation is ended by one of the two.", rule="S11", who=row.delegator)
    if row.valid_to < writing.at.date():
        raise Refused(Code.NOT_OPEN, "The delegation is over.", rule="S11")
    return {}


async def person(writing: Writing, person_id: str) -> PersonRow:
    """The person. Raises `Refused(NOT_FOUND)`."""
    row = await writing.session.get(PersonRow, person_id)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such person.")
    return row


async def _delegation(writing: Writing, payload: Effect) -> DelegationRow:
    row = await writing.session.get(DelegationRow, text_of(payload, "delegation_id"))
    if row is None or row.delegator != writing.entry.stream:
        raise Refused(Code.NOT_FOUND, "There is no such delegation.")
    return row


async def _refuse_unless_placed(writing: Writing, position: Position) -> None:
    refuse_unless_coherent(position)
    if position.supplier_id is not None:
        if await writing.session.get(SupplierRow, position.supplier_id) is None:
            raise broken("S6", "There is no such supplier.", supplier_id="unknown")
        for site_id in sorted(position.sites):
            site = await writing.session.get(SiteRow, site_id)
            if site is None or site.supplier_id != position.supplier_id:
                raise broken("S6", "This is not a site of the supplier.", sites=site_id)


async def _refuse_unless_own_email(writing: Writing, given: Effect) -> None:
    """Whoever was disabled may come back under the same address."""
    if "email" not in given:
        return
    query = select(PersonRow.person_id, PersonRow.email).where(
        col(PersonRow.person_id) != writing.entry.stream, col(PersonRow.disabled).is_(False)
    )
    others = dict((await writing.session.exec(query)).all())
    because = given.get("shares_email_because")
    refuse_unless_own_email(text_of(given, "email"), others, str(because) if because else None)


async def _refuse_unless_people(writing: Writing, given: Effect) -> None:
    """Manager and deputy are other people who are on record."""
    for field in ("manager", "deputy"):
        named = given.get(field)
        if named is None:
            continue
        if named == writing.entry.stream or await writing.session.get(PersonRow, named) is None:
            raise broken("section 9", "This is not another person on record.", **{field: str(named)})


async def _take_account(writing: Writing, user: str) -> None:
    taken = (await writing.session.exec(select(AccountRow.user))).all()
    if name_key(user) in map(name_key, taken):
        raise Refused(Code.CONFLICT, "This account name is taken.", fields={"user": "taken"})
    writing.session.add(AccountRow(user=user, person_id=writing.entry.stream, password_hash=NO_PASSWORD))
