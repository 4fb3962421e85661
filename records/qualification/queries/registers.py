"""Registers, their extracts, and what they say of the site of a qualification. All of it is the sponsor's own (S6)."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.days import Span, counted
from domain.core.document import DocumentReference
from domain.core.forms import Process
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.policy.market_rule import asks_of
from domain.qualification.registers import Match, Subject, Verdict, day_of_data
from domain.qualification.request import QualificationRequest
from domain.qualification.screening import CheckSource, RegisterCheck, is_recent, required_registers
from domain.site.identifiers import Identifiers
from domain.site.registers import Register
from records.core.documents.store import DocumentStore
from records.core.policies import Policies, limits_in_force, markets_in_force
from records.core.queries.visibility import reads_everything, visible_case
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import DocumentRow, SiteRow, SupplierRow
from records.qualification.registers import ExtractFile, ManualEntry, RegisterSource
from records.qualification.tables.registers import RegisterExtractRow

SHOWN = 50
"""Matched entries that are shown; all of them count."""


class Extract(View):
    """An extract of a register that was imported."""

    register_name: Register
    number: int
    as_of: date
    """The day whose data it holds."""
    document_id: str
    sha256: str
    rows: int
    """Entries in it."""
    imported_by: str
    """Person id."""
    imported_at: AwareDatetime


class RegisterState(View):
    """A register and where its answers come from."""

    register_name: Register
    source: CheckSource
    newest: Extract | None
    """The extract with the newest data."""


class RegisterList(View):
    """All registers."""

    items: tuple[RegisterState, ...]


class LookUp(View):
    """What is known here of a site in one register."""

    register_name: Register
    source: CheckSource
    check: RegisterCheck | None
    """A proposal for the form of the screening; none if a person must look the register up."""
    says: str
    """In words: what was looked up where, or why nothing was."""
    matched: int = 0
    """Entries that may be the site's."""
    matches: tuple[Match, ...] = ()
    """The first 50 of them."""


class LookUpList(View):
    """The look-ups that the screening of a case needs."""

    case_id: str
    items: tuple[LookUp, ...]


@dataclass(frozen=True)
class Kept:
    """The newest extract of a register with the document that holds it."""

    extract: Extract
    document: DocumentRow

    @property
    def checked_at(self) -> datetime:
        """A look into it counts as made at this instant."""
        return day_of_data(self.extract.as_of)


@dataclass(frozen=True)
class Wanted:
    """What a screening must look up, and by which day and zone."""

    case_id: str
    subject: Subject
    registers: tuple[tuple[Register, Kept | None], ...]
    today: date
    earliest: date
    tz: tzinfo


async def registers(session: AsyncSession, actor: Actor) -> RegisterList:
    """All registers. Raises `Refused(WRONG_ORGANISATION)`."""
    _refuse_outsiders(actor)
    newest = await _newest(session)
    return RegisterList(
        items=tuple(
            RegisterState(
                register_name=each,
                source=CheckSource.EXTRACT if each in newest else CheckSource.MANUAL,
                newest=newest.get(each),
            )
            for each in Register
        )
    )


async def one_extract(session: AsyncSession, register: Register, number: int) -> Extract:
    """An extract that was imported."""
    row = await session.get_one(RegisterExtractRow, (register.value, number))
    return Extract.model_validate(row, from_attributes=True)


async def wanted_of(session: AsyncSession, actor: Actor, case_id: str, at: datetime) -> Wanted:
    """What the screening of a case must look up. Raises `Refused`: NOT_FOUND, WRONG_ORGANISATION."""
    case = await visible_case(session, actor, Process.QUALIFICATION.value, case_id)
    _refuse_outsiders(actor)
    kept = await _kept(session)
    limits, rows = await limits_in_force(session, at), await markets_in_force(session, at)
    asks = [asks_of(rows, each) for each in case.order["markets"]]
    calendar = await Policies().calendar_of(session, case.site_id, at)
    today, age = calendar.local_day(at), limits.screening_check_age_max
    return Wanted(
        case_id=case_id,
        subject=await _subject(session, case),
        registers=tuple((each, kept.get(each)) for each in required_registers(asks)),
        today=today,
        earliest=counted(today, Span(n=-age.n, unit=age.unit), calendar),
        tz=ZoneInfo(calendar.tz),
    )


