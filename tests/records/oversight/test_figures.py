"""What batches say in a scorecard. The rows are put in by the test: who writes them is not its matter."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from domain.oversight.scorecard import Figures
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.process import BatchDeviationRow, OosRow
from records.core.tables.master_data import ScopeRow
from records.delivery.tables import ShipmentRow
from records.oversight.scorecards import figures
from tests.records.databases import on_one_database
from tests.records.scored import an_event, noon
from tests.records.seeded import Seeded

FIRST, LAST = date(2025, 4, 1), date(2025, 6, 30)
EVENING = datetime(2025, 5, 2, 21, 59, 59, tzinfo=UTC)
"""The end of 2 May at the site."""


def batch(number: int, made_on: str = "2025-05-05", **given: Any) -> BatchRow:
    about: dict[str, Any] = {"started_at": noon("2025-05-01"), **given}
    return BatchRow(
        batch_id=f"BAT-{number}",
        number=f"B-{number}",
        site_id="VM-02",
        scope_id="SC-1",
        state="OPEN",
        made_on=date.fromisoformat(made_on),
        **about,
    )


def deviation(
    number: int, name: str, class_: str = "MINOR", closed: datetime | None = None, **given: Any
) -> BatchDeviationRow:
    about: dict[str, Any] = {"reported_at": noon("2025-05-01"), "due_at": EVENING, **given}
    return BatchDeviationRow(
        batch_id=f"BAT-{number}",
        deviation_id=name,
        deviation_class=class_,
        state="CLOSED" if closed else "OPEN",
        description="The filter was changed.",
        detected_at=noon("2025-05-01"),
        closed_at=closed,
        **about,
    )


def oos(number: int, name: str, state: str, decided: str | None = None, kind: str = "OOS") -> OosRow:
    return OosRow(
        batch_id=f"BAT-{number}",
        oos_id=name,
        kind=kind,
        test="Assay",
        result="91",
        unit="%",
        limit="95 to 105",
        state=state,
        detected_at=noon("2025-05-01"),
        reported_at=noon("2025-05-01"),
        decided_at=noon(decided) if decided else None,
    )


def shipment(
    number: int, deliver_by: str, received_on: str | None = None, received: str = "10", **given: Any
) -> ShipmentRow:
    return ShipmentRow(
        case_id=f"SHP-{number}",
        batch_id="BAT-1",
        market="EU",
        quantity="10",
        quarantine=False,
        destination="Warehouse",
        deliver_by=date.fromisoformat(deliver_by),
        ordered_at=noon("2025-04-01"),
        received_on=date.fromisoformat(received_on) if received_on else None,
        received_quantity=received if received_on else None,
        **given,
    )


async def counted(seeded: Seeded, *rows: SQLModel, scope_id: str = "SC-1") -> Figures:
    async with seeded.database.writing() as session:
        session.add_all(rows)
    scope = await seeded.row(ScopeRow, scope_id)
    async with seeded.database.reading() as session:
        return await figures(session, scope, FIRST, LAST, ZoneInfo("Europe/Berlin"))


def parts(found: Figures, name: str) -> tuple[int, int]:
    tally = getattr(found, name)
    return tally.numerator, tally.denominator


@on_one_database
async def test_right_first_time_is_what_needed_nothing_more(seeded: Seeded) -> None:
    found = await counted(
        seeded,
        batch(1),
        batch(2, package_returns=1),
        batch(3),
        deviation(3, "DEV-1"),
        batch(4),
        BatchParentRow(batch_id="BAT-5", parent_id="BAT-4", relation="REWORK"),
        batch(5),
        batch(6),
        BatchParentRow(batch_id="BAT-6", parent_id="BAT-1", relation="SPLIT"),
        batch(7, started_at=None),
        batch(8, made_on="2025-07-01"),
    )
    assert parts(found, "right_first_time") == (2, 6)
    assert found.batches == 7


async def test_packages_deviations_and_deliveries_are_in_time_by_the_days_of_the_site(seeded: Seeded) -> None:
    midnight = datetime(2025, 5, 2, 22, tzinfo=UTC)
    found = await counted(
        seeded,
        batch(1, package_due_at=EVENING, package_received_at=EVENING),
        batch(2, package_due_at=EVENING, package_received_at=midnight),
        batch(3, package_due_at=EVENING),
        batch(4),
        deviation(1, "DEV-1", closed=EVENING),
        deviation(2, "DEV-2", closed=midnight),
        deviation(3, "DEV-3"),
        deviation(4, "DEV-4", due_at=None),
        shipment(1, "2025-05-05", "2025-05-05"),
        shipment(2, "2025-05-05", "2025-05-06"),
        shipment(3, "2025-06-30"),
        shipment(4, "2025-05-05", cancelled_at=noon("2025-05-01")),
        shipment(5, "2025-07-01", "2025-06-30"),
        shipment(6, "2025-05-05", "2025-05-05", "0"),
    )
    assert parts(found, "packages_on_time") == (1, 3)
    assert parts(found, "deviations_on_time") == (1, 3)
    assert parts(found, "deliveries_on_time") == (1, 4)
    assert parts(await counted(seeded, scope_id="SC-2"), "deliveries_on_time") == (0, 0)


@on_one_database
async def test_what_is_reported_as_an_event_and_recorded_on_batches_counts_once(seeded: Seeded) -> None:
    await an_event(seeded, 1, "DEVIATION", "CRITICAL", "2025-05-02")
    await an_event(seeded, 2, "OOS", "MAJOR", "2025-05-02")
    await an_event(seeded, 3, "OOS", "MAJOR", "2025-05-02")
    found = await counted(
        seeded,
        *(batch(number) for number in (1, 2)),
        deviation(1, "E-1", "MAJOR"),
        deviation(2, "e-1", "MAJOR"),
        deviation(1, "DEV-2"),
        deviation(1, "DEV-3", "CRITICAL", reported_at=noon("2025-03-31")),
        oos(1, "E-2", "INVALIDATED", "2025-05-10"),
        oos(1, "OOS-4", "CONFIRMED", "2025-05-10"),
        oos(2, "OOS-4", "CONFIRMED", "2025-05-10"),
        oos(2, "OOS-5", "CONFIRMED", "2025-07-01"),
        oos(2, "OOS-6", "INVESTIGATION"),
        oos(2, "OOT-7", "CONFIRMED", "2025-05-10", kind="OOT"),
    )
    assert parts(found, "serious_deviations") == (1, 2)
    assert parts(found, "confirmed_oos") == (2, 2)
