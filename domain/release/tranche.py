"""Certifying a further part of a batch for a market that is released for a part of it (section 17)."""

from collections.abc import Collection
from decimal import Decimal

from domain.batch.batch import MarketDecision
from domain.core.forms import Action, Audience, Meaning, Process
from domain.core.people import DECIDERS, QUALITY_UNIT, Role
from domain.core.refusals import Code, Refused, broken
from domain.release.certification import DecisionForMarket, MarketRelease, QcuApproval, QpCertification
from domain.release.further_processing import PartialConfirmation, ProcessingRelease

RULE = "section 17, tranches"


class FurtherCertification(QpCertification):
    """Certify a further part of the batch for a market of the Union. The same gates are looked at; it is personal."""

    action = Action(
        Process.BATCH,
        "certify-further",
        "Certify a further part of the batch",
        frozenset({Role.QP}),
        meaning=Meaning.CERTIFIED,
        in_person=True,
    )


class FurtherApproval(QcuApproval):
    """Approve a further part of the batch for another market. The same gates are looked at; it is personal."""

    action = Action(
        Process.BATCH,
        "approve-further",
        "Approve a further part of the batch",
        QUALITY_UNIT,
        meaning=Meaning.APPROVED,
        in_person=True,
    )


class FurtherMarketRelease(MarketRelease):
    """Release a further part to a market as the person whom its row names. The same gates are looked at."""

    action = Action(
        Process.BATCH,
        "release-further-to-market",
        "Release a further part to the market",
        DECIDERS,
        meaning=Meaning.APPROVED,
        in_person=True,
        or_by_row=True,
    )


class FurtherProcessing(ProcessingRelease):
    """Release a further part of what is no product yet, for the sites of its first part. The same gates are looked at.

    It has purposes of its own. What is made of it waits for that, where more was taken than is released for its use.
    """

    action = Action(
        Process.BATCH,
        "release-further",
        "Release a further part for processing",
        QUALITY_UNIT,
        meaning=Meaning.APPROVED,
        in_person=True,
    )


class FurtherConfirmation(PartialConfirmation):
    """Confirm a further part of the bulk, as a qualified person of the site. The same gates are looked at."""

    action = Action(
        Process.BATCH,
        "confirm-further",
        "Confirm a further part of the manufacture",
        frozenset({Role.CDMO_QP}),
        meaning=Meaning.CERTIFIED,
        audience=Audience.SHARED,
        in_person=True,
    )


def refuse_other_uses(form: FurtherProcessing, *, sites: Collection[str], purposes: Collection[str]) -> None:
    """Raise `Refused` unless a further part is for the sites of the first part, and says what it is for as that does.

    Purposes are its own. Where words alone say what the first part is for, no code stands beside them.
    """
    faults: dict[str, str] = {}
    if set(form.sites) != set(sites):
        faults["sites"] = f"are those of the first part: {', '.join(sorted(sites)) or 'none is named'}"
    elif not sites and not purposes and form.purposes:
        faults["purposes"] = "words alone say what the first part is for: name none"
    elif not sites and purposes and not form.purposes:
        faults["purposes"] = "name at least one"
    if faults:
        raise broken(RULE, "A further part is for the sites of the first, and for purposes of its own.", **faults)


def refuse_unless_further(
    form: DecisionForMarket,
    *,
    decision: MarketDecision | None,
    taken_back: bool,
    released: Decimal,
    most: Decimal,
    unit: str,
) -> None:
    """Raise `Refused` unless a part is released for the market, and so much is left of what was made.

    `most` is what was made, less what was destroyed or split off.
    """
    if decision is not MarketDecision.RELEASE or taken_back:
        message = f"Nothing is released for {form.market}; its first part has a decision of its own."
        raise Refused(Code.NOT_OPEN, message, rule=RULE, fields={"market": "has no release that stands"})
    faults: dict[str, str] = {}
    if form.decision is not MarketDecision.RELEASE:
        faults["decision"] = "a part that is not released stays as it is; a release is taken back by its review"
    if form.quantity is None:
        faults["quantity"] = "is required"
    elif released + form.quantity > most:
        faults["quantity"] = f"at most {max(most - released, Decimal(0)):f} {unit} are left of what was made"
    if faults:
        raise broken(RULE, "No such part can be certified.", **faults)
