"""What can be registered, and what that says of a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.authorisation.authorisation import (
    AuthorisationStatus,
    Period,
    RegisteredShelfLife,
    ReleaseSite,
)
from domain.authorisation.forms import AUTHORISATION, refuse_unless_whole
from domain.authorisation.registered import Registered, Stop
from tests.domain.filling import faults
from tests.records.authorising import STEPS, proposal

DAY = date(2025, 6, 15)
AT = datetime(2025, 6, 1, tzinfo=UTC)
IN_FORCE, SUSPENDED = AuthorisationStatus.IN_FORCE, AuthorisationStatus.SUSPENDED


def registered(**changes: Any) -> Registered:
    usual = {
        "authorisation_id": "AUT-1",
        "version": 1,
        "type": "MA",
        "market": "EU",
        "product": "P",
        "number": "N",
        "holder": "H",
        "standing": [{"status": "IN_FORCE", "valid_from": "2020-01-01"}],
        "proposed_at": AT,
    }
    return Registered.model_validate({**usual, **changes})


def test_a_record_is_known_by_its_prefix() -> None:
    assert AUTHORISATION.names("AUT-ARLIVAN-EU")
    assert not AUTHORISATION.names("AUT-")
    assert not AUTHORISATION.names("AUD-1")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"type": "CTA"}, "trial"),
        ({"type": "IND", "trial": "IND 1"}, None),
        ({"trial": "2027-1"}, "trial"),
        ({"steps": [{**STEPS[0], "substance": None}]}, "steps.0.substance"),
        ({"steps": [{**STEPS[0], "part": "PACKAGING", "substance": None}]}, None),
        ({"steps": [{**STEPS[0], "valid_to": "2019-12-31"}]}, "steps.0.valid_to"),
        ({"packs": [{"valid_from": "2020-01-01", "valid_to": "2019-12-31"}]}, "packs.0.valid_to"),
        ({"standing": [{"status": "IN_FORCE", "valid_from": "2020-01-01"},
                       {"status": "EXPIRED", "valid_from": "2025-01-01"}]}, "standing.1.valid_from"),
        ({"standing": [{"status": "IN_FORCE", "valid_from": "2020-01-01", "valid_to": "2024-12-31"},
                       {"status": "EXPIRED", "valid_from": "2025-01-01"}]}, None),
    ],
)  # fmt: skip
def test_what_is_proposed_can_be_true(changes: dict[str, Any], field: str | None) -> None:
    fields = faults(lambda: refuse_unless_whole(proposal(**changes)))
    assert (field is None and not fields) or (field is not None and field in fields)


@pytest.mark.parametrize(
    ("period", "holds"),
    [
        (Period(valid_from=DAY), True),
        (Period(valid_from=DAY, valid_to=DAY), True),
        (Period(valid_from=DAY + timedelta(days=1)), False),
        (Period(valid_from=date(2020, 1, 1), valid_to=DAY - timedelta(days=1)), False),
    ],
)
def test_a_period_holds_on_its_first_and_its_last_day(period: Period, *, holds: bool) -> None:
    assert period.holds_on(DAY) is holds


def test_a_day_of_which_nothing_is_said_is_not_in_force() -> None:
    assert registered().is_in_force(DAY)
    assert registered(standing=[{"status": "IN_FORCE", "valid_from": "2025-07-01"}]).status_on(DAY) is None
    ended = [{"status": "SUSPENDED", "valid_from": "2020-01-01"}]
    assert registered(standing=ended).status_on(DAY) is SUSPENDED


@pytest.mark.parametrize(
    ("since", "ended_by", "status"),
    [
        (DAY, None, SUSPENDED),
        (DAY + timedelta(days=1), None, IN_FORCE),
        (DAY, 2, IN_FORCE),
    ],
)
def test_what_is_stopped_stays_so_unless_a_version_has_ended_it(
    since: date, ended_by: int | None, status: AuthorisationStatus
) -> None:
    stop = Stop(status=SUSPENDED, since=since, stated_at=AT, ended_by=ended_by)
    assert registered(stops=(stop,)).status_on(DAY) is status


@pytest.mark.parametrize(
    ("told", "released", "last"),
    [
        ({"months": 24}, DAY, date(2027, 1, 31)),
        ({"months": 24, "from_release_within_days": 30}, date(2025, 3, 2), date(2027, 3, 2)),
        ({"months": 24, "from_release_within_days": 30}, DAY, date(2027, 1, 31)),
        ({"months": 1, "to_end_of_month": True}, DAY, date(2025, 2, 28)),
        ({"months": 13}, DAY, date(2026, 2, 28)),
    ],
)
def test_the_shelf_life_starts_with_the_end_of_manufacture_or_a_release_soon_after(
    told: dict[str, Any], released: date, last: date
) -> None:
    assert RegisteredShelfLife.model_validate(told).last_day(date(2025, 1, 31), released) == last


def test_it_is_for_the_strength_and_form_that_it_names() -> None:
    assert registered().is_for("5 mg", "tablet")
    assert registered(strength="10 mg").is_for("10 MG", None)
    assert not registered(strength="10 mg").is_for("5 mg", "tablet")
    assert not registered(dosage_form="capsule").is_for("5 mg", "tablet")


def test_release_sites_are_named_with_their_days() -> None:
    site = ReleaseSite(site_id="VM-02", valid_from=DAY)
    assert registered(release_sites=(site, site)).release_sites_on(DAY) == ("VM-02",)
    assert registered(release_sites=(site,)).release_sites_on(DAY - timedelta(days=1)) == ()
