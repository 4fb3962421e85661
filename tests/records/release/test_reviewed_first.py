"""What a batch comes from is reviewed before anything of it is released or confirmed, by whatever form."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from domain.batch.batch import MarketDecision
from domain.core.forms import Process
from domain.core.refusals import Refusal
from domain.processes import FORMS
from domain.release.release_review import ReleaseOutcome
from tests.records.appointing import a_site_beside, appointed
from tests.records.certifying import decides, reviewed
from tests.records.databases import on_one_database
from tests.records.deciding import suspended
from tests.records.making import batch_of
from tests.records.qualifying import Qualifying, refused
from tests.records.release.test_further_processing import FOR_TABLETS, RELEASE, TAKEN, employed, tablets
from tests.records.release.test_market_release import FURTHER as FURTHER_TO_MARKET
from tests.records.release.test_market_release import RELEASE as TO_MARKET
from tests.records.release.test_market_release import words
from tests.records.release.test_release_review import learns
from tests.records.release.test_tranches import seen
from tests.records.releasing import each_answers, each_refused, reports_answered
from tests.records.seeded import Seeded

BY_QP: dict[str, Any] = {"authorisation": "DE_RP_01_MIA_2023_0042", "audits_known": True}
FILE = {"document_id": "DOC-1", "sha256": "0" * 64}
PERMITS = (MarketDecision, ReleaseOutcome)
"""Who says either of these in a form says of a batch that it may be used or sold, or that this stands."""


def _types(annotation: Any) -> Iterator[Any]:
    """A type, and all that it holds."""
    yield annotation
    for each in get_args(annotation):
        yield from _types(each)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            yield from _types(field.annotation)


def permissive() -> list[str]:
    """The actions of all forms by which a batch is released, or its release stands."""
    return sorted(form.action.name for form in FORMS.of(Process.BATCH) if any(each in PERMITS for each in _types(form)))


async def bulk_of(seeded: Seeded) -> Qualifying:
    """Bulk that its site has confirmed for the Union and the quality unit has released for the States."""
    await employed(seeded, "vito", "CDMO_QP", "VM-02")
    bulk = await tablets(seeded, further=("GB",))
    await decides(bulk, "vito", "EU", "confirm-manufacture", **TAKEN)
    for market in ("GB", "US"):
        await decides(bulk, "hana", market, RELEASE, **FOR_TABLETS)
    return bulk


async def packed_for_britain(seeded: Seeded, origin: Qualifying, quantity: str | None = None) -> Qualifying:
    """A pack of it for Great Britain; so much is released, if anything is."""
    part = {"batch_id": origin.case_id, "relation": "INTERMEDIATE", "quantity": "60", "theoretical_yield": "1"}
    made: dict[str, Any] = {"supply_stage": "FINISHED", "yield_low": "90", "yield_high": "105", "markets": ["GB"]}
    pack = await reviewed(seeded, parents=[part], size="60", started_at=origin.at, at=origin.at, **made)
    british = {"site_id": await a_site_beside(seeded, "GB")}
    await appointed(seeded, "quentin", "QP", "APT-GB", markets=["GB"], licence=british)
    if quantity is not None:
        await decides(pack, "quentin", "GB", TO_MARKET, quantity=quantity, **BY_QP)
    return pack


async def packed(seeded: Seeded, origin: Qualifying, quantity: str | None = None) -> Qualifying:
    """A pack of it; so much is certified and approved, if anything is."""
    part = {"batch_id": origin.case_id, "relation": "INTERMEDIATE", "quantity": "60", "theoretical_yield": "1"}
    made: dict[str, Any] = {"supply_stage": "FINISHED", "yield_low": "90", "yield_high": "105"}
    pack = await reviewed(seeded, parents=[part], size="60", started_at=origin.at, at=origin.at, **made)
    if quantity is not None:
        await decides(pack, "quentin", "EU", quantity=quantity)
        await decides(pack, "hana", "US", "approve", quantity=quantity)
    return pack


async def divided(seeded: Seeded, origin: Qualifying, quantity: str | None = None) -> Qualifying:
    """A part of the bulk, a batch of its own; so much is confirmed and released for processing, if anything is."""
    part = {"batch_id": origin.case_id, "relation": "SPLIT", "quantity": "60"}
    made: dict[str, Any] = {"supply_stage": "BULK", "size": "60", "materials": ()}
    bulk = await reviewed(seeded, parents=[part], started_at=origin.at, at=origin.at, **made)
    if quantity is not None:
        await decides(bulk, "vito", "EU", "confirm-manufacture", **TAKEN, quantity=quantity)
        await decides(bulk, "hana", "US", RELEASE, **FOR_TABLETS, quantity=quantity)
    return bulk


def asked(user: str, market: str, action: str, **given: Any) -> Callable[[Qualifying], Awaitable[Any]]:
    """A decision on all of a batch."""
    return lambda batch: decides(batch, user, market, action, **given)


def further(user: str, market: str, action: str, **given: Any) -> Callable[[Qualifying], Awaitable[Any]]:
    """A decision on a further part."""

    async def act(batch: Qualifying) -> Any:
        gates = None if action == "confirm-further" else await seen(batch, market)
        form = {"market": market, "decision": "RELEASE", "quantity": "5", "gates_seen": gates, **given}
        return await batch.answers(user, action, form)

    return act


def confirmed(user: str, market: str) -> Callable[[Qualifying], Awaitable[Any]]:
    """The release stands, says the review."""
    line = [{"market": market, "outcome": "CONFIRM", "grounds": []}]
    return lambda batch: batch.does(user, "review-release", outcomes=line)


STORIES: dict[str, tuple[Any, str | None, Callable[[Qualifying], Awaitable[Any]]]] = {
    "certify": (packed, None, asked("quentin", "EU", "certify")),
    "approve": (packed, None, asked("hana", "US", "approve")),
    "certify-further": (packed, "20", further("quentin", "EU", "certify-further")),
    "approve-further": (packed, "20", further("hana", "US", "approve-further")),
    TO_MARKET: (packed_for_britain, None, asked("quentin", "GB", TO_MARKET, **BY_QP)),
    FURTHER_TO_MARKET: (
        packed_for_britain,
        "20",
        further("quentin", "GB", FURTHER_TO_MARKET, statement=words("GB"), **BY_QP),
    ),
    "release-for-processing": (divided, None, asked("hana", "US", RELEASE, **FOR_TABLETS)),
    "confirm-manufacture": (divided, None, asked("vito", "EU", "confirm-manufacture", **TAKEN)),
    "release-further": (divided, "20", further("hana", "US", "release-further", **FOR_TABLETS)),
    "confirm-further": (divided, "20", further("vito", "EU", "confirm-further", **TAKEN, agreement="QTA-1")),
    "review-release": (packed, "60", confirmed("quentin", "EU")),
}
OF_THE_SITE = {"confirm-manufacture", "confirm-further"}
"""The site is told the gate, and not what is found of a batch of another one."""


def test_every_permissive_form_of_batches_has_a_story() -> None:
    assert sorted(STORIES) == permissive()


@on_one_database
@pytest.mark.parametrize("action", sorted(STORIES))
async def test_nothing_is_released_or_confirmed_while_what_it_comes_from_is_under_review(
    seeded: Seeded, action: str
) -> None:
    makes, quantity, act = STORIES[action]
    origin = await bulk_of(seeded)
    batch = await makes(seeded, origin, quantity)
    await learns(origin)
    refusal: Refusal = await refused(act(batch))
    name = f"{(await batch_of(origin)).number} ({origin.case_id})"
    if action == "review-release":
        assert refusal.fields == {
            "outcomes.0.outcome": f"{name} is reviewed for EU first, by qualified person: "
            "STABILITY: Impurity I-3 rises to 0.14 % in the 12 months' stability sample."
        }
        return
    assert (refusal.code, "G14" in refusal.fields) == ("gate_closed", True)
    assert action in OF_THE_SITE or f"{name}: a review after its release is open" in refusal.fields["G14"]


@on_one_database
async def test_what_comes_from_a_batch_is_confirmed_after_it_and_taken_back_at_once(seeded: Seeded) -> None:
    origin = await bulk_of(seeded)
    batch = await packed(seeded, origin, "60")
    await learns(origin)
    await reports_answered(batch)
    await reports_answered(origin)
    assert {market: set(each.fields) for market, each in (await each_refused(batch)).items()} == {
        "EU": {"outcomes.0.outcome"},
        "US": {"outcomes.0.outcome"},
    }
    await confirmed("quentin", "EU")(origin)
    await confirmed("quentin", "EU")(batch)  # each market after its own
    assert set((await refused(confirmed("hana", "US")(batch))).fields) == {"outcomes.0.outcome"}
    withdrawn = [{"market": "US", "outcome": "WITHDRAW", "grounds": ["SAFETY"]}]
    await batch.does("hana", "review-release", outcomes=withdrawn, evidence=[FILE])
    assert (await batch_of(origin)).review_open


@on_one_database
async def test_what_a_batch_itself_has_shown_is_answered_there_before_what_it_comes_from(seeded: Seeded) -> None:
    origin = await bulk_of(seeded)
    batch = await packed(seeded, origin, "60")
    await learns(batch)
    assert (await batch_of(origin)).review_open
    await reports_answered(batch)
    await each_answers(batch)
    assert not (await batch_of(batch)).review_open


@on_one_database
async def test_a_conclusion_on_a_suspension_confirms_no_batch_before_what_it_comes_from(seeded: Seeded) -> None:
    origin = await bulk_of(seeded)
    batch = await packed(seeded, origin, "60")
    await learns(origin)
    case = await suspended(seeded)
    suggested = await case.asks("assess-impact")
    both = [origin.case_id, batch.case_id]
    refusal = await refused(case.answers("quentin", "assess-impact", {**suggested, "confirmed": both}))
    assert list(refusal.fields) == ["confirmed.1"]
    await case.answers("quentin", "assess-impact", {**suggested, "confirmed": both[:1]})


@on_one_database
async def test_a_conclusion_on_a_suspension_confirms_a_family_together(seeded: Seeded) -> None:
    origin = await bulk_of(seeded)
    batch = await packed(seeded, origin, "60")
    case = await suspended(seeded)
    suggested = await case.asks("assess-impact")
    refusal = await refused(case.answers("quentin", "assess-impact", {**suggested, "confirmed": [batch.case_id]}))
    assert list(refusal.fields) == ["confirmed.0"]
    both = [batch.case_id, origin.case_id]
    await case.answers("quentin", "assess-impact", {**suggested, "confirmed": both})
