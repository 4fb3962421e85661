"""Asking for the qualification of a site for a scope (domain specification, sections 4 and 10)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from pydantic import Field

from domain.asl.asl import AslStatus
from domain.core.countries import Country
from domain.core.document import Evidence
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, ShortText, Text
from domain.core.time_zones import TimeZone
from domain.site.identifiers import Identifiers
from domain.site.scope import Scope
from domain.site.site import Activity, CalendarCode, Markets, ProductStage, SiteCode


class QualificationKind(StrEnum):
    """Why a site is qualified for a scope."""

    INITIAL = "INITIAL"
    REQUALIFICATION = "REQUALIFICATION"
    OWNERSHIP_CHANGE = "OWNERSHIP_CHANGE"


class LegalEntity(Value):
    """A company that is registered together with the request."""

    name: ShortText = Field(examples=["Veldmark Fine Chemistry"])
    """Legal name."""
    country: Country = Field(examples=["DE"])
    """Where the company is registered."""
    identifiers: Identifiers = Identifiers()
    """Numbers in public registers."""


class NewSite(Value):
    """A site that is not registered yet. It is registered together with the request and inherits no status."""

    supplier_id: Identifier | None = Field(default=None, examples=["SUP-1"])
    """The supplier that runs it, if that is registered already."""
    supplier: LegalEntity | None = None
    """The supplier, if it is not."""
    name: ShortText = Field(examples=["Plant 3, Ludwigshafen"])
    """Name of the site."""
    address: ShortText = Field(examples=["Rheinuferstr. 14, 67061 Ludwigshafen, Germany"])
    """Street address: where the GMP activity takes place."""
    tz: TimeZone = Field(examples=["UTC"])
    """Time zone of the site; due dates end at its midnight."""
    calendar_id: CalendarCode = Field(examples=["CAL-UTC"])
    """The calendar of its business days."""
    identifiers: Identifiers = Identifiers()
    """Numbers in public registers."""
    moved_from: SiteCode | None = None
    """The site that the activity moves from, if it moves. Its status stays behind (section 10, site move)."""


class Succession(Value):
    """A new legal entity takes the site over (section 10, merger and ownership change)."""

    new_owner: LegalEntity
    """The company that succeeds the present one."""
    takes_over_on: date = Field(examples=["2026-10-01"])
    """Day on which the ownership changes."""
    evidence: Evidence
    """Documents that show it: announcement, extract of the trade register."""


class QualificationRequest(Form):
    """Request the qualification of one site for one scope. A company as such is never qualified."""

    action = Action(
        Process.QUALIFICATION,
        "request",
        "Request a qualification",
        frozenset({Role.PROCUREMENT, Role.CMC_LEAD, Role.SUPPLIER_QUALITY}),
        starts=True,
    )

    site_id: SiteCode = Field(examples=["VM-02"])
    """The site; its code is new if `new_site` is given."""
    new_site: NewSite | None = None
    """The site's data, if it is not registered yet."""
    activity: Activity = Field(examples=[Activity.API_MFG])
    """What is to be done there."""
    product: ShortText = Field(examples=["ARL-204"])
    """Product or material."""
    dosage_form: ShortText | None = Field(default=None)
    """Dosage form, for drug products."""
    stage: ProductStage = Field(examples=[ProductStage.COMMERCIAL])
    """Clinical or commercial supply."""
    markets: Markets = Field(examples=[["EU", "US"]])
    """Where the product is or will be sold."""
    need_by: date = Field(examples=["2027-12-31"])
    """Day by which the site is needed."""
    sole_source: bool = False
    """Whether nobody else can supply it."""
    justification: Text = Field(examples=["The only manufacturer of the intermediate with free capacity."])
    """Why this site."""
    succession: Succession | None = None
    """Given when a new legal entity takes the qualified site over."""


class Reopening(Decision):
    """Decide whether a disqualified site may be qualified again for the scope (section 4)."""

    action = Action(
        Process.QUALIFICATION,
        "reopen",
        "Decide on reopening a disqualified scope",
        frozenset({Role.HEAD_QA}),
        clock="qualification.reopen",
        meaning=Meaning.APPROVED,
        unchecked="the disqualification was found when the request was made; the rest is a judgement",
    )

    reopen: bool = Field(examples=[True])
    """Whether the qualification begins again."""
    reason: Text = Field(examples=["New management; the data integrity programme was verified by the authority."])
    """Why."""

    def approves(self) -> bool:
        return self.reopen


class Withdrawal(Form):
    """Withdraw the request. It stays on record; a new one may follow."""

    action = Action(
        Process.QUALIFICATION,
        "withdraw",
        "Withdraw the qualification",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
        while_on_hold=True,
        audience=Audience.SHARED,
        unchecked="a request may be withdrawn at any stage that offers it",
    )

    reason: Text = Field(examples=["The project was stopped."])
    """Why; the site reads it too."""


def kind_of(request: QualificationRequest, *, known: bool) -> QualificationKind:
    """Why the site is to be qualified. `known` says whether the approved supplier list has held the scope before."""
    if request.succession is not None:
        return QualificationKind.OWNERSHIP_CHANGE
    return QualificationKind.REQUALIFICATION if known else QualificationKind.INITIAL


def reopens(kind: QualificationKind, status: AslStatus | None) -> bool:
    """Whether the head of quality must first decide that a disqualified scope is qualified again (section 4)."""
    return kind is QualificationKind.REQUALIFICATION and status is AslStatus.DISQUALIFIED


def refuse_unless_requestable(
    request: QualificationRequest, roles: Iterable[Role], kind: QualificationKind, *, today: date
) -> None:
    """Raise `Refused` when the role may not request this kind, or its parts do not fit (section 4).

    `today` is the day at the site.
    """
    held = frozenset(roles)
    if kind is QualificationKind.INITIAL and not held & {Role.PROCUREMENT, Role.CMC_LEAD, Role.SYSTEM}:
        raise Refused(
            Code.WRONG_ROLE, "A first qualification is requested by PROCUREMENT or CMC_LEAD.", rule="section 4"
        )
    new = request.new_site
    faults: dict[str, str] = {}
    if request.need_by < today:
        faults["need_by"] = f"must not be before {today}"
    if new is not None and (new.supplier_id is None) == (new.supplier is None):
        faults["new_site.supplier"] = "give either a registered supplier or the data of a new one"
    if new is not None and request.succession is not None:
        faults["succession"] = "is for a site that is registered"
    if new is not None and new.moved_from == request.site_id:
        faults["new_site.moved_from"] = "is the same site"
    if faults:
        raise broken("section 4", "The request does not fit together.", **faults)


def refuse_unless_as_registered(request: QualificationRequest, scope: Scope) -> None:
    """Raise `Refused` naming each field in which the request differs from the scope as it is registered."""
    faults: dict[str, str] = {}
    if frozenset(request.markets) != frozenset(scope.markets):
        faults["markets"] = f"is registered as {', '.join(sorted(scope.markets))}"
    if request.stage is not scope.stage:
        faults["stage"] = f"is registered as {scope.stage}"
    if request.sole_source != scope.sole_source:
        faults["sole_source"] = f"is registered as {str(scope.sole_source).lower()}"
    if faults:
        raise broken(
            "section 4", f"Scope {scope.scope_id} is registered differently; change the scope first.", **faults
        )
