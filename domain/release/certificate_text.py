"""What a certificate says, line by line: one order of lines for each template, for the screen and for print."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from domain.release.certificate import CertificateLine, CertificateTemplate, Declaration
from domain.release.gate_report import PlaceView
from domain.release.gate_words import measured, words
from domain.site.site import Activity

NOT_STATED = "not stated"
"""What stands where a certificate must say something and an older entry does not."""
_Read = Callable[[Declaration], str | None]


def lines_of(said: Declaration) -> tuple[CertificateLine, ...]:
    """The lines of a certificate, as its template orders them. What does not concern it has no line."""
    return tuple(
        CertificateLine(label=label, text=text)
        for label, read in _TEMPLATES[said.template].items()
        if (text := read(said)) is not None
    )


def _demanded(read: _Read) -> _Read:
    """A line that stands there in any case."""
    return lambda said: read(said) or NOT_STATED


def _numbers(said: Declaration) -> str:
    own = f" (sponsor's number {said.sponsor_number})" if said.sponsor_number is not None else ""
    return f"{said.batch_number}{own}"


def _destinations(said: Declaration) -> str:
    return ", ".join(said.destinations or (said.market,))


def _places(places: Iterable[PlaceView]) -> str | None:
    return "; ".join(dict.fromkeys(_place(each) for each in places)) or None


def _place(place: PlaceView) -> str:
    done = words(Activity(place.activity)) if place.activity in set(Activity) else place.activity
    known = f" ({', '.join(place.authorisations)})" if place.authorisations else ""
    return f"{place.supplier}, {place.name}, {place.address}: {done}{known}"


def _made(said: Declaration) -> str | None:
    return f"{said.started_on or '-'} to {said.made_on}" if said.made_on is not None else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _signer(said: Declaration) -> str:
    role = f", {words(said.signed_as)}" if said.signed_as is not None else ""
    return f"{said.certified_by_name}{role}"


def _where(said: Declaration) -> str | None:
    return f"{said.location.country} ({said.location.shown_by})" if said.location is not None else None


def _product_authorisation(said: Declaration) -> str | None:
    return said.product_authorisation.words() if said.product_authorisation is not None else None


def _listed(names: Iterable[str]) -> str | None:
    return ", ".join(names) or None


_BATCH: Mapping[str, _Read] = MappingProxyType({
    "Name of the product": lambda said: said.product,
    "Strength": _demanded(lambda said: said.strength),
    "Dosage form": _demanded(lambda said: said.dosage_form),
    "Pack size and type": _demanded(lambda said: said.pack.words() if said.pack is not None else None),
    "Batch number": _numbers,
})  # fmt: skip
_GOODS: Mapping[str, _Read] = MappingProxyType({
    "Sites of manufacture": lambda said: _places(said.made_at),
    "Sites of what it comes from": lambda said: _places(said.made_before),
    "Quantity": lambda said: measured(said.quantity, said.unit),
    "Made": _made,
    "Last day of use": _demanded(lambda said: _day(said.expiry_on)),
    "Day of retest": lambda said: _day(said.retest_on),
})  # fmt: skip
_SIGNED: Mapping[str, _Read] = MappingProxyType({
    "Relies on": lambda said: _listed((*said.relies_on, *said.first_release)),
    "Exceptions": lambda said: _listed(said.exceptions),
    "Statement": lambda said: said.statement,
    "Signed by": _signer,
    "Licence": lambda said: said.authorisation,
    "Place": _where,
    "Signed at": lambda said: f"{said.certified_at:%Y-%m-%d %H:%M} UTC",
})  # fmt: skip
_SUBSTANCE: Mapping[str, _Read] = MappingProxyType({
    "Name of the product": lambda said: said.product,
    "Stage": lambda said: words(said.supply_stage) if said.supply_stage is not None else None,
    "Strength": lambda said: said.strength,
    "Batch number": _numbers,
    "Market": _destinations,
})  # fmt: skip
_TEMPLATES: Mapping[CertificateTemplate, Mapping[str, _Read]] = MappingProxyType({
    CertificateTemplate.PRODUCT: {
        **_BATCH,
        "Marketing authorisation": _product_authorisation,
        "Destination": _destinations,
        **_GOODS,
        **_SIGNED,
    },
    CertificateTemplate.CLINICAL_SUPPLY: {
        **_BATCH,
        "Trial": lambda said: said.trial,
        "Authorisation of the trial": _product_authorisation,
        "Phase": lambda said: words(said.phase) if said.phase is not None else None,
        "Product specification file": lambda said: said.specification_file,
        "Made under": lambda said: said.made_under,
        "Destination": _destinations,
        **_GOODS,
        **_SIGNED,
    },
    CertificateTemplate.PROCESSING: {
        **_SUBSTANCE,
        "For the sites": lambda said: _listed(said.for_sites),
        "For": lambda said: _listed(words(each) for each in said.purposes),
        "Purpose": lambda said: said.purpose,
        **_GOODS,
        **_SIGNED,
    },
    CertificateTemplate.CONFIRMATION: {
        **_SUBSTANCE,
        "Part that is confirmed": lambda said: said.part,
        "Agreement": lambda said: said.agreement,
        **_GOODS,
        **_SIGNED,
    },
})  # fmt: skip


def labels_of(template: CertificateTemplate) -> Iterator[str]:
    """The labels of a template, in order."""
    yield from _TEMPLATES[template]
