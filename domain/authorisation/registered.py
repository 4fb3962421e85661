"""What is registered by the version of an authorisation that holds, on a day (sections 17 and 19, gate G10)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

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
    on_day,
)
from domain.authorisation.ending import not_in_force_since
from domain.batch.gate.gate import GateFacts
from domain.batch.making.pack import Pack
from domain.batch.trial import is_same_trial
from domain.core.names import name_key
from domain.core.view import View
from domain.policy.mutual_recognition import ProductKind

_OFFICIALLY_RELEASED = frozenset({ProductKind.VACCINE, ProductKind.PLASMA})
"""Directive 2001/83/EC, Article 114."""


class AuthorisationReference(View):
    """An authorisation that a decision stands on, as it was at the signature."""

    authorisation_id: str
    version: int
    type: AuthorisationKind
    number: str
    """Number that the authority has given it."""

    def words(self) -> str:
        """As a certificate and the register say it."""
        return f"{self.number}, version {self.version} ({self.authorisation_id})"


class Product(NamedTuple):
    """What a batch is, as far as an authorisation may be for it or not."""

    is_clinical: bool
    strength: str | None = None
    dosage_form: str | None = None
    pack: Pack | None = None
    trial: str | None = None
    """The trial that it is released for; `None` before that."""


class Stop(GateFacts):
    """An authority has suspended or withdrawn an authorisation."""

    number: int = 1
    status: AuthorisationStatus
    since: date
    stated_at: AwareDatetime
    ended_by: int | None = None
    """The version that has ended it; `None` while it stands."""


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
    product_kind: ProductKind | None = None
    proposed_at: AwareDatetime
    stops: tuple[Stop, ...] = ()

    @property
    def name(self) -> str:
        """As people find it."""
        return f"{self.number} ({self.authorisation_id})"

    @property
    def reference(self) -> AuthorisationReference:
        """The version, as what is decided on it names it."""
        return AuthorisationReference.model_validate(self.model_dump(include=set(AuthorisationReference.model_fields)))

    def status_on(self, day: date) -> AuthorisationStatus | None:
        """Where it stands on a day; `None` if nothing is said of it.

        What its authority has stopped stays so until a version names the stop as ended; then the dates count again.
        """
        for stop in reversed(self.stops):
            if stop.ended_by is None and stop.since <= day:
                return stop.status
        return next((each.status for each in self.standing if each.holds_on(day)), None)

    def is_in_force(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.status_on(day) is AuthorisationStatus.IN_FORCE

    def stopped_by(self, day: date) -> tuple[tuple[str, date | None], ...]:
        """What keeps it from being in force on a day, as it is known again, each with the day since when it is known.

        What its authority has stopped and no version has ended, or else its end by its dates.
        """
        stands = [each for each in self.stops if each.ended_by is None and each.since <= day]
        if stands:
            return tuple((f"stop {each.number}", each.stated_at.date()) for each in stands)
        since, status = not_in_force_since(self.standing, day), self.status_on(day)
        return ((f"{status or ''} since {since or '-'}".strip(), since),)

    def is_for(self, strength: str | None, dosage_form: str | None) -> bool:
        """Whether it is for this strength and form, as far as both sides name them."""
        return _fits(self.strength, strength) and _fits(self.dosage_form, dosage_form)

    def may_cover(self, product: Product) -> bool:
        """Whether a batch may stand on it: its kind, strength, form and trial, as far as both sides name them.

        Its pack only chooses among several (`those_of`): one that is written otherwise stands on it all the same.
        """
        return (
            self.type.is_clinical is product.is_clinical
            and self.is_for(product.strength, product.dosage_form)
            and (product.trial is None or self.is_for_trial(product.trial))
        )

    def names_pack(self, product: Product) -> bool:
        """Whether it has ever registered what a product is packed as. Supply for trials has no registered pack."""
        pack = product.pack
        if pack is None or product.is_clinical:
            return False
        return any(self.pack_fault(pack, each.valid_from) is None for each in self.packs)

    def is_for_trial(self, number: str) -> bool:
        """Whether it is of the trial with this number, however that is written."""
        return self.trial is not None and is_same_trial(self.trial, number)

    def pack_fault(self, pack: Pack, day: date) -> str | None:
        """Why a pack is none of those that are registered on a day, in words; `None` if it is one.

        A pack is found by its code where that is registered, else by what it is.
        """
        code = name_key(pack.code or "")
        named = [each for each in self.packs if code and name_key(each.code) == code]
        same = [each for each in named or self.packs if name_key(each.description) == name_key(pack.description)]
        if on_day(same, day):
            return None
        if named and not same:
            return f"is registered as {', '.join(each.description for each in named)}"
        said = ", ".join(f"from {each.valid_from} to {each.valid_to or '-'}" for each in same)
        return f"is not registered{f' but {said}' if said else ''}"

    def release_sites_on(self, day: date) -> tuple[str, ...]:
        """The sites where batches are released, by what is registered on a day."""
        return tuple(dict.fromkeys(each.site_id for each in self.release_sites if each.holds_on(day)))


def _fits(registered: str | None, stated: str | None) -> bool:
    return registered is None or stated is None or name_key(registered) == name_key(stated)


def those_of(versions: Iterable[Registered], product: Product) -> list[Registered]:
    """Those that a batch may stand on: where some name its pack, these alone."""
    fit = [each for each in versions if each.may_cover(product)]
    return [each for each in fit if each.names_pack(product)] or fit


def specified_by(versions: Iterable[Registered], day: date) -> tuple[tuple[RegisteredSpecification, ...], ...]:
    """The versions of specifications that each authorisation in force on a day names, also those that are over."""
    return tuple(version.specifications for version in in_force_on(versions, day))


def kinds_of(versions: Iterable[Registered]) -> frozenset[ProductKind]:
    """The kinds of product that authorisations are of, or may be, as far as they say so.

    What an official laboratory releases, and is said to be nothing else, may be a vaccine or a product of blood.
    """
    known = tuple(versions)
    said = {each.product_kind for each in known if each.product_kind is not None}
    unsaid = any(each.official_batch_release and each.product_kind is None for each in known)
    return frozenset(said | _OFFICIALLY_RELEASED if unsaid else said)


def in_force_on(versions: Iterable[Registered], day: date) -> list[Registered]:
    """Those that are in force on a day, in their order."""
    return [each for each in versions if each.is_in_force(day)]
