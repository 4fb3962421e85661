"""People, their roles and organisations (domain specification, section 2)."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.core.refusals import Code, Refused


class Role(StrEnum):
    """What a person may do (section 2)."""

    PROCUREMENT = "PROCUREMENT"
    SUPPLIER_QUALITY = "SUPPLIER_QUALITY"
    LEAD_AUDITOR = "LEAD_AUDITOR"
    CO_AUDITOR = "CO_AUDITOR"
    QA_APPROVER = "QA_APPROVER"
    HEAD_QA = "HEAD_QA"
    QP = "QP"
    QCU_RELEASER = "QCU_RELEASER"
    """Releases for the quality unit."""
    RP_IMPORT = "RP_IMPORT"
    """Responsible person (import) of a British wholesale licence: checks a certification, certifies nothing."""
    FVP = "FVP"
    """Technically responsible person of a Swiss licence (fachtechnisch verantwortliche Person)."""
    AUTHORISED_PERSON = "AUTHORISED_PERSON"
    """Releases for a market whose law names a person of its own, such as Japan, China, Canada or Australia."""
    CMC_LEAD = "CMC_LEAD"
    REG_AFFAIRS = "REG_AFFAIRS"
    QC_REVIEWER = "QC_REVIEWER"
    SUPPLY_CHAIN = "SUPPLY_CHAIN"
    EXECUTIVE_SPONSOR = "EXECUTIVE_SPONSOR"
    SYSTEM_ADMIN = "SYSTEM_ADMIN"
    OPS = "OPS"
    CDMO_QA = "CDMO_QA"
    CDMO_QU_HEAD = "CDMO_QU_HEAD"
    CDMO_QP = "CDMO_QP"
    """Qualified person of a site, who confirms the part of the manufacture that it has done."""
    CDMO_TECH = "CDMO_TECH"
    CDMO_PM = "CDMO_PM"
    CDMO_SITE_HEAD = "CDMO_SITE_HEAD"
    THIRD_PARTY_AUDITOR = "THIRD_PARTY_AUDITOR"
    INSPECTOR = "INSPECTOR"
    SYSTEM = "SYSTEM"


CDMO_ROLES = frozenset(role for role in Role if role.startswith("CDMO_"))
SPONSOR_QA_ROLES = frozenset(
    {
        Role.SUPPLIER_QUALITY,
        Role.LEAD_AUDITOR,
        Role.CO_AUDITOR,
        Role.QA_APPROVER,
        Role.HEAD_QA,
        Role.QP,
        Role.QCU_RELEASER,
        Role.RP_IMPORT,
        Role.FVP,
        Role.AUTHORISED_PERSON,
    }
)
QUALITY_UNIT = frozenset({Role.HEAD_QA, Role.QA_APPROVER, Role.QCU_RELEASER})
"""Who decides where no market needs a qualified person (21 CFR 211.22(a); section 18)."""
DECIDERS = QUALITY_UNIT | {Role.QP}
"""Who may be the decider of a market; the markets of a case say which of them it is (`Action.by_market`)."""
NAMED_BY_ROWS = frozenset({Role.RP_IMPORT, Role.FVP, Role.AUTHORISED_PERSON})
"""Further deciders of single markets, whose rows of the policy name them (section 18)."""
NEVER_SIGN = frozenset({Role.SYSTEM_ADMIN, Role.OPS, Role.INSPECTOR, Role.SYSTEM})
"""Roles without any GxP decision (section 2; S10, S14)."""


class Org(StrEnum):
    """The side a person works for."""

    SPONSOR = "SPONSOR"
    CDMO = "CDMO"
    THIRD_PARTY = "THIRD_PARTY"


class Actor(BaseModel):
    """Who acts, as written into every journal event.

    `person` is the human being: two accounts of one human share it (S12).
    `on_behalf_of` is the person who delegated the role, when one did (S11).
    """

    model_config = ConfigDict(frozen=True)

    person: str
    user: str
    name: str
    """Printed name at the time of acting; never updated later (21 CFR 11.50)."""
    org: Org
    roles: frozenset[Role]
    supplier_id: str | None = None
    sites: frozenset[str] = frozenset()
    on_behalf_of: str | None = None

    @property
    def persons(self) -> frozenset[str]:
        """Every human whose hands this act counts as (S11, S12)."""
        return frozenset({self.person} | ({self.on_behalf_of} if self.on_behalf_of else set()))


SYSTEM = Actor(person="SYSTEM", user="system", name="Vetted", org=Org.SPONSOR, roles=frozenset({Role.SYSTEM}))


class Employment(BaseModel):
    """Work of an auditor at a site, for auditor independence (S13). `until=None` means still employed."""

    model_config = ConfigDict(frozen=True)

    site_id: str
    until: date | None = None


class AuditorQualification(BaseModel):
    """What makes a person fit to audit: standards, languages and a last day of validity."""

    model_config = ConfigDict(frozen=True)

    valid_to: date
    standards: frozenset[str]
    languages: frozenset[str]
    employments: tuple[Employment, ...] = ()


class Person(BaseModel):
    """A human being known to the system. `version` grows with every change (`If-Match`)."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    user: str
    name: str
    email: str
    org: Org
    roles: frozenset[Role]
    supplier_id: str | None = None
    sites: frozenset[str] = frozenset()
    manager: str | None = None
    deputy: str | None = None
    absent_until: date | None = None
    disabled: bool = False
    roles_since: AwareDatetime | None = None
    """When an admin last changed the roles; they may not approve under them for 24 h (S10)."""
    auditor: AuditorQualification | None = None
    version: int = 1


def refuse_proposer(persons: frozenset[str], proposers: frozenset[str]) -> None:
    """Raise `Refused` if who has proposed a record decides on it (S1). Delegators count as proposers (S11)."""
    if persons & proposers:
        message = "You have proposed this version; another person decides."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S1")


def refuse_under_delegation(actor: Actor) -> None:
    """Raise `Refused` if a personal duty is done for somebody else (EU GMP Annex 16, 1.6; section 18)."""
    if actor.on_behalf_of is not None:
        message = "This is a personal duty; it is done under the own name, never for somebody else."
        raise Refused(Code.PERSONAL_DUTY, message, rule="S11", who=actor.on_behalf_of)


def refuse_unless_permitted(
    actor: Actor,
    *,
    by: Iterable[Role],
    assignee: str | None = None,
    barred: Mapping[str, str] | None = None,
    site_id: str | None = None,
) -> None:
    """Raise `Refused` unless the actor holds one of the roles, is the assignee if there is one, and is not barred.

    `barred` maps a person id to the rule that bars them, for example `{"PER-3": "S1"}`.
    """
    allowed = frozenset(by)
    if not allowed & actor.roles:
        needed = ", ".join(sorted(allowed))
        raise Refused(Code.WRONG_ROLE, f"This needs one of the roles {needed}.", rule="roles")
    if actor.org is Org.CDMO and site_id is not None and site_id not in actor.sites:
        raise Refused(Code.NOT_FOUND, "There is no such case.", rule="S6")
    if assignee is not None and assignee not in actor.persons:
        raise Refused(Code.NOT_ASSIGNED, "This task is assigned to another person.", who=assignee)
    for person in sorted(actor.persons):
        rule = (barred or {}).get(person)
        if rule is not None:
            raise Refused(
                Code.SEGREGATION_OF_DUTIES, f"Segregation of duties ({rule}) bars you from this step.", rule=rule
            )
