"""What appointments ask of later contexts."""

from dataclasses import dataclass

from domain.appointment.reliance import Signing
from domain.appointment.vacancy import Vacancy
from domain.core.forms import Form
from domain.core.people import Role
from records.appointment.able import Able
from records.core.questions import Question, asked
from records.core.tables.cases import CaseRow


@asked()
@dataclass(frozen=True)
class VacantMarkets(Question[list[Vacancy]]):
    """The markets of open batches that nobody can decide for."""

    able: Able
    days: int = 0
    """How many days ahead is looked; then also those that nobody is left for after a day until then."""
    roles: frozenset[Role] | None = None
    """Only those that people in one of these roles decide."""
    batch_ids: tuple[str, ...] | None = None
    """Only those of these batches."""
    scope_id: str | None = None
    """Only those of batches of this scope."""


@asked(of_one=True)
@dataclass(frozen=True)
class AgreementsWith(Question[frozenset[str]]):
    """The ids of all agreements with a site that have ever taken effect."""

    site_id: str


@asked()
@dataclass(frozen=True)
class WhatIsSigned(Question[tuple[Signing, ...] | None]):
    """What a personal duty is about: batches with the sites that made them, and who decides there.

    `None` from those who know nothing of such cases; then it is what the case itself is about.
    """

    case: CaseRow
    form: Form
    roles: frozenset[Role]
    """Roles of the person in which the form may be submitted."""
