"""A consignment of a batch or of a bought lot that has arrived from another country (domain specification, 18).

Directive 2001/83/EC, Articles 40(3) and 51(1)(b); EU GMP Annex 21.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.batch.batch import UseKind
from domain.batch.making.materials import Use
from domain.batch.supply_stage import SupplyStage
from domain.core.countries import Country
from domain.core.document import Evidence
from domain.core.forms import Action, Form, Forms, Meaning, Value
from domain.core.people import Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused, broken
from domain.core.repeats import ONCE
from domain.core.text import Identifier, ShortText, Text
from domain.exchange.parameters import Number
from domain.site.certificate import OF_MANUFACTURE

RULE = "section 18, import"
IMPORTER_PAPERS = OF_MANUFACTURE
"""What an importer is authorised by."""
_ENTERS = frozenset({Role.SUPPLY_CHAIN, Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA, Role.QP, Role.RP_IMPORT})

ConsignmentNumber = Annotated[str, Field(pattern=r"^IMP-[A-Z0-9][A-Z0-9-]{0,40}$")]
"""Number of a consignment, chosen by who enters it; unique for ever."""


class BoughtLot(Value):
    """A lot of a medicinal product that was bought, as batches made with it name it: a comparator, a placebo."""

    material: ShortText = Field(examples=["Comparin 20 mg"])
    """Name of the product."""
    number: ShortText = Field(examples=["C-77"])
    """Its lot."""
    manufacturer: ShortText = Field(examples=["Originator SA, Lyon"])
    """The original manufacturer; who has sold it does not stand in for it."""
    unit: ShortText = Field(examples=["{pack}"])
    """What its quantity is counted in."""

    @property
    def key(self) -> tuple[str, str]:
        """By which a batch that was made with it is found: material and number, and whose lot it is."""
        use = Use(UseKind.MATERIAL, f"{self.material} {self.number}"[:200], self.manufacturer)
        return use.key, use.issuer

    def words(self) -> str:
        """As people find it."""
        return f"{self.material} {self.number} of {self.manufacturer}"


class ImportConsignment(Form):
    """Enter that a consignment of a batch has arrived from another country. A part that comes later is one of its own.

    So has one of a lot of a product that was bought, before it is used. Goods that have left again and come back are
    imported anew, by a new consignment.
    """

    action = Action(None, "arrive", "Enter the arrival of an import", _ENTERS, meaning=Meaning.AUTHORED)

    batch_id: Identifier | None = Field(default=None, examples=["BAT-1"])
    """The batch, a dosage form: bulk, packs or clinical supply; left out of a lot that was bought."""
    lot: BoughtLot | None = None
    """The lot, if a product was bought abroad; then it is no batch of ours."""
    from_country: Country = Field(examples=["IN"])
    """The country that it was sent from."""
    from_site_id: Identifier | None = None
    """The registered site that it was sent from, if it is one."""
    return_id: Identifier | None = None
    """The return, if goods of a delivery have come back with it: a re-import."""
    to_site_id: Identifier = Field(examples=["VM-02"])
    """The registered site at which it has arrived, which imports it."""
    authorisation_id: Identifier | None = Field(default=None, examples=["CERT-1"])
    """The authorisation of that site under which it is imported, as it is on record; without one nothing of it is
    certified."""
    arrived_at: AwareDatetime = Field(examples=["2025-01-13T09:00:00Z"])
    """When it has arrived there."""
    quantity: Number = Field(gt=0, examples=["10"])
    """Quantity that has arrived, in the unit of the batch or lot."""
    documents: Evidence
    """The papers of the consignment: consignment note, packing list, record of the receipt."""


class CustomsClearance(Form):
    """Enter that customs have cleared a consignment. A second time it corrects what was entered, with a reason."""

    action = Action(
        None,
        "clear",
        "Enter the customs clearance of an import",
        _ENTERS,
        meaning=Meaning.AUTHORED,
        sent_to="clearance",
    )

    reference: ShortText = Field(examples=["25DE586600001234A1"])
    """Number of the customs declaration (MRN) that was accepted."""
    cleared_on: date = Field(examples=["2025-01-14"])
    """Day of the release into free circulation, at the site of arrival."""
    documents: Evidence
    """The notice of the customs office."""
    cleared_with: Annotated[tuple[ConsignmentNumber, ...], ONCE, Field(max_length=50)] = ()
    """Other consignments of the batch or lot that the same declaration or notice has cleared: parts of one import."""
    correction_reason: Text | None = None
    """Why what was entered before is wrong; required exactly then."""


class ConsignmentCorrection(ImportConsignment):
    """Correct what was entered of an arrival, with a reason. Nothing is lost; what rests on it is looked at again."""

    action = Action(
        None, "correct", "Correct the arrival of an import", _ENTERS, meaning=Meaning.AUTHORED, sent_to="corrections"
    )

    reason: Text = Field(examples=["The quantity of the packing list was that of another consignment."])
    """Why what was entered before is wrong."""


class ConsignmentWithdrawal(Form):
    """Take an arrival back that never was, or was of another batch. What rests on it is looked at again."""

    action = Action(
        None,
        "withdraw",
        "Take an arrival back",
        _ENTERS,
        meaning=Meaning.AUTHORED,
        sent_to="withdrawal",
        stops=True,
    )

    reason: Text = Field(examples=["The consignment was of another batch."])
    """Why it does not count."""


CONSIGNMENT = RecordKind(
    noun="consignment",
    called="A consignment",
    prefix="IMP-",
    example="IMP-2025-014",
    forms=Forms(ImportConsignment, CustomsClearance, ConsignmentCorrection, ConsignmentWithdrawal),
)


class ImportedBatch(BaseModel):
    """What the records say of the batch of a consignment."""

    model_config = ConfigDict(frozen=True)

    stage: SupplyStage | None
    started_at: AwareDatetime | None
    """Start of its manufacture; `None` before it."""
    quantity: Decimal | None
    """Its yield, in its unit; `None` before the end of manufacture."""


class SiteOfArrival(BaseModel):
    """What the records say of the site at which a consignment has arrived."""

    model_config = ConfigDict(frozen=True)

    country: str | None
    papers: frozenset[str] = frozenset()
    """Ids of the authorisations that it has shown."""


def refuse_unless_arrived(
    form: ImportConsignment,
    batch: ImportedBatch | None,
    site: SiteOfArrival | None,
    sent_from: str | None,
    now: datetime,
) -> None:
    """Raise `Refused` field by field unless a consignment can be as it is entered. `None` is what there is not.

    It is of a batch or of a lot that was bought; such a lot has left with no delivery of ours.
    `sent_from` is the country of the site that it was sent from: empty if that is not known.
    """
    of_a_batch = form.batch_id is not None
    faults = _batch_faults(form, batch) if of_a_batch and form.lot is None else _lot_faults(form)
    faults |= _site_faults(form, site, sent_from)
    if form.arrived_at > now:
        faults["arrived_at"] = "is in the future"
    if faults:
        raise broken(RULE, "A consignment cannot have arrived like this.", **faults)


def _lot_faults(form: ImportConsignment) -> dict[str, str]:
    if form.lot is None:
        return {"batch_id": "say of which batch it is, or of which lot that was bought"}
    if form.batch_id is not None:
        return {"lot": f"is no batch of ours; leave it out if the consignment is of {form.batch_id}"}
    return {"return_id": "is of goods that we have delivered"} if form.return_id is not None else {}


def _batch_faults(form: ImportConsignment, batch: ImportedBatch | None) -> dict[str, str]:
    if batch is None:
        return {"batch_id": "unknown"}
    faults: dict[str, str] = {}
    if batch.stage is None or not batch.stage.is_dosage_form:
        faults["batch_id"] = "is no dosage form: an active substance is imported with a written confirmation"
    elif batch.started_at is None:
        faults["batch_id"] = "nothing of it is made yet"
    elif form.arrived_at < batch.started_at:
        faults["arrived_at"] = "is before its manufacture"
    if batch.quantity is not None and form.quantity > batch.quantity:
        faults["quantity"] = f"is more than the {batch.quantity:f} that were made"
    return faults


def _site_faults(form: ImportConsignment, site: SiteOfArrival | None, sent_from: str | None) -> dict[str, str]:
    faults: dict[str, str] = {}
    if form.from_site_id is not None and sent_from is None:
        faults["from_site_id"] = "unknown"
    elif sent_from and sent_from != form.from_country:
        faults["from_country"] = f"is {sent_from} at {form.from_site_id}"
    if site is None:
        return faults | {"to_site_id": "unknown"}
    if site.country is None:
        faults["to_site_id"] = "its country is not known; record it first"
    elif site.country == form.from_country:
        faults.setdefault("from_country", f"is that of {form.to_site_id} as well")
    if form.authorisation_id is not None and form.authorisation_id not in site.papers:
        faults["authorisation_id"] = f"is no manufacturing authorisation of {form.to_site_id}"
    return faults


def refuse_another_arrival(
    form: ConsignmentCorrection,
    batch_id: str | None,
    return_id: str | None,
    lot: tuple[str, str] | None = None,
) -> None:
    """Raise `Refused` if a correction would make it one of another batch or lot, or of another return or none.

    That is another consignment: an import that a release rests on is no goods that came back.
    """
    faults: dict[str, str] = {}
    if form.batch_id != batch_id:
        other = form.batch_id or "the lot"
        faults["batch_id"] = f"is {batch_id or 'none'}; take this one back, and enter what has arrived of {other}"
    if (form.lot.key if form.lot is not None else None) != lot:
        faults["lot"] = "is another one; take this one back, and enter what has arrived of the right one"
    if form.return_id != return_id:
        faults["return_id"] = f"is {return_id or 'none'}; take this one back, and enter another one"
    if faults:
        raise broken(RULE, "A consignment stays one of its batch or lot, and of its return.", **faults)


def refuse_unless_cleared(
    form: CustomsClearance, *, was_cleared: bool, begun_on: date | None, arrived_on: date, today: date
) -> None:
    """Raise `Refused` field by field unless customs can have cleared a consignment so.

    Days are those of the place of arrival; `begun_on` is the first of the manufacture. Goods may be cleared at the
    border, before they arrive.
    """
    faults: dict[str, str] = {}
    if form.cleared_on > today:
        faults["cleared_on"] = "is in the future"
    elif begun_on is not None and form.cleared_on < begun_on:
        faults["cleared_on"] = f"is before its manufacture, which began on {begun_on}"
    elif (arrived_on - form.cleared_on).days > _LONGEST_WAY:
        faults["cleared_on"] = f"is long before the arrival on {arrived_on}"
    if was_cleared and form.correction_reason is None:
        faults["correction_reason"] = "say why what was entered before is wrong"
    if not was_cleared and form.correction_reason is not None:
        faults["correction_reason"] = "belongs to a correction"
    if faults:
        raise broken(RULE, "Customs cannot have cleared it like this.", **faults)


_LONGEST_WAY = 365
"""Days from customs to the site of arrival, at most. [P]"""


def refuse_withdrawn(withdrawn_by: str | None, withdrawn_at: str | None) -> None:
    """Raise `Refused` if the arrival was taken back."""
    if withdrawn_by is not None:
        raise Refused(Code.ALREADY_ANSWERED, "It was taken back.", who=withdrawn_by, when=withdrawn_at)
