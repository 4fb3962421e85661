"""What a new system starts with: policy, questionnaire, sites and people of the worked scenario (section 13)."""

import asyncio
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, JsonValue
from sqlmodel import col, select

from domain.appointment.appointment import AppointmentApproval, AppointmentProposal, Licence, LicenceKind
from domain.core.document import RecordVersion
from domain.core.entry import Entry, PlainEvent, Written
from domain.core.forms import Form, record_hash
from domain.core.people import Org, Role
from domain.core.personnel import PersonRegistration, Qualification
from domain.core.standard import Standard
from domain.policy.change import POLICY
from domain.qualification import questionnaire
from domain.qualification.questionnaire import STANDARD
from domain.site.site import (
    SiteRegistration,
)
from records.appointment.tables import AppointmentRow
from records.core.database import Database
from records.core.identities import next_id
from records.core.journal import Journal, answered
from records.core.people.accounts import hashed, put_first_password
from records.core.registries import Registries
from records.core.tables.journal import AccountRow
from records.core.tables.master_data import CalendarRow, PolicyRow, ScopeRow, SiteRow
from records.installation.supplementing import POLICY_FILE, shipped_policy, supplement_policy
from records.installation.worked_scenario import (
    APPOINTMENTS,
    PEOPLE,
    SITES,
    ScenarioAppointment,
    ScenarioPerson,
    ScenarioSite,
)
from records.qualification.questionnaires import newest_version
from settings import Mode, Settings

Payload = dict[str, JsonValue]

QUESTIONNAIRE_FILE = POLICY_FILE.with_name("questionnaire.yaml")

_AUDITOR_YEARS = 3
_APPOINTED_BEFORE = 5
"""Years since which people are on their licences."""


class SeededPerson(BaseModel):
    """A person who can sign in."""

    model_config = ConfigDict(frozen=True)

    user: str
    name: str
    roles: tuple[Role, ...]
    person_id: str


class SeedResult(BaseModel):
    """Who can sign in, and the body of a request for a for-cause audit that `requester` may send."""

    model_config = ConfigDict(frozen=True)

    people: tuple[SeededPerson, ...]
    suppliers: dict[str, str]
    """Supplier id by site."""
    scopes: dict[str, str]
    """Scope id by site."""
    requester: str
    audit_request: dict[str, JsonValue]

    def person(self, user: str) -> str:
        """The person id behind an account."""
        return next(person.person_id for person in self.people if person.user == user)


async def seed(
    database: Database, registries: Registries, settings: Settings, *, now: datetime | None = None
) -> SeedResult:
    """Set up an empty system; what is there already stays. Every step is a fact of the journal.

    All people share `settings.dev_password`. `now` is business time: auditors are qualified for three years from it.
    Raises `ValueError` in production, where nobody may share a password.
    """
    if settings.mode is Mode.PRODUCTION:
        raise ValueError("These people are for trying Vetted out; production has its own.")
    at = now or datetime.now(UTC)
    sowing = _Sowing(database, Journal(database, registries, web=settings.public_url), at)
    await sowing.policy()
    await sowing.questionnaire()
    suppliers = {site.site_id: await sowing.site(site) for site in SITES}
    scopes = {site.site_id: await sowing.scope(site) for site in SITES}
    people = {person.user: await sowing.person(person, suppliers) for person in PEOPLE}
    for person in PEOPLE:
        await sowing.ties(person, people)
    for appointment in APPOINTMENTS:
        await sowing.appointment(appointment, people)
    await sowing.passwords(people, settings.dev_password)
    return SeedResult(
        people=tuple(
            SeededPerson(user=person.user, name=person.name, roles=person.roles, person_id=people[person.user])
            for person in PEOPLE
        ),
        suppliers=suppliers,
        scopes=scopes,
        requester="ines",
        audit_request={
            "type": "FOR_CAUSE",
            "site_id": "VM-02",
            "scope_ids": [scopes["VM-02"]],
            "trigger": {
                "reason": "DI_BREACH",
                "reference": f"HOTLINE-{at.year}-017",
                "description": "A caller reports deleted HPLC injections in the QC laboratory.",
            },
        },
    )


