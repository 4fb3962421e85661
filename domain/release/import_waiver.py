"""Whether the agreement with a partner waives the importer's test of a batch (domain specification, section 18)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from domain.core.countries import country_name
from domain.importation.facts import BatchCertificateFacts, ImportRule, Recognition
from domain.policy.mutual_recognition import MraEffect, MutualRecognition


class Made(NamedTuple):
    """What is known of the goods of one import."""

    name: str
    """The batch, as people find it."""
    made_in: frozenset[str]
    """The countries outside the area in which any step on the dosage form was done, of it and of what it comes from."""
    tested_in: frozenset[str]
    """The countries outside the area in which a laboratory of its own tests it, beside its makers."""
    certificates: Sequence[BatchCertificateFacts]
    """The manufacturer's certificates of it that another person has reviewed and accepted."""


class Waiver(NamedTuple):
    """What stands in the place of the importer's test, or why nothing does."""

    relied_on: tuple[str, ...] = ()
    """The row of the policy and the certificate, for each import."""
    because: tuple[str, ...] = ()
    """Why it is not waived; nothing if it is."""


def recognised(
    rows: Iterable[MutualRecognition], importer: str, day: date, codes_of: Callable[[str], Iterable[str]]
) -> tuple[Recognition, ...]:
    """The rows of a market, as they are on a day. `codes_of` gives what counts as the market that a partner is."""
    return tuple(
        Recognition(
            name=row.name,
            countries=frozenset({*codes_of(row.partner), *row.also}),
            covers_tests=row.has(MraEffect.BATCH_TEST, importer, day),
            ended_on=row.last_day if row.last_day is not None and row.last_day < day else None,
            excludes=frozenset(row.excludes),
        )
        for row in rows
        if row.importer == importer
    )


def waiver(imports: Iterable[Made], rule: ImportRule) -> Waiver:
    """Of every import a row with BATCH_TEST covers where it was made and tested, and its certificate is on file."""
    relied_on: list[str] = []
    because: list[str] = []
    for each in imports:
        found, why = _of_one(each, rule)
        relied_on += found
        because += why
    return Waiver(tuple(relied_on), tuple(because))


def _of_one(made: Made, rule: ImportRule) -> tuple[list[str], list[str]]:
    why: list[str] = []
    for row in rule.recognised:
        if row.countries.isdisjoint(made.made_in):
            continue
        if (fault := _row_fault(made, row)) is not None:
            why.append(f"{row.name} {fault}")
            continue
        faults = {each.number: _certificate_fault(each, row, rule) for each in made.certificates}
        good = next((number for number, fault in faults.items() if fault is None), None)
        if good is not None:
            return [f"importer's test of {made.name} waived: {row.name}, manufacturer's certificate {good}"], []
        why += [f"manufacturer's certificate {number} {fault}" for number, fault in faults.items()]
        if not faults:
            why.append(f"{row.name} needs the manufacturer's certificate of {made.name}, and none is accepted")
    return [], why or [f"no row of the policy covers {_countries(made.made_in)}"]


def _row_fault(made: Made, row: Recognition) -> str | None:
    if row.ended_on is not None:
        return f"has ended on {row.ended_on}"
    if not row.covers_tests:
        return "does not cover tests of batches"
    if others := made.made_in - row.countries:
        return f"does not cover what is made in {_countries(others)}"
    if others := made.tested_in - row.countries:
        return f"does not cover what is tested in {_countries(others)}"
    return None


def _certificate_fault(certificate: BatchCertificateFacts, row: Recognition, rule: ImportRule) -> str | None:
    if certificate.kind in row.excludes:
        return f"is of {certificate.kind.words}, which {row.name} leaves out"
    if certificate.issued_in not in row.countries:
        return f"was issued in {country_name(certificate.issued_in)}"
    if certificate.importing_country not in rule.codes:
        return f"was issued for {country_name(certificate.importing_country)}"
    if others := certificate.tested_in - row.countries:
        return f"names tests in {_countries(others)}"
    return None


def _countries(codes: Collection[str]) -> str:
    return ", ".join(sorted(country_name(each) or "a country that is not on record" for each in codes))
