"""How long a batch may be used: through its last day, in the time zone where the goods lie."""

from datetime import UTC, date, datetime

import pytest

from domain.batch.batch import Relation
from domain.batch.making.manufacture import ManufactureEnd
from domain.batch.making.shelf_life import Origin, ShelfLife, ends_after, too_late, uses_as_it_is
from domain.batch.supply_stage import SupplyStage
from domain.core.refusals import Code, Refused
from domain.release.gates import evaluate
from tests.domain.evidence import AT, CLEAN, but
from tests.domain.filling import filled


@pytest.mark.parametrize(
    ("given", "last"),
    [
        ("02/2028", date(2028, 2, 29)),
        ("02/2027", date(2027, 2, 28)),
        ("12/2031", date(2031, 12, 31)),
        ("04/2030", date(2030, 4, 30)),
        ("2030-04-15", date(2030, 4, 15)),
    ],
)
def test_a_month_means_its_last_day(given: str, last: date) -> None:
    form = filled(ManufactureEnd, finished_on="2025-01-13", expiry_on=given, retest_on=given)
    assert (form.expiry_on, form.retest_on) == (last, last)


@pytest.mark.parametrize(
    "given", ["13/2028", "0/2028", "00/2028", "02/28", "2028/02", "02/0000", "2027-02-29", " 02/2028"]
)
def test_what_is_no_day_and_no_month_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="expiry_on"):
        filled(ManufactureEnd, finished_on="2025-01-13", expiry_on=given)