class _Sowing:
    """Writes facts under fixed command ids, so that a second run changes nothing."""

    def __init__(self, database: Database, journal: Journal, at: datetime) -> None:
        self._database = database
        self._journal = journal
        self._at = at

    async def policy(self) -> None:
        async with self._database.reading() as session:
            present = (await session.exec(select(PolicyRow).limit(1))).first()
        if present is None:
            shipped = shipped_policy()
            await self._fact(POLICY, "policy.loaded", "policy", {"policy": shipped.model_dump(mode="json")})
        else:
            await supplement_policy(self._database, self._journal, self._at)

    async def questionnaire(self) -> None:
        async with self._database.reading() as session:
            present = await newest_version(session, STANDARD)
        if present == 0:
            template = questionnaire.load(QUESTIONNAIRE_FILE.read_text(encoding="utf-8"))
            await self._fact(STANDARD, "template.loaded", STANDARD, {"template": template.model_dump(mode="json")})

    async def site(self, site: ScenarioSite) -> str:
        """Register a site with its calendar and supplier. Returns the supplier's id."""
        async with self._database.reading() as session:
            present = await session.get(SiteRow, site.site_id)
            calendar = await session.get(CalendarRow, site.calendar.calendar_id)
        if present is not None:
            return present.supplier_id
        if calendar is None:
            record = site.calendar.model_dump(mode="json")
            await self._fact(site.calendar.calendar_id, "calendar.registered", site.site_id, {"record": record})
        supplier_id = await self._registered("SUP", "supplier.registered", site.site_id, site.supplier)
        registration = SiteRegistration(
            site_id=site.site_id,
            supplier_id=supplier_id,
            name=site.name,
            address=site.address,
            tz=site.calendar.tz,
            country=site.supplier.country,
            calendar_id=site.calendar.calendar_id,
        )
        record = registration.model_dump(mode="json")
        await self._fact(site.site_id, "site.registered", site.site_id, {"record": record, "site_id": site.site_id})
        return supplier_id

    async def scope(self, site: ScenarioSite) -> str:
        async with self._database.reading() as session:
            query = select(ScopeRow.scope_id).where(
                col(ScopeRow.site_id) == site.site_id, col(ScopeRow.product) == site.scope.product
            )
            present = (await session.exec(query.order_by(col(ScopeRow.scope_id)))).first()
        if present is not None:
            return present
        payload: Payload = {"record": site.scope.model_dump(mode="json"), "site_id": site.site_id}
        return str((await self._fact(site.site_id, "scope.registered", site.site_id, payload)).effect["id"])

    async def person(self, person: ScenarioPerson, suppliers: dict[str, str]) -> str:
        async with self._database.reading() as session:
            account = await session.get(AccountRow, person.user)
        if account is not None:
            return account.person_id
        registration = PersonRegistration(
            user=person.user,
            password="put in later",  # noqa: S106 - see `passwords`
            name=person.name,
            email=f"{person.user}@{'aurelia' if person.site is None else 'cdmo'}.example",
            org=Org.SPONSOR if person.site is None else Org.CDMO,
            roles=person.roles,
            supplier_id=suppliers[person.site] if person.site else None,
            sites=(person.site,) if person.site else (),
        )
        return await self._registered("PER", "person.registered", person.user, registration)

    async def ties(self, person: ScenarioPerson, people: dict[str, str]) -> None:
        """Managers, deputies and qualifications, once everybody is registered."""
        person_id = people[person.user]
        named = {"manager": person.manager, "deputy": person.deputy}
        ties: Payload = {name: people[user] for name, user in named.items() if user is not None}
        if ties:
            payload: Payload = {"reason": "Set-up", "set": ties}
            await self._fact(person_id, "person.changed", f"ties:{person.user}", payload)
        if person.audits:
            qualification = Qualification(
                valid_to=self._at.date().replace(month=12, day=31, year=self._at.year + _AUDITOR_YEARS),
                standards=tuple(Standard),
                languages=("de", "en"),
            )
            payload = {"reason": "Set-up", "set": {"auditor": qualification.model_dump(mode="json")}}
            await self._fact(person_id, "person.qualified", person.user, payload)

    async def appointment(self, appointment: ScenarioAppointment, people: dict[str, str]) -> None:
        """Put a person on a licence, proposed and approved with the set-up; who is there already stays."""
        async with self._database.reading() as session:
            present = await session.get(AppointmentRow, appointment.number)
        if present is not None:
            return
        number, site = appointment.licence, appointment.site
        proposal = AppointmentProposal(
            person=people[appointment.user],
            role=appointment.role,
            licence=Licence(kind=LicenceKind.MIA, number=number, holder=appointment.holder, site_id=site),
            markets=appointment.markets,
            valid_from=self._at.date().replace(year=self._at.year - _APPOINTED_BEFORE, day=1),
            reason="Set-up",
        )
        digest = record_hash(appointment.number, proposal)
        said: Payload = {"form": proposal.model_dump(mode="json"), "sha256": digest, "version": 1}
        await self._fact(appointment.number, "appointment.propose", appointment.number, said)
        read = RecordVersion(version=1, sha256=digest)
        approval = AppointmentApproval(approve=True, appointment=read, reason="Set-up")
        digest = record_hash(appointment.number, approval)
        said = {"form": approval.model_dump(mode="json"), "sha256": digest, "version": 1}
        await self._fact(appointment.number, "appointment.approve", appointment.number, said)

    async def passwords(self, people: dict[str, str], password: str) -> None:
        """One hash for all: they share the password anyway, and a start must not take seconds."""
        hash_ = await asyncio.to_thread(hashed, password)
        async with self._database.writing() as session:
            for user, person_id in people.items():
                await put_first_password(session, user, person_id, hash_)

    async def _registered(self, prefix: str, type_: str, name: str, form: Form) -> str:
        async with self._database.writing() as session:
            stored = await answered(session, f"seed:{type_}:{name}", "")
            stream = str(stored.effect["id"]) if stored else await next_id(session, prefix)
        written = await self._fact(stream, type_, name, {"record": form.model_dump(mode="json")})
        return str(written.effect["id"])

    async def _fact(self, stream: str, type_: str, name: str, payload: Payload) -> Written:
        entry = Entry(
            stream=stream,
            command_id=f"seed:{type_}:{name}",
            at=self._at,
            lines=(PlainEvent(type=type_, payload=payload),),
        )
        return await self._journal.write(entry)
