"""Whose authorities' certificates carry gate G3 (domain specification, 18 and 19)."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.authorisation.registered import kinds_of
from domain.batch.gate.site_facts import RecognisedPapers
from domain.policy.mutual_recognition import ProductKind
from domain.release.compliance_gates import certificates
from domain.release.evidence import BatchEvidence
from tests.domain.evidence import AUTHORISED, CERTIFICATE, CLEAN, SCOPE
from tests.domain.shipped import POLICY

BARE = CLEAN.model_copy(update={"asks": POLICY.asks_of("EU").model_copy(update={"declares_substances": False})})
PARTNER = RecognisedPapers(
    name="EU with CH since 2002-06-01",
    issuers=frozenset({"CH"}),
    sites_in=frozenset({"CH"}),
    first_day=date(2002, 6, 1),
)


def shown(issued_by: str | None, *rows: RecognisedPapers, country: str = "CH", **changes: Any) -> BatchEvidence:
    return BARE.model_copy(
        update={
            "scopes": (SCOPE.model_copy(update={"country": country}),),
            "certificates": (CERTIFICATE.model_copy(update={"issued_by": issued_by}),),
            "papers_recognised": rows,
            **changes,
        }
    )


def row(**changes: Any) -> RecognisedPapers:
    return PARTNER.model_copy(update=changes)


@pytest.mark.parametrize(
    "evidence",
    [
        shown("DE"),
        shown("IS", country="IN"),
        shown("EU", country="IN"),
        shown("CH", PARTNER),
        shown("CH", row(last_day=CLEAN.today)),
        shown("CH", row(last_day=date(2003, 1, 1)), PARTNER),
        shown("CH", row(sites_in=frozenset({"CH", "LI"})), country="LI"),
        shown("IN", asks=POLICY.asks_of("JP")),
    ],
)
def test_what_the_row_or_a_partners_row_recognises_shows_gmp(evidence: BatchEvidence) -> None:
    found = certificates(evidence)
    assert (found.wrong, found.doubtful) == ([], [])


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (shown("IN", PARTNER), "was issued in India, which EU does not recognise"),
        (shown("CH"), "was issued in Switzerland, which EU does not recognise"),
        (shown("CH", PARTNER, country="IN"), "covers no site in India"),
        (shown("CH", row(last_day=CLEAN.today - timedelta(days=1))), "EU with CH since 2002-06-01 has ended on"),
        (shown("CH", row(first_day=CLEAN.today + timedelta(days=1))), "EU with CH since 2002-06-01 had not begun on"),
        (shown("CH", row(left_out=ProductKind.VACCINE)), "EU with CH since 2002-06-01 leaves out a vaccine"),
    ],
)
def test_what_nobody_issued_whom_the_market_recognises_is_for_judgement(evidence: BatchEvidence, why: str) -> None:
    found = certificates(evidence)
    assert found.wrong == []
    assert why in " ".join(map(str, found.doubtful))


def test_what_a_partner_issued_counts_on_days_of_its_row_alone() -> None:
    """It was recognised from a day after the first day of manufacture on."""
    assert CLEAN.first_day is not None
    late = shown("CH", row(first_day=CLEAN.first_day + timedelta(days=1)))
    (doubt,) = map(str, certificates(late).doubtful)
    assert f"on {CLEAN.first_day}" in doubt


def test_a_certificate_whose_issuer_nobody_asked_for_counts_and_its_line_says_so() -> None:
    found = certificates(shown(None))
    assert (found.wrong, found.doubtful) == ([], [])
    assert any("issuer not on record" in line for line in found.looked_at)
    assert any("issued in Germany" in line for line in certificates(shown("DE")).looked_at)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({}, set()),
        ({"product_kind": "CHEMICAL"}, {"CHEMICAL"}),
        ({"official_batch_release": True}, {"VACCINE", "PLASMA"}),
        ({"official_batch_release": True, "product_kind": "BIOLOGICAL"}, {"BIOLOGICAL"}),
    ],
)
def test_what_kind_of_product_it_is_the_authorisation_says(said: dict[str, Any], kinds: set[str]) -> None:
    assert kinds_of([AUTHORISED.model_copy(update=said)]) == kinds
