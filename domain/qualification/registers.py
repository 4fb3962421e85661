"""Extracts of public registers: what they must hold, and what they say of a site.

An extract is a CSV file that a person got from the register. Nothing here looks anything up elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

from pydantic import Field

from domain.core.document import DocumentReference
from domain.core.forms import Action, Form
from domain.core.names import spellings
from domain.core.people import Role
from domain.core.refusals import broken
from domain.qualification.screening import HITS, CheckResult, CheckSource, HitKind, RegisterHit, Screening
from domain.site.identifiers import Identifiers
from domain.site.registers import Register


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One row of an extract. Numbers hold digits alone; `status` is in capitals."""

    name: str
    address: str = ""
    country: str = ""
    fei: str = ""
    duns: str = ""
    oms: str = ""
    status: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    scope_text: str = ""
    reference: str = ""


class MatchedBy(StrEnum):
    """Why an entry is taken for the site's."""

    IDENTIFIER = "IDENTIFIER"
    NAME = "NAME"


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that may be the site's. `certain` if it is this very place and not just the same company."""

    entry: RegisterEntry
    by: MatchedBy
    certain: bool


@dataclass(frozen=True)
class Subject:
    """Whom to look for: the names of the companies concerned, the site's address, all known numbers."""

    names: tuple[str, ...]
    address: str
    identifiers: tuple[Identifiers, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What an extract says of a subject, for a person to judge."""

    result: CheckResult
    hit: RegisterHit | None
    matches: tuple[Match, ...]


class ExtractImport(Form):
    """Import an extract of a register, so that sites can be looked up in it."""

    action = Action(None, "import-extract", "Import an extract of a register", frozenset({Role.SUPPLIER_QUALITY}))

    document: DocumentReference
    """The CSV file, uploaded as a document."""
    as_of: date = Field(examples=["2026-04-01"])
    """The day whose data it holds; not in the future."""


STATUSES: Mapping[Register, frozenset[str]] = {
    Register.EUDRAGMDP: frozenset({"COMPLIANT", "NON_COMPLIANT"}),
    Register.FDA_INSPECTIONS: frozenset({"NAI", "VAI", "OAI"}),
}
"""The statuses an entry must have one of, where the register's meaning depends on it."""

_AGAINST = frozenset({"NON_COMPLIANT", "OAI"})
"""Statuses that speak against a site in a register that lists the good as well."""

LEGAL_FORMS = frozenset({
    "ab", "ag", "as", "aps", "bv", "co", "company", "corp", "corporation", "doo", "gmbh", "inc", "incorporated",
    "kft", "kg", "kgaa", "limited", "llc", "llp", "ltd", "lp", "mbh", "nv", "oo", "oy", "oyj", "plc", "private",
    "pte", "pty", "pvt", "sa", "sarl", "sas", "se", "sl", "sp", "spa", "srl", "sro", "z",
})  # fmt: skip
"""Endings of company names that say nothing about which company it is."""


def stream_of(register: Register) -> str:
    """The stream of the journal that holds the extracts of a register."""
    return f"REG-{register}"


def company_names(name: str) -> frozenset[str]:
    """The ways in which a register may write a company, without its legal form: `Veldmark A.G.` is `VELDMARK`."""
    return frozenset(_without_legal_form(each) for each in spellings(name))


def refuse_unless_importable(extract: ExtractImport, *, media_type: str, latest_day: date) -> None:
    """Raise `Refused` unless the document is text and its data are not of the future."""
    faults: dict[str, str] = {}
    if media_type not in ("text/csv", "text/plain"):
        faults["document"] = f"is {media_type}, not CSV"
    if extract.as_of > latest_day:
        faults["as_of"] = "lies in the future"
    if faults:
        raise broken("register.imported", "The extract cannot be imported.", **faults)


def day_of_data(as_of: date) -> datetime:
    """The instant at which a look into an extract of that day counts as made: the start of the day, in UTC."""
    return datetime.combine(as_of, time.min, UTC)


def refuse_unless_from_extracts(screening: Screening, imported: Mapping[tuple[Register, str], date]) -> None:
    """Raise `Refused` when a check claims to come from an extract that was not imported, or to be newer than its data.

    `imported` gives the day of the data by register and document id.
    """
    faults: dict[str, str] = {}
    for index, check in enumerate(screening.checks):
        if check.source is not CheckSource.EXTRACT:
            continue
        as_of = imported.get((check.register_name, check.evidence.document_id))
        if as_of is None:
            faults[f"checks.{index}.evidence"] = f"is no extract of {check.register_name}"
        elif check.checked_at > day_of_data(as_of):
            faults[f"checks.{index}.checked_at"] = f"is after {as_of}, the day of the extract's data"
    if faults:
        raise broken("section 4, screening", "A check is not from an extract.", **faults)


def matches(entries: Iterable[RegisterEntry], subject: Subject) -> tuple[Match, ...]:
    """The entries that may be the subject's, in the order of the extract.

    An entry matches by an equal number, or by an equal name; by name alone it may be another place of the company.
    """
    names = frozenset(each for name in subject.names for each in company_names(name))
    numbers = _Numbers.of(subject.identifiers)
    address = spellings(subject.address)
    found: list[Match] = []
    for entry in entries:
        if numbers.hold(entry):
            found.append(Match(entry, MatchedBy.IDENTIFIER, certain=True))
        elif not names.isdisjoint(company_names(entry.name)):
            elsewhere = bool(entry.address) and address.isdisjoint(spellings(entry.address))
            found.append(Match(entry, MatchedBy.NAME, certain=not elsewhere and not numbers.contradict(entry)))
    return tuple(found)


def verdict(register: Register, found: tuple[Match, ...], *, today: date) -> Verdict:
    """What the matched entries say, in doubt against the site: a person judges before anything follows from it.

    Any entry that speaks against the company is a HIT; only a valid entry of this very place makes it CLEAR.
    """
    against = [match.entry for match in found if register.is_negative or match.entry.status in _AGAINST]
    if against:
        entry = max(against, key=lambda each: _is_valid(each, today))
        return Verdict(CheckResult.HIT, _hit(register, entry, valid=_is_valid(entry, today)), found)
    if register.is_negative:
        return Verdict(CheckResult.CLEAR, None, found)
    listed = any(match.certain and _is_valid(match.entry, today) for match in found)
    return Verdict(CheckResult.CLEAR if listed else CheckResult.NOT_LISTED, None, found)


@dataclass(frozen=True)
class _Numbers:
    """The numbers of a subject, by register of numbers."""

    fei: frozenset[str]
    duns: frozenset[str]
    oms: frozenset[str]

    @classmethod
    def of(cls, identifiers: Iterable[Identifiers]) -> "_Numbers":
        each = tuple(identifiers)
        return cls(
            fei=frozenset(one.fei for one in each if one.fei),
            duns=frozenset(one.duns for one in each if one.duns),
            oms=frozenset(one.oms for one in each if one.oms),
        )

    def hold(self, entry: RegisterEntry) -> bool:
        return entry.fei in self.fei or entry.duns in self.duns or entry.oms in self.oms

    def contradict(self, entry: RegisterEntry) -> bool:
        """Whether the entry has a number of its own where the subject has another one."""
        pairs = ((entry.fei, self.fei), (entry.duns, self.duns), (entry.oms, self.oms))
        return any(number and known and number not in known for number, known in pairs)


def _without_legal_form(key: str) -> str:
    words = key.split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def _is_valid(entry: RegisterEntry, today: date) -> bool:
    return entry.valid_to is None or entry.valid_to >= today


def _hit(register: Register, entry: RegisterEntry, *, valid: bool) -> RegisterHit:
    parts = (entry.name, entry.address, entry.country, entry.status, entry.scope_text)
    kind: HitKind = HITS[register][0]
    return RegisterHit(
        kind=kind,
        concerns_scope=True,
        valid=valid,
        description="; ".join(part for part in parts if part)[:4000],
        reference=entry.reference[:200] or entry.name[:200],
    )