@pytest.mark.parametrize(
    ("zone", "last_day", "midnight"),
    [
        ("UTC", date(2025, 1, 16), datetime(2025, 1, 17, tzinfo=UTC)),
        ("Europe/Berlin", date(2025, 1, 16), datetime(2025, 1, 16, 23, tzinfo=UTC)),
        ("Europe/Berlin", date(2025, 3, 30), datetime(2025, 3, 30, 22, tzinfo=UTC)),  # clocks go forward that day
        ("Europe/Berlin", date(2025, 10, 26), datetime(2025, 10, 26, 23, tzinfo=UTC)),  # and back
        ("America/Los_Angeles", date(2025, 1, 16), datetime(2025, 1, 17, 8, tzinfo=UTC)),
        ("Asia/Kathmandu", date(2025, 1, 16), datetime(2025, 1, 16, 18, 15, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2025, 1, 16), datetime(2025, 1, 16, 10, tzinfo=UTC)),
        ("America/Santiago", date(2025, 9, 6), datetime(2025, 9, 7, 4, tzinfo=UTC)),  # that midnight is left out
        ("UTC", date(2024, 2, 29), datetime(2024, 3, 1, tzinfo=UTC)),
        ("UTC", date(2025, 12, 31), datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_goods_may_be_used_through_their_last_day_where_they_lie(zone: str, last_day: date, midnight: datetime) -> None:
    life = ShelfLife(last_day=last_day, zone=zone)
    assert ends_after(last_day, zone) == midnight
    assert not life.is_over(midnight - midnight.resolution)
    assert life.is_over(midnight)
    with pytest.raises(Refused) as caught:
        life.refuse_if_over(midnight, "batch_id")
    refusal = caught.value.refusal
    words = f"shelf life ended on {last_day} ({zone})"
    assert (refusal.code, refusal.fields) == (Code.SHELF_LIFE_ENDED, {"batch_id": words})
    assert refusal.message == f"S{words[1:]}."


def test_the_end_of_the_calendar_is_no_end() -> None:
    assert not ShelfLife(last_day=date.max, zone="Pacific/Niue").is_over(datetime(9999, 12, 1, tzinfo=UTC))


def test_without_a_last_day_nothing_ends() -> None:
    life = ShelfLife(last_day=None, zone="UTC")
    life.refuse_if_over(datetime(9000, 1, 1, tzinfo=UTC))
    life.refuse_if_late(date(9000, 1, 1), "deliver_by")


@pytest.mark.parametrize(("arrival", "late"), [(date(2025, 1, 16), False), (date(2025, 1, 17), True)])
def test_goods_arrive_by_their_last_day(arrival: date, *, late: bool) -> None:
    life = ShelfLife(last_day=date(2025, 1, 16), zone="Europe/Berlin")
    if not late:
        life.refuse_if_late(arrival, "deliver_by")
        return
    with pytest.raises(Refused, match="ends on 2025-01-16"):
        life.refuse_if_late(arrival, "deliver_by")


def test_goods_arrive_by_their_day_of_retest() -> None:
    life = ShelfLife(last_day=None, zone="Europe/Berlin", retest_by=date(2025, 1, 16))
    life.refuse_if_late(date(2025, 1, 16), "deliver_by")
    with pytest.raises(Refused, match=r"Retest is due on 2025-01-16 .*, before the goods arrive"):
        life.refuse_if_late(date(2025, 1, 17), "deliver_by")


@pytest.mark.parametrize(
    ("relation", "uses"),
    [
        (Relation.INTERMEDIATE, True),
        (Relation.SPLIT, True),
        (Relation.BLEND, True),
        (Relation.REPROCESS, False),
        (Relation.REWORK, False),
        (Relation.CORRECTION, False),
    ],
)
def test_what_is_worked_again_is_not_used_as_it_is(relation: Relation, *, uses: bool) -> None:
    assert uses_as_it_is(relation) is uses


OLD, NEW = date(2026, 1, 31), date(2026, 6, 30)


def origin(
    relation: Relation,
    expiry_on: date | None = None,
    retest_on: date | None = None,
    stage: SupplyStage | None = None,
) -> Origin:
    number = f"P-{expiry_on or retest_on}"
    return Origin(number=number, relation=relation, stage=stage, expiry_on=expiry_on, retest_on=retest_on)


@pytest.mark.parametrize(
    ("expiry_on", "retest_on", "origins", "fields"),
    [
        (OLD, None, [origin(Relation.SPLIT, OLD)], set()),
        (NEW, None, [origin(Relation.SPLIT, OLD)], {"expiry_on"}),
        (None, OLD, [origin(Relation.SPLIT, OLD)], {"expiry_on"}),
        (OLD, None, [origin(Relation.BLEND, NEW), origin(Relation.BLEND, OLD)], set()),
        (NEW, None, [origin(Relation.BLEND, NEW), origin(Relation.BLEND, OLD)], {"expiry_on"}),
        (None, NEW, [origin(Relation.SPLIT, None, OLD)], {"retest_on"}),
        (None, OLD, [origin(Relation.SPLIT, None, OLD)], set()),
        (NEW, NEW, [origin(Relation.BLEND, OLD, OLD)], {"expiry_on", "retest_on"}),
        (NEW, None, [origin(Relation.INTERMEDIATE, OLD)], set()),
        (NEW, None, [origin(Relation.INTERMEDIATE, OLD, stage=SupplyStage.API)], set()),
        (NEW, None, [origin(Relation.INTERMEDIATE, OLD, stage=SupplyStage.BULK)], {"expiry_on"}),
        (OLD, None, [origin(Relation.INTERMEDIATE, OLD, stage=SupplyStage.BULK)], set()),
        (NEW, None, [origin(Relation.REPROCESS, OLD)], set()),
        (NEW, None, [origin(Relation.SPLIT)], set()),
        (NEW, None, [], set()),
    ],
)
def test_what_is_split_blended_or_packed_lasts_no_longer_than_its_oldest_component(
    expiry_on: date | None, retest_on: date | None, origins: list[Origin], fields: set[str]
) -> None:
    assert set(too_late(expiry_on, retest_on, origins)) == fields


@pytest.mark.parametrize(("days", "verdict"), [(0, "PASS"), (-1, "FAIL")])
def test_gate_12_refuses_by_name_after_the_last_day(days: int, verdict: str) -> None:
    last = date.fromordinal(CLEAN.today.toordinal() + days)
    looked = evaluate(but(shelf_life=ShelfLife(last_day=last, zone="Europe/Berlin")), {}, AT)
    gate = next(each for each in looked if each.gate == "G12")
    assert (gate.verdict, f"last day of use: {last} (Europe/Berlin)" in gate.looked_at) == (verdict, True)
    if verdict == "FAIL":
        assert gate.reason == f"shelf life ended on {last} (Europe/Berlin)"
        judged = evaluate(but(shelf_life=ShelfLife(last_day=last, zone="UTC")), {gate.gate: "All the same."}, AT)
        assert [each.gate for each in judged if each.verdict == "FAIL"] == ["G12"]
