"""When an authorisation ends by its dates, and which batches may stand on one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.authorisation.authorisation import Standing
from domain.authorisation.ending import begins, ends_on, not_in_force_since
from domain.authorisation.forms import faults_of_ended
from domain.authorisation.registered import Product, Stop, those_of
from domain.batch.making.pack import Pack
from tests.domain.evidence import AUTHORISED

PROPOSED = date(2026, 3, 1)
DAY = date(2026, 6, 15)


def standing(*said: tuple[str, str, str | None]) -> list[Standing]:
    return [
        Standing.model_validate({"status": status, "valid_from": first, "valid_to": last})
        for status, first, last in said
    ]


FOR_EVER = standing(("IN_FORCE", "2020-01-01", None))
ENDS = standing(("IN_FORCE", "2020-01-01", "2026-06-14"))
RENEWED = standing(("IN_FORCE", "2020-01-01", "2026-05-31"), ("IN_FORCE", "2026-06-01", None))
INTERRUPTED = standing(
    ("IN_FORCE", "2020-01-01", "2026-05-31"),
    ("SUSPENDED", "2026-06-01", "2026-06-30"),
    ("IN_FORCE", "2026-07-01", None),
)
LAPSED_TWICE = standing(("IN_FORCE", "2020-01-01", "2026-05-31"), ("SUSPENDED", "2026-06-05", None))
BEGINS = standing(("IN_FORCE", "2026-07-01", None))


@pytest.mark.parametrize(
    ("said", "since", "begun"),
    [
        (FOR_EVER, None, date(2020, 1, 1)),
        (ENDS, date(2026, 6, 15), None),
        (RENEWED, None, date(2020, 1, 1)),
        (INTERRUPTED, date(2026, 6, 1), None),
        (LAPSED_TWICE, date(2026, 6, 1), None),
        (BEGINS, None, None),
    ],
)
def test_since_when_it_is_not_in_force(said: list[Standing], since: date | None, begun: date | None) -> None:
    assert (not_in_force_since(said, DAY), begins(said, DAY)) == (since, begun)


@pytest.mark.parametrize(
    ("said", "replaces", "looked_at"),
    [
        (FOR_EVER, True, None),
        (ENDS, False, date(2026, 6, 15)),
        (RENEWED, False, None),
        (INTERRUPTED, False, date(2026, 6, 1)),
        (standing(("EXPIRED", "2000-01-01", None)), True, date(2000, 1, 1)),
        (BEGINS, False, None),
        (BEGINS, True, PROPOSED),
    ],
)
def test_from_when_on_it_is_looked_at(said: list[Standing], replaces: bool, looked_at: date | None) -> None:  # noqa: FBT001
    assert ends_on(said, PROPOSED, replaces=replaces) == looked_at


@pytest.mark.parametrize(
    ("named", "stands", "faults"),
    [
        (None, [], {}),
        (None, [1, 3], {"ends_stops": "say which of these the authority has lifted, or none: 1, 3"}),
        ([], [1], {}),
        ([1], [1, 3], {}),
        ([2], [1], {"ends_stops.0": "is no stop that stands"}),
        ([1], [], {"ends_stops.0": "is no stop that stands"}),
    ],
)
def test_a_version_names_the_stops_that_it_ends(
    named: list[int] | None, stands: list[int], faults: dict[str, str]
) -> None:
    assert faults_of_ended(named, stands) == faults


def test_a_stop_stands_until_a_version_has_ended_it() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    stop = Stop.model_validate({"number": 1, "status": "SUSPENDED", "since": date(2026, 1, 1), "stated_at": at})
    later = AUTHORISED.model_copy(update={"stops": (stop,), "proposed_at": datetime(2026, 5, 1, tzinfo=UTC)})
    assert not later.is_in_force(DAY)
    assert later.is_in_force(date(2025, 12, 31))
    ended = stop.model_copy(update={"ended_by": 2})
    assert later.model_copy(update={"stops": (ended,)}).is_in_force(DAY)


def _of(**changes: Any) -> Any:
    return type(AUTHORISED).model_validate(AUTHORISED.model_dump() | changes)


@pytest.mark.parametrize(
    ("changes", "product", "may"),
    [
        ({}, Product(is_clinical=False), True),
        ({}, Product(is_clinical=True), False),
        ({"strength": "10 mg"}, Product(is_clinical=False, strength="10\u00a0MG"), True),
        ({"strength": "10 mg"}, Product(is_clinical=False, strength="20 mg"), False),
        ({"dosage_form": "tablet"}, Product(is_clinical=False, dosage_form="capsule"), False),
        ({}, Product(is_clinical=False, pack=Pack(description="28 tablets in blisters")), True),
        ({"type": "CTA", "trial": "2027-1"}, Product(is_clinical=True), True),
        ({"type": "CTA", "trial": "2027-1"}, Product(is_clinical=True, trial="2027–1"), True),
        ({"type": "CTA", "trial": "2027-1"}, Product(is_clinical=True, trial="2027-2"), False),
    ],
)
def test_which_batches_may_stand_on_it(changes: dict[str, Any], product: Product, may: bool) -> None:  # noqa: FBT001
    assert _of(**changes).may_cover(product) is may


_AS_28 = {
    "authorisation_id": "AUT-28",
    "packs": [{"code": "1", "description": "28 tablets", "valid_from": "2020-01-01"}],
}


@pytest.mark.parametrize(
    ("pack", "chosen"),
    [
        (None, ["AUT-ARL-EU", "AUT-28"]),
        (Pack(description="30 tablets in blisters"), ["AUT-ARL-EU"]),
        (Pack(description="28 TABLETS"), ["AUT-28"]),
        (Pack(description="30 film-coated tablets in blisters"), ["AUT-ARL-EU", "AUT-28"]),
    ],
)
def test_the_pack_only_chooses_among_several(pack: Pack | None, chosen: list[str]) -> None:
    found = those_of([AUTHORISED, _of(**_AS_28), _of(strength="20 mg")], Product(False, "10 mg", pack=pack))
    assert [each.authorisation_id for each in found] == chosen
    alone = those_of([AUTHORISED], Product(is_clinical=False, pack=pack))
    assert alone == [AUTHORISED], "nothing else is there to stand on"


@pytest.mark.parametrize(
    ("known", "stopped", "said"),
    [
        ({"standing": ENDS}, (), ["since 2026-06-15 2026-06-15"]),
        ({"standing": BEGINS}, (), ["since - None"]),
        ({"standing": ENDS}, (15,), ["stop 15 2026-06-15"]),
        ({}, (14, 15), ["stop 14 2026-06-14", "stop 15 2026-06-15"]),
    ],
)
def test_what_keeps_it_from_being_in_force_is_each_stop_or_its_end(
    known: dict[str, Any], stopped: tuple[int, ...], said: list[str]
) -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    stops = [
        {"number": day, "status": "SUSPENDED", "since": "2026-06-14", "stated_at": at.replace(day=day)}
        for day in stopped
    ]
    found = _of(**known, stops=stops).stopped_by(DAY)
    assert [f"{what} {known_on}" for what, known_on in found] == said
