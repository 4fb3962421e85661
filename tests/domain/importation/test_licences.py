"""The number of a manufacturing authorisation on a maker's certificate, beside those that its sites have shown."""

from datetime import date

import pytest

from domain.importation.licences import Licence, fault_of_number, fault_of_signer
from domain.site.certificate import CertificateStatus as Status

DAY = date(2025, 1, 20)
OLD = Licence("DE-MIA-7", Status.SUPERSEDED, date(2025, 1, 31))
NEW = Licence("DE-MIA-7", Status.VERIFIED, date(2030, 1, 31))


@pytest.mark.parametrize(
    ("known", "fault"),
    [
        ([NEW], None),
        ([NEW._replace(valid_to=None)], None),
        ([NEW._replace(valid_to=DAY)], None),
        ([OLD], None),
        ([OLD._replace(valid_to=date(2024, 1, 31)), NEW], None),
        ([NEW._replace(valid_to=date(2025, 1, 19))], "was over on 2025-01-19"),
        ([OLD, NEW._replace(status=Status.SUSPENDED, stopped_on=date(2025, 2, 1))], "is suspended by its authority"),
        ([NEW._replace(status=Status.WITHDRAWN)], "is withdrawn by its authority"),
        ([NEW._replace(stopped_on=DAY, stopped_until=date(2025, 1, 21))], "was stopped by its authority on 2025-01-20"),
        ([NEW._replace(stopped_on=date(2025, 1, 1), stopped_until=DAY)], None),
        ([NEW._replace(stopped_on=date(2025, 1, 21), stopped_until=date(2025, 1, 25))], None),
        ([NEW._replace(number="DE-MIA-8"), NEW._replace(number="DE-MIA-9")], "is not DE-MIA-8 or DE-MIA-9"),
    ],
)
def test_it_counts_if_it_was_valid_on_the_day_and_is_not_stopped_now(known: list[Licence], fault: str | None) -> None:
    assert fault_of_number("de mia 7", known, DAY) == fault


@pytest.mark.parametrize(
    ("known", "fault"),
    [
        ([NEW], None),
        ([NEW._replace(valid_to=date(2024, 1, 1))], "was over on 2024-01-01"),
        ([], "is no verified manufacturing authorisation of a site in DE that made the batch"),
        ([NEW._replace(number="1")], "is no verified manufacturing authorisation of a site in DE that made the batch"),
    ],
)
def test_nobody_certifies_under_one_that_no_site_of_the_batch_has_shown(
    known: list[Licence], fault: str | None
) -> None:
    found = fault_of_signer("DE-MIA-7", known, "DE", DAY)
    assert (found or "").split(":")[0] == (fault or "")
