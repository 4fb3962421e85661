"""What is registered by the version of an authorisation that holds, on a day (sections 17 and 19, gate G10)."""

from collections.abc import Iterable
from datetime import date

from pydantic import AwareDatetime

from domain.authorisation.authorisation import (
    AuthorisationKind,
    AuthorisationStatus,
    RegisteredPack,
    RegisteredProcess,
    RegisteredShelfLife,
    RegisteredSpecification,
    RegisteredStep,
    ReleaseSite,
    Standing,
)
from domain.batch.gate.gate import GateFacts
from domain.core.names import name_key


class Stop(GateFacts):
    """An authority has suspended or withdrawn an authorisation."""

    status: AuthorisationStatus
    since: date
    stated_at: AwareDatetime


class Registered(GateFacts):
    """The newest approved version of an authorisation, and what its authority has stopped."""

    authorisation_id: str
    version: int
    type: AuthorisationKind
    market: str
    product: str
    strength: str | None = None
    dosage_form: str | None = None
    number: str
    holder: str
    trial: str | None = None
    standing: tuple[Standing, ...]
    steps: tuple[RegisteredStep, ...] = ()
    release_sites: tuple[ReleaseSite, ...] = ()
    packs: tuple[RegisteredPack, ...] = ()
    specifications: tuple[RegisteredSpecification, ...] = ()
    processes: tuple[RegisteredProcess, ...] = ()
    shelf_life: RegisteredShelfLife | None = None
    official_batch_release: bool = False
    proposed_at: AwareDatetime
    stops: tuple[Stop, ...] = ()

    @property
    def name(self) -> str:
        """As people find it."""
        return f"{self.number} ({self.authorisation_id})"

    def status_on(self, day: date) -> AuthorisationStatus | None:
        """Where it stands on a day; `None` if nothing is said of it.

        What its authority has stopped stays so until a version that was proposed afterwards says otherwise.
        """
        for stop in reversed(self.stops):
            if stop.stated_at >= self.proposed_at and stop.since <= day:
                return stop.status
        return next((each.status for each in self.standing if each.holds_on(day)), None)

    def is_in_force(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.status_on(day) is AuthorisationStatus.IN_FORCE

    def is_for(self, strength: str | None, dosage_form: str | None) -> bool:
        """Whether it is for this strength and form, as far as both sides name them."""
        return _fits(self.strength, strength) and _fits(self.dosage_form, dosage_form)

    def names_release_site(self, site_id: str, day: date) -> bool:
        """Whether batches are released at a site, by what is registered on a day."""
        return any(each.site_id == site_id and each.holds_on(day) for each in self.release_sites)


def _fits(registered: str | None, stated: str | None) -> bool:
    return registered is None or stated is None or name_key(registered) == name_key(stated)


def in_force_on(versions: Iterable[Registered], day: date) -> list[Registered]:
    """Those that are in force on a day, in their order."""
    return [each for each in versions if each.is_in_force(day)]
