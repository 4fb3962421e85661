"""A first step goes away: what was released on it is held in its market and reviewed, unless another one carries it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from domain.core.entry import Written
from domain.policy.market_rule import MarketRule
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from records.core.tables.facts import FactRow
from records.core.tables.master_data import PolicyRow
from records.installation.supplementing import shipped_policy
from tests.records.appointing import ends
from tests.records.certifying import decides
from tests.records.databases import on_one_database
from tests.records.importing import (
    a_maker_certifies,
    an_importer,
    arrives,
    covers_import,
    is_reviewed,
    is_taken_back,
)
from tests.records.qualifying import Qualifying, refused
from tests.records.release.test_certification_abroad import certifies, takes_back
from tests.records.release.test_further_processing import employed
from tests.records.release.test_market_release import (
    LICENCE,
    RELEASE,
    certified_in_germany,
    made_by_its_maker,
    ready_for,
)
from tests.records.release.test_release_review import learns, outcomes
from tests.records.releasing import reports_answered
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
REVIEW = "review-release"
CHECKERS = {"GB": "rosa", "CH": "ines"}
PAPER = {"document_id": "DOC-1", "sha256": "0" * 64}
Loses = Callable[[Seeded, Qualifying], Awaitable[object]]


async def checks(batch: Qualifying, market: str, **given: Any) -> Written:
    written: Written = await decides(batch, CHECKERS[market], market, RELEASE, **LICENCE, **given)
    return written


async def on_a_certification(seeded: Seeded) -> tuple[Qualifying, Loses]:
    """The sponsor's qualified person of the EU has certified it for Great Britain."""
    batch = await ready_for(seeded, "GB")
    await certifies(seeded, batch)
    await checks(batch, "GB")
    return batch, lambda seeded, batch: takes_back(seeded, batch, "hana")


async def on_an_appointment(seeded: Seeded) -> tuple[Qualifying, Loses]:
    """The same, and who has certified it was not appointed."""
    batch, _ = await on_a_certification(seeded)
    day = (START - timedelta(days=1)).date()
    return batch, lambda seeded, batch: ends(seeded, "APT-1", at=batch.at, ended_from=day)


async def on_a_makers_certificate(seeded: Seeded) -> tuple[Qualifying, Loses]:
    """Its maker has certified it for Great Britain."""
    batch = await ready_for(seeded, "GB")
    await checks(batch, "GB", **await made_by_its_maker(seeded, batch, "GB"))
    return batch, lambda seeded, batch: is_reviewed(seeded, "MBC-GB-1", at=batch.at, by="priya", accept=False)


async def on_a_release(seeded: Seeded) -> tuple[Qualifying, Loses]:
    """It was released for the Union, on which Switzerland relies; that is taken back for what is registered there."""
    batch = await ready_for(seeded, "CH", "EU")
    await decides(batch, "quentin", "EU")
    await checks(batch, "CH")

    async def lose(seeded: Seeded, batch: Qualifying) -> object:
        await learns(batch)
        await reports_answered(batch)
        gone = outcomes("MARKET_REGISTRATION", EU="WITHDRAW")
        return await batch.does("quentin", REVIEW, outcomes=gone, evidence=[PAPER])

    return batch, lose


async def lost(seeded: Seeded) -> list[tuple[str, bool]]:
    """The markets that have lost their first step, and whether that stands."""
    query = select(FactRow).where(col(FactRow.kind) == "FirstStepGone").order_by(col(FactRow.fact_id))
    async with seeded.database.reading() as session:
        rows = (await session.exec(query)).all()
    return [(str(row.fields["market"]), row.revoked_at is None) for row in rows]


@pytest.mark.parametrize(
    ("begun", "market"),
    [
        (on_a_certification, "GB"),
        (on_an_appointment, "GB"),
        (on_a_makers_certificate, "GB"),
        (on_a_release, "CH"),
    ],
)
async def test_what_was_released_on_it_is_held_there_and_not_confirmed_before_another_one_carries_it(
    seeded: Seeded, begun: Callable[[Seeded], Awaitable[tuple[Qualifying, Loses]]], market: str
) -> None:
    batch, lose = await begun(seeded)
    assert await lost(seeded) == []
    await lose(seeded, batch)
    assert await lost(seeded) == [(market, True)]
    holds = [(row.market, row.reason) for row in await seeded.rows(HoldRow) if row.fact_kind == "FirstStepGone"]
    assert [(of, why.startswith("No first step carries the release of ")) for of, why in holds] == [(market, True)]
    assert any(each.fact_kind == "FirstStepGone" for each in await seeded.rows(ReviewDemandRow))
    await reports_answered(batch)
    confirmed = outcomes(**{market: "CONFIRM"})
    early = await refused(batch.does(CHECKERS[market], REVIEW, outcomes=confirmed))
    assert early.fields["outcomes.0.outcome"].startswith(f"waits for the first step of {market}")
    known = {"importing_country": market, "issued_in": "DE", **await certified_in_germany(seeded)}
    await a_maker_certifies(seeded, "MBC-9", batch.case_id, at=batch.at, by="vito", **known)
    await is_reviewed(seeded, "MBC-9", at=batch.at)
    await batch.does(CHECKERS[market], REVIEW, outcomes=confirmed)
    assert await lost(seeded) == [(market, False)]


