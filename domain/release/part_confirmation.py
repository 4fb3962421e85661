"""The confirmation of a part of the manufacture of a batch, by a qualified person of the site that has done it.

EU GMP Annex 16, 1.7 and appendix I; domain specification, section 17. What bulk a site has made it confirms by the
decision on that batch (`domain.release.further_processing`); this is for all else that it has done of a batch.
"""

from collections.abc import Collection
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import AwareDatetime, Field

from domain.agreement.confirmations import Cover
from domain.core.attestations import Worded
from domain.core.forms import Action, Audience, Form, Forms, Meaning
from domain.core.people import DECIDERS, QUALITY_UNIT, Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, ShortText, Text
from domain.core.view import View
from domain.release.confirmation_facts import Along
from domain.release.further_processing import CONFIRMATION

RULE = "section 17, confirmation of partial manufacture"

ConfirmationNumber = Annotated[str, Field(pattern=r"^PMC-[A-Z0-9][A-Z0-9-]{0,40}$")]
"""Number of a confirmation, chosen by who signs it; unique for ever."""


class PartManufactureConfirmation(Form):
    """Confirm, as a qualified person, what a site has done of a batch, along the agreement that says so.

    Only you can, personally, named on the manufacturing authorisation of the site whose qualified person the agreement
    names for this work.
    """

    action = Action(
        None,
        "confirm",
        "Confirm a part of the manufacture",
        frozenset({Role.CDMO_QP}),
        meaning=Meaning.CERTIFIED,
        audience=Audience.SHARED,
        in_person=True,
    )

    batch_id: Identifier = Field(examples=["BAT-1"])
    """The batch."""
    scope_id: Identifier = Field(examples=["SC-1"])
    """What was done where: the scope of the site under which it made the batch, or a step of it."""
    agreement: Identifier = Field(examples=["QTA-1"])
    """The agreement that says whose qualified person confirms this work."""
    agreement_version: int = Field(ge=1, le=10_000, examples=[1])
    """Its version that was in force at the end of manufacture."""
    authorisation: ShortText = Field(examples=["DE_RP_01_MIA_2023_0042"])
    """Number of the manufacturing authorisation that names you."""
    statement: Annotated[Text, Worded(CONFIRMATION)] = Field(examples=[CONFIRMATION])
    """What is confirmed, in the words of the confirmation."""


class PartConfirmationWithdrawal(Form):
    """Withdraw a confirmation. The batch and what was made of it is held, and reviewed where it is released."""

    action = Action(
        None,
        "withdraw",
        "Withdraw a confirmation of a part of the manufacture",
        DECIDERS | QUALITY_UNIT | {Role.CDMO_QP},
        meaning=Meaning.REJECTED,
        audience=Audience.SHARED,
        sent_to="withdrawal",
        stops=True,
    )

    reason: Text = Field(examples=["The line clearance before the batch was found not to have been done."])
    """Why it can be relied on no more; the site reads it."""


PART_CONFIRMATION = RecordKind(
    noun="part_confirmation",
    called="A confirmation of a part",
    prefix="PMC-",
    example="PMC-2027-014",
    forms=Forms(PartManufactureConfirmation, PartConfirmationWithdrawal),
)


class PartConfirmationView(View):
    """A confirmation of a part of the manufacture of a batch."""

    number: str
    batch_id: str
    scope_id: str
    site_id: str
    """The site whose qualified person has confirmed."""
    agreement: str
    agreement_version: int
    article: str | None
    """Where the agreement says so; null where it says nothing and the site's own confirms."""
    statement: str
    under: tuple[str, ...]
    """The appointment and the licence that it was signed under."""
    confirmed_by: str
    """Person id, like `withdrawn_by`."""
    by_name: str
    confirmed_at: AwareDatetime
    withdrawn_by: str | None
    withdrawn_at: AwareDatetime | None
    withdrawn_because: str | None


class PartView(View):
    """What one site has done of a batch, and who answers for it."""

    scope_id: str
    place: str
    by_site: str | None
    """The site whose qualified person confirms it; null where whoever certifies covers it."""
    agreement: str | None
    agreement_version: int | None
    article: str | None
    statement: str
    """What was agreed."""
    confirmed: str | None
    """Number of the confirmation that counts."""


class PartConfirmationList(View):
    """What is to be confirmed of a batch, and the confirmations on record, the oldest first."""

    parts: tuple[PartView, ...]
    items: tuple[PartConfirmationView, ...]


class PartMade(NamedTuple):
    """What the records say of the part that is confirmed."""

    made_on: date | None
    """End of manufacture, as far as it has come; `None` before it."""
    is_rejected: bool
    cover: Cover
    along: Along | None


def nothing_made() -> Refused:
    """The refusal where a scope has made nothing of the batch, or there is no such batch."""
    return broken(RULE, "The site has made nothing of the batch.", scope_id="has made nothing of the batch")


def confirmed_along(form: PartManufactureConfirmation, part: PartMade, sites: Collection[str]) -> tuple[str, Along]:
    """The site whose qualified person confirms, and the agreement that says so.

    Raises `Refused` field by field unless the work is done and the agreement has this qualified person confirm it.
    `sites` are those that the actor belongs to.
    """
    faults: dict[str, str] = {}
    if part.made_on is None:
        faults["batch_id"] = "its manufacture has not ended"
    elif part.is_rejected:
        faults["batch_id"] = "is rejected by its site"
    if part.cover.site_id is None:
        faults["scope_id"] = f"article {part.cover.article} leaves it to whoever certifies"
    elif part.cover.site_id not in sites:
        faults["scope_id"] = f"is confirmed by a qualified person of {part.cover.site_id}"
    if part.along is None:
        faults["agreement"] = "none is in force for this work"
    elif form.agreement != part.along.qta_id:
        faults["agreement"] = f"is not the one in force: {part.along.qta_id}"
    elif form.agreement_version != part.along.version:
        faults["agreement_version"] = f"is not the one that was in force: {part.along.version}"
    if faults or part.cover.site_id is None or part.along is None:
        raise broken(RULE, "It is confirmed along the agreement of the qualified persons.", **faults)
    return part.cover.site_id, part.along


def refuse_confirmed(number: str | None) -> None:
    """Raise `Refused` where a confirmation of the part stands already."""
    if number is not None:
        raise Refused(Code.CONFLICT, f"It is confirmed already: {number}.", fields={"scope_id": f"see {number}"})
