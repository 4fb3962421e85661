"""The decision on what is no product yet: release for further processing, or confirmation of partial manufacture.

ICH Q7, 2.22; EU GMP Annex 16, 1.7 and appendix I; domain specification, section 17.
"""

from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import Field

from domain.batch.batch import MarketDecision
from domain.batch.processing_purpose import ProcessingPurpose
from domain.core.attestations import Known, Worded
from domain.core.forms import Action, Audience, Form, Meaning, Process
from domain.core.people import DECIDERS, QUALITY_UNIT, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.repeats import ONCE
from domain.core.text import Identifier, ShortText, Text, WholeText
from domain.policy.market_rule import DecisionRule
from domain.policy.rejection_grounds import Grounds
from domain.release.certification import CLOCK, CertificationDecision, DecisionForMarket
from domain.site.site import Markets

RULE = "section 17, further processing"
_RELEASE = "The records of this batch were reviewed and it is released for further processing (ICH Q7, 2.22)."
CONFIRMATION = (
    "I confirm that the stages of manufacture named here were carried out in accordance with the principles and"
    " guidelines of good manufacturing practice and with the terms of the agreement."
)
"""What a qualified person of a site states of the part that it has done (EU GMP Annex 16, appendix I)."""


class ProcessingRelease(CertificationDecision):
    """Release a starting material, an intermediate, an active substance or bulk for further processing, or reject it.

    The quality unit does it in person. It is no certificate: nothing reaches a patient by it.
    """

    action = Action(
        Process.BATCH,
        "release-for-processing",
        "Release for further processing",
        QUALITY_UNIT,
        clock=CLOCK,
        meaning=Meaning.APPROVED,
        in_person=True,
    )

    sites: Annotated[tuple[Identifier, ...], Field(max_length=50)] = ()
    """Sites that may use it; if none is named, any."""
    purposes: Annotated[tuple[ProcessingPurpose, ...], Field(max_length=5), ONCE] = ()
    """What it may be used for, and nothing else. A release names sites, purposes or both; with sites alone it is for
    further processing there."""
    purpose: Text | None = None
    """What it may be used for, in more words. Where neither sites nor purposes are named these words are put before
    whoever decides on what is made of it."""
    statement: Annotated[Text, Worded(_RELEASE)] = Field(examples=[_RELEASE])
    """What is released, in the words of the register."""


class PartialConfirmation(DecisionForMarket):
    """Confirm, as a qualified person of the site, the part of the manufacture that it has done, or refuse to.

    Only you can, personally. The product is certified later, by another qualified person who relies on it. Rejecting
    protects, and needs no qualified person.
    """

    action = Action(
        Process.BATCH,
        "confirm-manufacture",
        "Confirm partial manufacture",
        frozenset({Role.CDMO_QP}),
        clock=CLOCK,
        meaning=Meaning.CERTIFIED,
        audience=Audience.SHARED,
        in_person=True,
        protected_by=QUALITY_UNIT,
    )

    part: ShortText | None = Field(examples=["Granulation and compression to bulk tablets"])
    """The stages of manufacture that the site has carried out; required for RELEASE."""
    agreement: Identifier | None = Field(examples=["QTA-1"])
    """The agreement that says which qualified person is responsible for what; required for RELEASE."""
    authorisation: ShortText | None = Field(examples=["DE_RP_01_MIA_2023_0042"])
    """Number of the manufacturing authorisation that names you; required for RELEASE."""
    gates_seen: Annotated[WholeText | None, Known("what the gates say")] = None
    """The gates of what your site has done, as the task shows them; required for RELEASE. They are looked at again as
    the signature is recorded: what has changed since is read first."""
    statement: Annotated[Text, Worded(CONFIRMATION)] = Field(examples=[CONFIRMATION])
    """What is confirmed, in the words of the confirmation."""


class ReleaseWithdrawal(Form):
    """Withdraw a release for further processing, or a confirmation.

    It is final: it is not given again, not even once its ground is gone. Until something is clear, place a hold. What
    was made from the batch is held, and reviewed where it is released.
    """

    action = Action(
        Process.BATCH,
        "withdraw-release",
        "Withdraw a release for further processing",
        DECIDERS | {Role.CDMO_QP},
        meaning=Meaning.REJECTED,
        audience=Audience.SHARED,
        while_on_hold=True,
    )

    markets: Markets = Field(examples=[["EU"]])
    """The markets for which it is withdrawn."""
    reason: Text = Field(examples=["The raw data of the assay were read again and are not complete."])
    """Why; the site reads it."""
    grounds: Grounds = ()
    """On what grounds, at least one."""


def refuse_unless_named(form: ProcessingRelease, known_sites: Collection[str]) -> None:
    """Raise `Refused` unless a release names sites or a purpose, and each site once. A rejection names none."""
    faults: dict[str, str] = {}
    if form.decision is MarketDecision.REJECT:
        faults = {name: "is for a release" for name in ("sites", "purposes", "purpose") if getattr(form, name)}
    elif not form.sites and not form.purposes and form.purpose is None:
        faults["sites"] = "name sites, purposes or both"
    for index, site in enumerate(form.sites):
        if site not in known_sites:
            faults[f"sites.{index}"] = "unknown"
        elif site in form.sites[:index]:
            faults[f"sites.{index}"] = "is named twice"
    if faults:
        raise broken(RULE, "The release is not complete.", **faults)


def refuse_unless_confirmable(form: PartialConfirmation, agreement: str | None, *, shown: bool = True) -> None:
    """Raise `Refused` unless a confirmation is complete and rests on the agreement that binds the site.

    `agreement` is the one in force for the scope; none if there is none. `shown` if a task shows the gates, which are
    seen then.
    """
    if form.decision is MarketDecision.REJECT:
        return
    needed = ("part", "agreement", "authorisation", *(("gates_seen",) if shown else ()))
    faults = {name: f"is required for {MarketDecision.RELEASE}" for name in needed if getattr(form, name) is None}
    if form.agreement is not None and form.agreement != agreement:
        faults["agreement"] = f"is not the one in force: {agreement or 'none'}"
    if faults:
        raise broken(RULE, "The confirmation is not complete.", **faults)


def refuse_unless_withdrawable(
    form: ReleaseWithdrawal, released: Mapping[str, DecisionRule], roles: Collection[Role]
) -> None:
    """Raise `Refused` unless each market is released by a decision of this kind that the actor may withdraw.

    `released` gives the rule of each market whose release stands. A qualified person of the site withdraws what one
    has confirmed, the sponsor's deciders withdraw either.
    """
    faults = {
        f"markets.{index}": "is not released for further processing"
        for index, market in enumerate(form.markets)
        if market not in released or released[market].is_of_a_product
    }
    if not form.grounds:
        faults["grounds"] = "are required"
    if faults:
        raise broken(RULE, "Nothing is to be withdrawn there.", **faults)
    of_the_site = DECIDERS.isdisjoint(roles)
    if of_the_site and any(released[market] is not DecisionRule.CONFIRMATION for market in form.markets):
        raise Refused(Code.WRONG_ROLE, "A release for further processing is the sponsor's to withdraw.", rule=RULE)