async def test_a_release_that_another_first_step_carries_loses_nothing(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB")
    await certifies(seeded, batch)
    await checks(batch, "GB", **await made_by_its_maker(seeded, batch, "GB"))
    await is_reviewed(seeded, "MBC-GB-1", at=batch.at, by="priya", accept=False)
    assert await lost(seeded) == []
    await takes_back(seeded, batch, "hana")
    assert await lost(seeded) == [("GB", True)]


async def test_another_first_step_carries_no_more_than_was_certified(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB")
    await certifies(seeded, batch, quantity="60", number="QPC-1")
    await certifies(seeded, batch, quantity="40")
    await checks(batch, "GB", quantity="100")
    await takes_back(seeded, batch, "hana")
    assert await lost(seeded) == [("GB", True)]


async def test_who_has_certified_and_released_alone_stands_on_no_first_step(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB")
    await certifies(seeded, batch)
    await decides(batch, "quentin", "GB", RELEASE, **LICENCE)
    await takes_back(seeded, batch, "hana")
    assert await lost(seeded) == []


async def test_a_review_does_not_confirm_a_release_whose_first_step_it_takes_away(seeded: Seeded) -> None:
    batch, _ = await on_a_release(seeded)
    await employed(seeded, "quentin", "FVP", licence={"number": LICENCE["authorisation"]})
    await learns(batch)
    await reports_answered(batch)
    both = [*outcomes("MARKET_REGISTRATION", EU="WITHDRAW"), *outcomes(CH="CONFIRM")]
    refusal = await refused(batch.does("quentin", REVIEW, outcomes=both, evidence=[PAPER]))
    said = "its first step goes with this review; leave CH out, or take it back"
    assert refusal.fields == {"outcomes.1.outcome": said}
    assert await lost(seeded) == []
    both[1] = outcomes("MARKET_REGISTRATION", CH="WITHDRAW")[0]
    await batch.does("quentin", REVIEW, outcomes=both, evidence=[PAPER])
    assert [market for market, stands in await lost(seeded) if stands] == []


async def takes(seeded: Seeded, market: str, *steps: dict[str, Any]) -> None:
    """A later version of the policy says of a market what it relies on."""
    rows = [
        MarketRule.model_validate({**row.model_dump(mode="json"), "first_steps": steps})
        if row.market == market
        else row
        for row in shipped_policy().markets
    ]
    later = shipped_policy().model_copy(update={"version": 2, "effective_from": START, "markets": tuple(rows)})
    async with seeded.database.writing() as session:
        session.add(PolicyRow(version=2, effective_from=START, body=later.model_dump(mode="json")))


async def test_switzerland_takes_the_makers_own_certificate_of_a_pack_from_germany_where_its_row_says_so(
    seeded: Seeded,
) -> None:
    batch = await ready_for(seeded, "CH")
    first = await made_by_its_maker(seeded, batch, "CH", signed_as="MAKER", signed_under=None)
    assert list((await refused(checks(batch, "CH", **first))).fields) == ["first_step.0"]
    await takes(seeded, "CH", {"kind": "CERTIFICATE", "signed_as": ["MAKER"], "licensed_in": ["DE"]})
    assert (await checks(batch, "CH", **first)).effect["certificate_number"] == f"REL-CH-{START.year}-000001"


async def test_the_certificate_of_another_importer_counts_where_the_row_says_so_and_as_long_as_its_arrival_does(
    seeded: Seeded,
) -> None:
    batch = await ready_for(seeded, "CH")
    await an_importer(seeded, "OB-01", "AT", "SC-2")
    await covers_import(seeded, at=batch.at)
    said = {"signed_as": "IMPORTER", "signed_under": "DE_RP_01_MIA_2024_0801", "issued_in": "AT"}
    known = {"importing_country": "AT", **said}
    early = await refused(a_maker_certifies(seeded, "MBC-1", batch.case_id, at=batch.at, by="vito", **known))
    assert {"issued_in", "signed_under"} <= early.fields.keys()
    await arrives(seeded, "IMP-1", batch.case_id, at=batch.at, to_site_id="OB-01", from_country="DE", quantity="118.4")
    await a_maker_certifies(seeded, "MBC-1", batch.case_id, at=batch.at, by="vito", **known)
    await is_reviewed(seeded, "MBC-1", at=batch.at)
    first = {"first_step": ["MBC-1"]}
    assert list((await refused(checks(batch, "CH", **first))).fields) == ["first_step.0"]
    await takes(seeded, "CH", {"kind": "CERTIFICATE", "signed_as": ["IMPORTER"], "issued_for": ["AT", "CH"]})
    await checks(batch, "CH", **first)
    await is_taken_back(seeded, "IMP-1", at=batch.at)
    assert await lost(seeded) == [("CH", True)]
