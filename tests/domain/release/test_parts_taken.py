"""What is taken of a batch counts in the order in which it was begun, until no more is released."""

from datetime import timedelta
from decimal import Decimal

from domain.release.parts_taken import TakenPart, beyond, beyond_its_use
from tests.records.seeded import START

LATER = START + timedelta(hours=1)


def part(number: int, quantity: str, *, begun: bool = False, late: bool = False) -> TakenPart:
    began = (LATER if late else START) if begun or late else None
    return TakenPart(f"BAT-{number}", Decimal(quantity), began, number)


def test_what_fits_into_what_is_released_is_not_beyond_it() -> None:
    assert beyond(Decimal(50), [part(2, "30"), part(3, "20")]) == {}


def test_who_begins_first_takes_first_and_who_has_not_begun_comes_after_them() -> None:
    taken = [part(2, "30"), part(3, "30", late=True), part(4, "20", begun=True)]
    assert beyond(Decimal(50), taken) == {"BAT-2": Decimal(80)}


def test_what_was_taken_before_is_gone_whether_or_not_it_was_released() -> None:
    assert beyond(Decimal(50), [part(2, "60", begun=True), part(3, "10")]) == {
        "BAT-2": Decimal(60), "BAT-3": Decimal(70),
    }  # fmt: skip


def test_for_its_use_counts_what_was_released_before_and_not_what_may_be_made_for_another_one() -> None:
    taken = [part(2, "50", begun=True), part(3, "40", late=True), part(4, "20")]
    assert beyond_its_use(Decimal(50), taken, set()) == {}
    assert beyond_its_use(Decimal(50), taken, {"BAT-3"}) == {"BAT-2": Decimal(90), "BAT-4": Decimal(60)}
    assert beyond_its_use(Decimal(50), taken, {"BAT-2", "BAT-3"}) == {"BAT-3": Decimal(90), "BAT-4": Decimal(110)}