async def looked_up(wanted: Wanted, store: DocumentStore) -> LookUpList:
    """Look the subject up in the newest extracts; it takes no transaction. Raises `Refused(UNAVAILABLE)`."""
    items = []
    for register, kept in wanted.registers:
        recent = kept is not None and is_recent(kept.checked_at, wanted.earliest, wanted.tz)
        source: RegisterSource = ManualEntry()
        if kept is not None and recent:
            source = ExtractFile(store, register, kept.document.sha256, kept.document.size)
        found = await source.look_up(wanted.subject, wanted.today)
        items.append(_shown(register, source.kind, kept, found))
    return LookUpList(case_id=wanted.case_id, items=tuple(items))


def _shown(register: Register, source: CheckSource, kept: Kept | None, found: Verdict | None) -> LookUp:
    if kept is None or found is None:
        says = "Look it up in the register itself; no extract of it is kept here."
        if kept is not None:
            says = f"Look it up in the register itself; the newest extract is of {kept.extract.as_of}, too long ago."
        return LookUp(register_name=register, source=source, check=None, says=says)
    says = f"Looked up in the extract of {kept.extract.as_of}, among {kept.extract.rows} entries; a person judges."
    if register is Register.NCA:
        says += " It holds the data of one authority; look the others up."
    check = RegisterCheck(
        register_name=register,
        result=found.result,
        evidence=DocumentReference(document_id=kept.document.document_id, sha256=kept.document.sha256),
        checked_at=kept.checked_at,
        source=source,
        hit=found.hit,
    )
    matched, shown = len(found.matches), found.matches[:SHOWN]
    return LookUp(register_name=register, source=source, check=check, says=says, matched=matched, matches=shown)


async def _subject(session: AsyncSession, case: CaseRow) -> Subject:
    """The site with the company that runs it, and the one that takes it over."""
    site = await session.get_one(SiteRow, case.site_id)
    supplier = await session.get_one(SupplierRow, site.supplier_id)
    request = QualificationRequest.stored(case.order["request"])
    known = [Identifiers.model_validate(each.identifiers) for each in (site, supplier)]
    names = [supplier.name, site.name]
    if request.succession is not None:
        names.append(request.succession.new_owner.name)
        known.append(request.succession.new_owner.identifiers)
    return Subject(names=tuple(names), address=site.address, identifiers=tuple(known))


async def _newest(session: AsyncSession) -> dict[Register, Extract]:
    """The extract with the newest data of each register that has one; the last import of those of one day."""
    newest_first = (col(RegisterExtractRow.as_of).desc(), col(RegisterExtractRow.number).desc())
    place = func.row_number().over(partition_by=col(RegisterExtractRow.register_name), order_by=newest_first)
    ranked = select(RegisterExtractRow, place.label("place")).subquery()
    rows = await session.exec(select(aliased(RegisterExtractRow, ranked)).where(ranked.c.place == 1))
    return {Register(row.register_name): Extract.model_validate(row, from_attributes=True) for row in rows.all()}


async def _kept(session: AsyncSession) -> dict[Register, Kept]:
    newest = await _newest(session)
    ids = sorted(extract.document_id for extract in newest.values())
    rows = await session.exec(select(DocumentRow).where(col(DocumentRow.document_id).in_(ids)))
    documents = {row.document_id: row for row in rows.all()}
    return {register: Kept(extract, documents[extract.document_id]) for register, extract in newest.items()}


def _refuse_outsiders(actor: Actor) -> None:
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "Registers and screening are the sponsor's own.", rule="S6")
