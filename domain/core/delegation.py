"""Delegation of roles: dated, accepted, without chains (S11)."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.core.forms import Action, Form
from domain.core.people import DECIDERS, NEVER_SIGN, Actor, Org, Role
from domain.core.personnel import Roles, refuse_unless_roles_fit
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, Text

QUALIFIED_FOR: Mapping[Role, frozenset[Role]] = MappingProxyType(
    {
        Role.QP: frozenset({Role.QP}),
        Role.HEAD_QA: DECIDERS,
        Role.QA_APPROVER: DECIDERS,
        Role.QCU_RELEASER: DECIDERS,
        **{each: frozenset({each}) for each in (Role.RP_IMPORT, Role.FVP, Role.AUTHORISED_PERSON)},
        Role.CDMO_QP: frozenset({Role.CDMO_QP}),
        Role.CDMO_QU_HEAD: frozenset({Role.CDMO_QU_HEAD, Role.CDMO_QA}),
    }
)
"""Whom a role that decides on goods goes to: who is a qualified person, or belongs to the quality unit, anyway.

Nobody receives a decision that they could not take under their own name (section 16, law 4).
"""
_DELEGATING = frozenset(Role) - NEVER_SIGN


class Delegation(BaseModel):
    """A delegation as kept. It counts from the acceptance on, on the days from `valid_from` to `valid_to`."""

    model_config = ConfigDict(frozen=True)

    delegation_id: str
    delegator: str
    delegate: str
    roles: tuple[Role, ...]
    valid_from: date
    valid_to: date
    accepted: bool = False


class DelegationOffer(Form):
    """Delegate own roles to a colleague for some days. Acts under it count as acts of both."""

    action = Action(None, "delegate", "Delegate roles", _DELEGATING)

    delegate: Identifier = Field(examples=["PER-4"])
    """Person id of the colleague."""
    roles: Roles = Field(examples=[[Role.QA_APPROVER]])
    """Own roles to hand over."""
    valid_from: date = Field(examples=["2026-03-02"])
    """First day, in UTC."""
    valid_to: date = Field(examples=["2026-03-13"])
    """Last day, in UTC."""
    reason: Text = Field(examples=["Annual leave"])
    """Why."""

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.valid_to < self.valid_from:
            raise ValueError("The last day lies before the first.")
        return self


class DelegationAcceptance(Form):
    """Accept a delegation: only then does it count."""

    action = Action(None, "accept-delegation", "Accept a delegation", _DELEGATING)


class DelegationEnd(Form):
    """End a delegation at once, by either side."""

    action = Action(None, "end-delegation", "End a delegation", _DELEGATING)

    reason: Text = Field(examples=["Back earlier than planned"])
    """Why."""


class Party(BaseModel):
    """What is known of the colleague when a delegation is offered or accepted."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    org: Org
    roles: frozenset[Role]
    supplier_id: str | None = None
    disabled: bool = False


def refuse_unless_delegable(offer: DelegationOffer, delegator: Actor, delegate: Party, today: date) -> None:
    """Raise `Refused` unless own roles go to an enabled colleague of the same organisation who may hold them (S11)."""
    if delegator.on_behalf_of is not None:
        raise Refused(Code.SEGREGATION_OF_DUTIES, "What was delegated cannot be delegated further.", rule="S11")
    if delegate.person_id == delegator.person:
        raise broken("S11", "Nobody delegates to themselves.", delegate="your own id")
    if delegate.disabled or (delegate.org, delegate.supplier_id) != (delegator.org, delegator.supplier_id):
        raise broken("S11", "Roles are delegated to a colleague of the same organisation.", delegate="not a colleague")
    if foreign := set(offer.roles) - delegator.roles:
        raise broken("S11", "Only roles that you hold yourself.", roles=", ".join(sorted(foreign)))
    if set(offer.roles) & NEVER_SIGN or delegate.roles & NEVER_SIGN:
        raise broken("S10", "Administrators and operators neither give nor take GxP roles.", roles="not delegable")
    refuse_unless_qualified(offer.roles, delegate)
    refuse_unless_roles_fit(delegate.org, {*offer.roles, *delegate.roles})
    if offer.valid_to < today:
        raise broken("S11", "The delegation would be over already.", valid_to="in the past")


def refuse_unless_qualified(roles: Iterable[Role], delegate: Party) -> None:
    """Raise `Refused` if a role goes to who could not decide under their own name (section 16, law 4)."""
    decisive = QUALIFIED_FOR.keys() & set(roles)
    beyond = [role for role in sorted(decisive) if delegate.roles.isdisjoint(QUALIFIED_FOR[role])]
    if beyond:
        fault = ", ".join(f"{role} needs {' or '.join(sorted(QUALIFIED_FOR[role]))}" for role in beyond)
        raise broken("law 4", "The colleague could not take these decisions under their own name.", roles=fault)
