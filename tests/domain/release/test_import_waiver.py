"""When the agreement with a partner stands in the place of the importer's test."""

from datetime import date
from typing import Any

import pytest

from domain.importation.facts import UNKNOWN, BatchCertificateFacts, ImportRule
from domain.policy.mutual_recognition import MraEffect, MutualRecognition, ProductKind, rows_with
from domain.release.import_waiver import Made, recognised, waiver
from records.installation.supplementing import shipped_policy

DAY = date(2025, 10, 13)
CH = MutualRecognition(
    importer="EU",
    partner="CH",
    effects=(MraEffect.INSPECTION, MraEffect.BATCH_TEST),
    first_day=date(2002, 6, 1),
    excludes=(ProductKind.VACCINE,),
)
CERTIFICATE = BatchCertificateFacts(
    number="MBC-1", kind=ProductKind.CHEMICAL, importing_country="DE", issued_in="CH", tested_in=frozenset({"CH"})
)


def judged(
    row: dict[str, Any] | None = None,
    made: dict[str, Any] | None = None,
    certificate: dict[str, Any] | None = None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rule = ImportRule(
        area=frozenset({"DE"}),
        codes=frozenset({"EU", "DE"}),
        recognised=recognised([CH.model_copy(update=row or {})], "EU", DAY, lambda code: (code,)),
    )
    known = {
        "name": "T-7 (BAT-7)",
        "made_in": frozenset({"CH"}),
        "tested_in": frozenset(),
        "certificates": (CERTIFICATE.model_copy(update=certificate or {}),),
    }
    return waiver([Made(**{**known, **(made or {})})], rule)


def test_what_was_made_and_tested_there_needs_no_test_and_says_what_it_relies_on() -> None:
    relied_on, because = judged()
    assert because == ()
    assert relied_on == (
        "importer's test of T-7 (BAT-7) waived: EU with CH since 2002-06-01, manufacturer's certificate MBC-1",
    )


def test_a_further_country_that_the_row_names_counts() -> None:
    made = {"made_in": frozenset({"CH", "LI"})}
    assert judged({"also": ("LI",)}, made, {"tested_in": frozenset({"LI"})})[1] == ()


@pytest.mark.parametrize(
    ("row", "made", "certificate", "because"),
    [
        ({"effects": (MraEffect.INSPECTION,)}, {}, {}, "EU with CH since 2002-06-01 does not cover tests of batches"),
        ({"last_day": date(2025, 10, 12)}, {}, {}, "EU with CH since 2002-06-01 has ended on 2025-10-12"),
        ({"first_day": date(2025, 10, 14)}, {}, {}, "EU with CH since 2025-10-14 does not cover tests of batches"),
        ({}, {"made_in": frozenset({"IN"})}, {}, "no row of the policy covers India"),
        ({}, {"made_in": frozenset({"CH", "IN"})}, {}, "does not cover what is made in India"),
        ({}, {"tested_in": frozenset({"IN"})}, {}, "does not cover what is tested in India"),
        ({}, {"certificates": ()}, {}, "needs the manufacturer's certificate of T-7 (BAT-7), and none is accepted"),
        ({}, {}, {"kind": ProductKind.VACCINE}, "is of a vaccine, which EU with CH since 2002-06-01 leaves out"),
        ({}, {}, {"issued_in": "IN"}, "was issued in India"),
        ({}, {}, {"importing_country": "US"}, "was issued for United States"),
        ({}, {}, {"tested_in": frozenset({"CH", "IN"})}, "names tests in India"),
        ({}, {}, {"tested_in": frozenset({UNKNOWN})}, "names tests in a country that is not on record"),
    ],
)
def test_everything_else_is_tested_and_it_is_said_why(
    row: dict[str, Any], made: dict[str, Any], certificate: dict[str, Any], because: str
) -> None:
    relied_on, why = judged(row, made, certificate)
    assert relied_on == ()
    assert because in why[0]


def test_the_policy_comes_with_the_rows_of_the_union() -> None:
    rows = shipped_policy().mra
    tests = rows_with(rows, MraEffect.BATCH_TEST, "EU", DAY)
    assert {each.partner for each in tests} == {"AU", "CA", "CH", "IL", "JP", "NZ", "US"}
    seen = rows_with(rows, MraEffect.INSPECTION, "EU", DAY)
    assert {each.partner for each in seen} - {each.partner for each in tests} == {"GB"}
    (states,) = (each for each in tests if each.partner == "US")
    assert set(states.excludes) == {ProductKind.VACCINE, ProductKind.PLASMA}
