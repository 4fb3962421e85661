"""Official batch release: what an official control laboratory says of a batch for a market (section 17).

Directive 2001/83/EC, Article 114: vaccines, products of blood. Where the authorisation of the market demands it, goods
are free only with that certificate.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AwareDatetime, Field

from domain.core.countries import Country
from domain.core.document import DocumentReference, RecordVersion
from domain.core.forms import Action, Decision, Form, Forms, Meaning
from domain.core.names import name_key
from domain.core.people import QUALITY_UNIT, Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, ShortText, Text
from domain.core.view import View

RULE = "section 17, official batch release"
_BY = QUALITY_UNIT | {Role.REG_AFFAIRS}
OfficialReleaseId = Annotated[str, Field(pattern=r"^OBR-[A-Z0-9][A-Z0-9-]{0,40}$")]
"""Id of the record, chosen by who enters it; unique for ever."""


class OfficialResult(StrEnum):
    """What the laboratory has found."""

    COMPLIES = "COMPLIES"
    DOES_NOT_COMPLY = "DOES_NOT_COMPLY"


class OfficialReleaseEntry(Form):
    """Enter the certificate of an official control laboratory. What does not comply holds the batch at once."""

    action = Action(None, "enter", "Enter an official batch release", _BY, meaning=Meaning.AUTHORED)

    batch_id: Identifier = Field(examples=["BAT-1"])
    """The batch."""
    market: Country = Field(examples=["EU"])
    """The market of the batch that it is for."""
    number: ShortText = Field(examples=["PEI-2027-01234"])
    """Number of the certificate; one of a laboratory is of one batch."""
    laboratory: ShortText = Field(examples=["Paul-Ehrlich-Institut, Langen"])
    """The official control laboratory."""
    dated: date = Field(examples=["2026-09-01"])
    """Date of the certificate."""
    result: OfficialResult = Field(examples=[OfficialResult.COMPLIES])
    """What it says."""
    document: DocumentReference
    """The certificate itself."""


class OfficialReleaseCheck(Decision):
    """Compare what was entered with the certificate, as another person. It counts once that is done."""

    action = Action(None, "check", "Check an official batch release", _BY, meaning=Meaning.REVIEWED, sent_to="check")

    entry: RecordVersion
    """What was read."""
    agrees: bool = Field(examples=[True])
    """Whether the certificate says what was entered, of this batch. If not, it is entered anew under another id."""
    reason: Text = Field(examples=["Number, batch and result compared with the certificate."])
    """What was compared."""

    def approves(self) -> bool:
        return self.agrees

    def record_version(self) -> int:
        return self.entry.version


class OfficialReleaseWithdrawal(Form):
    """Take back a certificate that was compared: it should not count. At once its goods are free no more.

    What is undecided is held for its markets, and a release is reviewed.
    """

    action = Action(
        None,
        "withdraw",
        "Take back an official batch release",
        _BY,
        meaning=Meaning.AUTHORED,
        sent_to="withdrawal",
        stops=True,
    )

    reason: Text = Field(examples=["The laboratory has withdrawn the certificate: it was issued for another batch."])
    """Why it can be relied on no more."""


OFFICIAL_RELEASE = RecordKind(
    noun="official_release",
    called="An official batch release",
    prefix="OBR-",
    example="OBR-P-1001-EU",
    forms=Forms(OfficialReleaseEntry, OfficialReleaseCheck, OfficialReleaseWithdrawal),
)


class OfficialReleaseView(View):
    """A certificate of an official control laboratory, as it was entered and checked."""

    release_id: str
    batch_id: str
    market: str
    number: str
    laboratory: str
    dated: date
    result: OfficialResult
    document: str
    """Document id."""
    version: int
    """With `sha256` what who checks it names."""
    sha256: str
    entered_by: str
    """Person id, like `decided_by`."""
    entered_at: AwareDatetime
    agrees: bool | None
    """What the second person says; null until then. Only what agrees counts."""
    decided_by: str | None
    decided_at: AwareDatetime | None
    decision: str | None
    withdrawn_by: str | None
    """Person id of who has taken it back; it counts no more since."""
    withdrawn_at: AwareDatetime | None
    withdrawn_because: str | None


class OfficialReleaseList(View):
    """All of a batch, the oldest first."""

    items: tuple[OfficialReleaseView, ...]


class Said(NamedTuple):
    """What a certificate on record says."""

    market: str
    result: OfficialResult
    dated: date
    entered_at: datetime
    agrees: bool | None
    """What the second person says; `None` until then."""
    withdrawn: bool = False

    @property
    def frees(self) -> bool:
        """Whether it frees goods, if nothing else is said: it complies, and a second person has compared it."""
        return self.result is OfficialResult.COMPLIES and self.agrees is True and not self.withdrawn

    @property
    def stops(self) -> bool:
        """Whether it stops goods: so from its entry on, until a second person says that it was entered wrongly."""
        return self.result is OfficialResult.DOES_NOT_COMPLY and self.agrees is not False and not self.withdrawn

    def comes_after(self, other: "Said") -> bool:
        """Whether it answers another: it was entered afterwards, and is dated no earlier."""
        return self.entered_at > other.entered_at and self.dated >= other.dated


def is_officially_released(said: Iterable[Said], market: str, counts_in: Callable[[str, str], bool]) -> bool:
    """Whether goods of a market are officially released: one frees them that comes after all that stop them.

    Of whichever laboratory each is. `counts_in` says whether what is said for one market counts in another.
    """
    there = [each for each in said if counts_in(each.market, market)]
    against = [each for each in there if each.stops]
    return any(each.frees and all(map(each.comes_after, against)) for each in there)


def refuse_unless_withdrawable(said: Said, withdrawn_by: str | None, withdrawn_at: datetime | None) -> None:
    """Raise `Refused` unless it frees goods: of what does not, nothing can be taken back."""
    if withdrawn_by is not None:
        when = withdrawn_at.isoformat() if withdrawn_at is not None else None
        raise Refused(Code.ALREADY_ANSWERED, "It was taken back already.", who=withdrawn_by, when=when)
    if not said.frees:
        raise Refused(Code.NOT_OPEN, "Only a certificate that complies, and was compared, is taken back.", rule=RULE)


def refuse_unless_of_the_batch(
    form: OfficialReleaseEntry,
    *,
    markets: Iterable[str],
    others: Iterable[tuple[str, str, str]],
    made_on: date | None,
    latest_day: date,
) -> None:
    """Raise `Refused` field by field where it cannot be of this batch.

    `markets` are those of the batch, none if there is no such batch; `others` are batch, number and laboratory of what
    is on record of other batches. `made_on` is the end of its manufacture, `None` before it. `latest_day` is today
    where it is latest.
    """
    known, faults = set(markets), {}
    if not known:
        faults["batch_id"] = "unknown"
    elif form.market not in known:
        faults["market"] = "is no market of the batch"
    if form.dated > latest_day:
        faults["dated"] = "is in the future"
    elif known and (made_on is None or form.dated < made_on):
        faults["dated"] = "is before the end of manufacture"
    own = (name_key(form.number), name_key(form.laboratory))
    for batch_id, number, laboratory in others:
        if (name_key(number), name_key(laboratory)) == own:
            faults["number"] = f"is the certificate of {batch_id}"
    if faults:
        raise broken(RULE, "The certificate is not of this batch.", **faults)


def refuse_taken(release_id: str, *, taken: bool) -> None:
    """Raise `Refused` where the id is not free."""
    if taken or not OFFICIAL_RELEASE.names(release_id):
        raise Refused(Code.CONFLICT, f"{release_id} is taken.", fields={"release_id": "is taken"})
