"""What the site decides on a batch, and what the sponsor says to a rejection (sections 8 and 10)."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from domain.batch.batch import BatchStage
from domain.core.document import DocumentReference
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Text
from domain.policy.rejection_grounds import Grounds


class SiteVerdict(StrEnum):
    """The site's own disposition. It comes first; the sponsor cannot release what the site has rejected."""

    RELEASED = "RELEASED"
    REJECTED = "REJECTED"


class SiteDisposition(Form):
    """Dispose of the batch for the site: the first of the two tiers of disposition."""

    action = Action(
        Process.BATCH,
        "disposition",
        "Disposition by the site",
        frozenset({Role.CDMO_QU_HEAD}),
        meaning=Meaning.DISPOSITIONED,
        audience=Audience.SHARED,
        otherwise="The batch stays in quarantine at the site.",
    )

    verdict: SiteVerdict = Field(examples=[SiteVerdict.RELEASED])
    """RELEASED or REJECTED."""
    reason: Text = Field(examples=["Made and tested by the master batch record; all results within their limits."])
    """Why."""
    certificate_of_compliance: DocumentReference | None = None
    """Certificate that the batch was made under GMP by the agreed record; required for RELEASED."""

    def protects(self) -> bool:
        return self.verdict is SiteVerdict.REJECTED

    @classmethod
    def may_be_taken_on_hold(cls) -> bool:
        return True


class RejectionAnswer(Decision):
    """Agree with the site's rejection, which ends the batch, or dispute the testing."""

    action = Action(
        Process.BATCH,
        "answer-rejection",
        "Answer the site's rejection",
        frozenset({Role.QA_APPROVER}),
        clock="batch.dispute",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )

    concur: bool = Field(examples=[True])
    """Whether the rejection stands. If not, the site disposes of the batch again."""
    reason: Text = Field(examples=["The confirmed result is outside the registered specification."])
    """Why."""

    def approves(self) -> bool:
        return self.concur


class Way(StrEnum):
    """Where a batch goes that is not simply released or rejected for a market."""

    RETURN_FOR_CORRECTION = "RETURN_FOR_CORRECTION"
    """The package goes back to the site; the reviews begin again with the corrected one."""
    REPROCESS = "REPROCESS"
    """The steps of the registered process are done again, as another batch."""
    REWORK = "REWORK"
    """The batch is treated in a way that is not the registered process, as another batch."""
    REJECT = "REJECT"
    """Rejected for every market that is not decided yet. Final."""


def stage_after(way: Way | None) -> BatchStage:
    """Where a batch ends of which nothing is released: worked again as another one, or rejected."""
    return BatchStage.REPROCESSED if way in (Way.REPROCESS, Way.REWORK) else BatchStage.REJECTED


class Redirection(Form):
    """Return the package, have the batch reprocessed or reworked, or reject it for all markets that are still open."""

    action = Action(
        Process.BATCH,
        "redirect",
        "Return, reprocess, rework or reject",
        frozenset({Role.QA_APPROVER, Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
        while_on_hold=True,
    )

    way: Way = Field(examples=[Way.RETURN_FOR_CORRECTION])
    """Where it goes."""
    reason: Text = Field(examples=["Page 14 of the batch record is not signed."])
    """Why; the site reads it."""
    grounds: Grounds = ()
    """On what grounds it is rejected, at least one; given exactly for REJECT."""


class BatchCancellation(Form):
    """Cancel a batch that was registered and will not be made."""

    action = Action(
        Process.BATCH,
        "cancel",
        "Cancel the batch",
        frozenset({Role.SUPPLY_CHAIN, Role.CDMO_PM}),
        audience=Audience.SHARED,
        unchecked="a batch may be cancelled at any stage that offers it, which is before its manufacture",
        while_on_hold=True,
    )

    reason: Text = Field(examples=["The order was withdrawn."])
    """Why."""


def refuse_unless_disposable(
    form: SiteDisposition, *, analysed: bool, against: Sequence[str], critical: Sequence[str]
) -> None:
    """Raise `Refused` when a release lacks its certificates, or something of its own is open against it.

    `analysed` says whether there is a certificate of analysis, `against` are the results that count against the batch,
    `critical` its open CRITICAL deviations.
    """
    if form.verdict is not SiteVerdict.RELEASED:
        return
    faults: dict[str, str] = {}
    if form.certificate_of_compliance is None:
        faults["certificate_of_compliance"] = "is required"
    standing = [] if analysed else ["there is no certificate of analysis"]
    standing += [f"{each} counts against it" for each in against]
    standing += [f"{each} is CRITICAL and open" for each in critical]
    if standing:
        faults["verdict"] = "; ".join(standing)
    if faults:
        raise broken("section 8, disposition", "The site cannot release the batch like this.", **faults)


def refuse_unless_open_way(form: Redirection, *, released: bool, is_open: bool) -> None:
    """Raise `Refused` when goods of which a part is on the market would be worked again, or all is decided.

    Also where a rejection states no grounds.
    """
    if not is_open:
        raise Refused(Code.NOT_OPEN, "Every market is decided.", rule="section 8, decisions")
    if bool(form.grounds) != (form.way is Way.REJECT):
        raise broken("section 18, grounds", "Say on what grounds.", grounds=f"are given exactly for {Way.REJECT}")
    if released and form.way in (Way.REPROCESS, Way.REWORK):
        raise broken(
            "section 8, decisions", "A part of the batch is released.", way=f"{form.way} takes the whole batch"
        )
