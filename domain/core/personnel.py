"""Registering people and changing what is known of them (domain specification, sections 2, 10 and 11)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from domain.core.anew import Anew
from domain.core.change import Change
from domain.core.forms import Action, Form, Value
from domain.core.names import text_key, unseen
from domain.core.people import CDMO_ROLES, NEVER_SIGN, SPONSOR_QA_ROLES, Org, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.standard import Standard
from domain.core.text import Identifier, Language, ShortText

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN})
WITHOUT_APPROVALS = frozenset({Role.PROCUREMENT, Role.SUPPLY_CHAIN})
"""No right to approve any GxP record (S4)."""
OUTSIDERS = frozenset({Role.THIRD_PARTY_AUDITOR, Role.INSPECTOR})


def _sorted(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


Roles = Annotated[
    tuple[Role, ...], Field(min_length=1, max_length=20), AfterValidator(lambda roles: tuple(sorted(set(roles))))
]
Sites = Annotated[tuple[Identifier, ...], Field(max_length=200), AfterValidator(_sorted)]
UserName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{1,39}$")]
"""Name to sign in with, unique for ever."""
Password = Annotated[str, Field(min_length=10, max_length=200)]
EmailAddress = Annotated[str, Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+$"), Anew(unseen)]


class Work(Value):
    """Work of an auditor at a site (S13)."""

    site_id: Identifier
    """The site."""
    until: date | None = None
    """Last day of that work; null while it goes on."""


class Qualification(Value):
    """What makes a person fit to audit."""

    valid_to: date = Field(examples=["2027-12-31"])
    """Last day of validity."""
    standards: Annotated[tuple[Standard, ...], Field(min_length=1), AfterValidator(_sorted)]
    """Standards the person may audit against."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=30), AfterValidator(_sorted)]
    """Languages the person audits in, ISO 639-1."""
    employments: Annotated[tuple[Work, ...], Field(max_length=100)] = ()
    """Work at sites under oversight, for auditor independence."""


class PersonRecord(BaseModel):
    """A person as kept. `user` is the first account. `auditor` is shown to the sponsor alone (S6)."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    user: str
    name: str
    email: str
    shares_email_because: str | None = None
    """Why another person has the same address."""
    org: Org
    roles: tuple[Role, ...]
    supplier_id: str | None = None
    sites: tuple[str, ...] = ()
    manager: str | None = None
    deputy: str | None = None
    absent_until: date | None = None
    disabled: bool = False
    roles_changed_at: AwareDatetime | None = None
    roles_changed_by: str | None = None
    auditor: Qualification | None = None
    version: int = 1


class PersonRegistration(Form):
    """Register a person and the account they sign in with. One human is registered once (S12)."""

    action = Action(None, "register-person", "Register a person", ADMINISTRATORS)

    user: UserName = Field(examples=["ines"])
    """Name of the account."""
    password: Password = Field(examples=["a first password"], repr=False, exclude=True)
    """First password. It is kept as an argon2 hash and appears in no record."""
    name: ShortText = Field(examples=["Ines Marin"])
    """Full name, printed with every signature (21 CFR 11.50)."""
    email: EmailAddress = Field(examples=["ines@aurelia.example"])
    """Where tasks and escalations are sent."""
    shares_email_because: ShortText | None = None
    """Why another person has the same address; required if one has. A second account of one human is added to it."""
    org: Org = Field(examples=[Org.SPONSOR])
    """For whom the person works."""
    roles: Roles = Field(examples=[[Role.SUPPLIER_QUALITY]])
    """Roles held."""
    supplier_id: Identifier | None = None
    """The supplier, for people of a CDMO."""
    sites: Sites = ()
    """The sites whose cases the person sees and works on, for people of a CDMO."""
    manager: Identifier | None = None
    """Person id of the manager, who is told of escalations."""
    deputy: Identifier | None = None
    """Person id of who stands in during absence."""


class PersonChange(Change):
    """Change a person. Who changed roles, and when, stays on record (S10)."""

    action = Action(None, "change-person", "Change a person", ADMINISTRATORS)
    emptied: ClassVar[frozenset[str]] = frozenset({"manager", "deputy", "shares_email_because"})

    name: ShortText | None = None
    """Full name. Signatures keep the name printed when they were given."""
    email: EmailAddress | None = None
    """Where tasks and escalations are sent."""
    shares_email_because: ShortText | None = None
    """Why another person has the same address; required if one has."""
    roles: Roles | None = None
    """All roles held from now on."""
    sites: Sites | None = None
    """All sites, for people of a CDMO."""
    manager: Identifier | None = None
    """Person id of the manager."""
    deputy: Identifier | None = None
    """Person id of the deputy."""
    disabled: bool | None = None
    """True ends every right at once, signing included; signatures stay (section 10)."""


class Absence(Change):
    """Say that a person is away; escalations go to the deputy until then (section 9)."""

    action = Action(None, "absence", "Record an absence", frozenset(Role) - {Role.SYSTEM})
    emptied: ClassVar[frozenset[str]] = frozenset({"absent_until"})

    absent_until: date | None = Field(examples=["2026-03-20"])
    """Last day of absence; null when the person is back."""


class AuditorQualified(Change):
    """Record or withdraw a person's qualification as an auditor. Nobody qualifies themselves (S1)."""

    action = Action(
        None,
        "qualify-auditor",
        "Qualify an auditor",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA}),
    )
    emptied: ClassVar[frozenset[str]] = frozenset({"auditor"})

    auditor: Qualification | None
    """The qualification; null withdraws it."""


