"""The manufacturing authorisations of sites, as the certificate of a maker names them (section 18)."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from domain.core.names import name_key
from domain.site.certificate import CertificateStatus, is_valid_on

ONCE_VERIFIED = frozenset({
    CertificateStatus.VERIFIED, CertificateStatus.SUPERSEDED, CertificateStatus.SUSPENDED, CertificateStatus.WITHDRAWN,
})  # fmt: skip
"""What somebody has looked up in the register, whatever became of it since then."""
_STOPPED = frozenset({CertificateStatus.SUSPENDED, CertificateStatus.WITHDRAWN})


class Licence(NamedTuple):
    """A manufacturing authorisation of a site that was verified."""

    number: str
    status: CertificateStatus
    valid_to: date | None = None
    """Last day on which it is valid; `None` if it has no end."""
    stopped_on: date | None = None
    """Day from which its authority had stopped it."""
    stopped_until: date | None = None
    """Day from which it counts again, if that was lifted."""


def fault_of_number(printed: str, known: Collection[Licence], day: date) -> str | None:
    """Why a number is none of these as they were on a day, in words; `None` if it is one.

    One that its authority has stopped by now carries nothing. One that was replaced by its renewal had counted before.
    """
    named = [each for each in known if name_key(each.number) == name_key(printed)]
    if not named:
        return f"is not {' or '.join(dict.fromkeys(each.number for each in known))}"
    if stopped := [each for each in named if each.status in _STOPPED]:
        return f"is {stopped[0].status.value.lower()} by its authority"
    faults = [_fault_on(each, day) for each in named]
    return None if None in faults else faults[0]


def _fault_on(each: Licence, day: date) -> str | None:
    if not is_valid_on(each.valid_to, day):
        return f"was over on {each.valid_to}"
    if each.stopped_on is None or day < each.stopped_on:
        return None
    if each.stopped_until is not None and each.stopped_until <= day:
        return None
    return f"was stopped by its authority on {day}"


def fault_of_signer(
    signed_under: str, known: Collection[Licence], issued_in: str, issued_on: date, *, imported: bool = False
) -> str | None:
    """Why nobody certifies under a number; `known` are those of the sites in that country that made the batch.

    `imported`: of the sites there at which it was imported, those under which it was.
    """
    if any(name_key(each.number) == name_key(signed_under) for each in known):
        return fault_of_number(signed_under, known, issued_on)
    if imported:
        where = f"is no verified authorisation under which the batch was imported at a site in {issued_in}"
        return f"{where}: have its arrival recorded under it first"
    where = f"is no verified manufacturing authorisation of a site in {issued_in} that made the batch"
    return f"{where}: have the site show it, and have it verified, first"
