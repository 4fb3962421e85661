"""Who can sign what today: the people who hold a role, with their appointments in force, loaded for many questions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import col, select

from domain.appointment.appointment import APPOINTED
from domain.appointment.reliance import Appointment, Signing, faults_of
from domain.core.people import Role
from domain.policy.policy import Policy
from records.appointment.appointments import appointments_in_role
from records.appointment.markets import in_markets
from records.core.tables.master_data import PersonRoleRow, PersonRow
from records.core.writing import Writing


@dataclass(frozen=True)
class Able:
    """The people who are enabled and hold a role that is named on a licence, and what they are named on."""

    held: Mapping[str, Sequence[tuple[Role, str]]]
    """Roles and sites by person; no site means any."""
    appointments: Sequence[Appointment]
    policy: Policy
    today: date

    @classmethod
    async def to_sign(cls, writing: Writing, *, without: Collection[str] = ()) -> "Able":
        """As the records stand, `without` some appointments. Three statements, however many are asked about."""
        query = (
            select(PersonRoleRow)
            .join(PersonRow, col(PersonRow.person_id) == col(PersonRoleRow.person_id))
            .where(col(PersonRoleRow.role).in_(sorted(APPOINTED)), col(PersonRow.disabled).is_(False))
        )
        held: dict[str, list[tuple[Role, str]]] = {}
        for row in (await writing.session.exec(query)).all():
            held.setdefault(row.person_id, []).append((Role(row.role), row.site_id))
        known = await appointments_in_role(writing.session, APPOINTED)
        left = [each for each in known if each.number not in without]
        return cls(held, left, await writing.policy(), writing.at.date())

    def on(self, day: date) -> "Able":
        """The same on another day, as the appointments are known now."""
        return replace(self, today=day)

    def last_days(self, days: int) -> list[date]:
        """The days from today on, so many at most, with which an appointment or its licence ends."""
        ends = {day for each in self.appointments for day in (each.valid_to, *_ends_of(each)) if day is not None}
        return sorted(day for day in ends if self.today <= day <= self.today + timedelta(days=days))

    def holds_any(self, signing: Signing, barred: Collection[str] = ()) -> bool:
        """Whether somebody who is not barred holds one of its roles at the site."""
        return any(
            self._holds(person, role, signing) for person in self.held.keys() - {*barred} for role in signing.roles
        )

    def signs(self, signing: Signing, barred: Collection[str] = ()) -> bool:
        """Whether somebody who is not barred can sign it today."""
        asked = in_markets(signing, self.policy)
        return any(
            each.role in signing.roles
            and each.person not in barred
            and self._holds(each.person, each.role, signing)
            and not faults_of(each, asked, self.today)
            for each in self.appointments
        )

    def _holds(self, person: str, role: Role, signing: Signing) -> bool:
        return any(held is role and site in ("", signing.site_id) for held, site in self.held.get(person, ()))


def _ends_of(appointment: Appointment) -> list[date | None]:
    return [paper.certificate.valid_to for paper in appointment.papers]