class Account(Form):
    """Give a person another account. Both count as the one human they belong to (S12)."""

    action = Action(None, "add-account", "Add an account", ADMINISTRATORS)

    user: UserName = Field(examples=["ines.marin"])
    """Name of the account."""
    password: Password = Field(repr=False, exclude=True)
    """First password."""


class PasswordChange(Form):
    """That a person chose another password; which one is nobody's business."""

    action = Action(None, "change-password", "Change a password", frozenset(Role) - {Role.SYSTEM})


class NewPassword(Value):
    """Choose another password for the account in use."""

    password: str = Field(min_length=1, max_length=200, repr=False)
    """The present password."""
    new_password: Password = Field(repr=False)
    """The new one, at least 10 characters."""


class Position(BaseModel):
    """What has to fit together in a person: organisation, roles, supplier and sites."""

    model_config = ConfigDict(frozen=True)

    org: Org
    roles: frozenset[Role]
    supplier_id: str | None = None
    sites: frozenset[str] = frozenset()


def refuse_unless_own_email(email: str, others: Mapping[str, str], because: str | None) -> None:
    """Raise `Refused` if another person has this address and nothing says why: it may be the same human (S12).

    `others` are the addresses of everybody else, by person id.
    """
    same = sorted(person for person, known in others.items() if text_key(known) == text_key(email))
    if same and not because:
        fields = {
            "email": f"is that of {', '.join(same)}: add an account there, or say why it is shared",
            "shares_email_because": "is required",
        }
        raise Refused(Code.CONFLICT, "Another person has this address.", fields=fields, rule="S12", who=same[0])


def refuse_unless_coherent(position: Position) -> None:
    """Raise `Refused` when roles do not fit the organisation or each other (section 2; S4, S6, S10)."""
    refuse_unless_roles_fit(position.org, position.roles)
    of_cdmo = position.org is Org.CDMO
    if of_cdmo and not (position.supplier_id and position.sites):
        raise broken("S6", "People of a CDMO belong to a supplier and its sites.", sites="name at least one")
    if not of_cdmo and (position.supplier_id or position.sites):
        raise broken("S6", "Only people of a CDMO are bound to a supplier.", sites="leave out")


def refuse_unless_roles_fit(org: Org, roles: Iterable[Role]) -> None:
    """Raise `Refused` when one person of that organisation must not hold these roles together."""
    held = frozenset(roles)
    if Role.SYSTEM in held:
        raise broken("section 2", "SYSTEM is not a role of a person.", roles="SYSTEM")
    allowed = {
        Org.CDMO: CDMO_ROLES,
        Org.SPONSOR: frozenset(Role) - CDMO_ROLES - {Role.THIRD_PARTY_AUDITOR},
        Org.THIRD_PARTY: OUTSIDERS,
    }[org]
    if strange := held - allowed:
        raise broken("S6", "These roles belong to another organisation.", roles=", ".join(sorted(strange)))
    if held & NEVER_SIGN and not held <= NEVER_SIGN:
        raise broken("S10", "Administrators, operators and inspectors take no GxP decision.", roles="do not mix")
    if held & WITHOUT_APPROVALS and held & SPONSOR_QA_ROLES:
        raise broken("S4", "Procurement and supply chain hold no approving role.", roles="do not mix")


def refuse_unless_absence_may_be_set(
    person_id: str, manager: str | None, actors: frozenset[str], roles: frozenset[Role]
) -> None:
    """Raise `Refused` unless it is the person, the manager or an administrator who says that the person is away."""
    if not (person_id in actors or manager in actors or roles & ADMINISTRATORS):
        raise Refused(Code.WRONG_ROLE, "An absence is recorded by the person, the manager or an administrator.")


def refuse_self(rule: str, person_id: str, actors: frozenset[str], message: str) -> None:
    """Raise `Refused` when a person would do to themselves what another must do."""
    if person_id in actors:
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule=rule)
