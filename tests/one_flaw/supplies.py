"""Goods that cannot be certified are supplied by the authority's permission: proposed, signed, ordered, dispatched."""

from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from domain.batch.holds.hold import HoldsEvaluation
from domain.core.forms import Process
from domain.delivery.shipment import ShipmentOrder
from domain.release.release_review import ReleaseEvaluation
from records.core.tables.journal import OutboxRow
from records.release.checks.recall import recall_figures
from records.release.release_reviews import reviews_of
from records.release.supply_exceptions import supplies_of
from tests.domain.filling import filled
from tests.one_flaw.flaws import MADE_AT, Flaw
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import EU_PACK, US_PACK

CLINIC = {"name": "University clinic, pharmacy", "address": "Hauptstr. 1, 79098 Freiburg, Germany"}
SIGNERS = {
    "EU": (("hana", "-quality"), ("quentin", ""), ("rosa", "-regulatory")),
    "US": (("hana", "-quality"), ("petra", ""), ("rosa", "-regulatory")),
}
"""Who signs for each market, in turn."""
MARKET = {EU_PACK: "EU", US_PACK: "US"}


def proposed(what: str, *gates: str, by: str = "priya", days: int = 30, **changes: Any) -> Flaw:
    """Somebody proposes that a part of it is supplied, although these gates are not open."""

    async def act(told: Telling) -> None:
        document = await told.uploads(by)
        form = {
            "market": MARKET[what],
            "gates": [{"gate": gate, "why": "No other goods; the risk was weighed."} for gate in gates],
            "basis": "SHORTAGE",
            "permitted_on": told.at.date().isoformat(),
            "document": document,
            "conditions": [{"condition": "The physician is told.", "evidence": [document]}],
            "until": (told.at + timedelta(days=days)).date().isoformat(),
            "quantity": "10",
            "consignees": [{"code": "HOSP-07", "destination": CLINIC}],
            **changes,
        }
        if form["basis"] == "OUT_OF_SPECIFICATION":
            form = {"product_kind": "ATMP", **form}
            form |= {"physician_request": document, "risk_evaluation": document}
        written = await told.batch(what).answers(by, "propose-supply-exception", form)
        read = {"version": written.record_version, "sha256": written.record_hash}
        found: Any = written.effect["gates"]
        seen = "\n".join(f"{gate}: {each['words']}" for gate in found for each in found[gate])
        told.notes["supply"] = {
            "exception_id": written.effect["exception_id"], "market": form["market"], "request": read,
            "reasons_seen": seen,
        }  # fmt: skip

    return Flaw(act)


def signed(what: str, *users: str, met: bool = True) -> Flaw:
    """Three sign, or who is named in their place."""

    async def act(told: Telling) -> None:
        usual = SIGNERS[MARKET[what]]
        for user, (_, action) in zip(users or [user for user, _ in usual], usual, strict=False):
            given = {**told.notes["supply"], **({"conditions_met": met} if action == "-regulatory" else {})}
            await told.batch(what).answers(user, f"sign-supply-exception{action}", given)

    return Flaw(act)


def is_asked_of_quality(what: str) -> Flaw:
    """The head of quality is asked at once what becomes of goods that have left, and who signed is told."""

    async def act(told: Telling) -> None:
        noted = await told.batch(what).notes("batch.holds")
        last = HoldsEvaluation.model_validate(noted.effect).holds[-1]
        assert (last.long_at, "not certified, 10 under SUE-EU-" in last.words()) == (last.placed_at, True)
        async with told.seeded.database.reading() as session:
            mails = (await session.exec(select(OutboxRow).where(col(OutboxRow.kind) == "mail"))).all()
        told_of_it = [each for each in mails if "goods went out under SUE-EU-" in str(each.payload["subject"])]
        assert len({each.payload["person"] for each in told_of_it}) == 4  # who proposed it and the three
        # What was known as the supply was signed, a result under investigation, stands in the way of no answer.
        market = MARKET[what]
        stays = {"demands": (await told.batch(what).asks("review-release"))["demands"]}
        stays["outcomes"] = [{"market": market, "outcome": "CONFIRM"}]
        reviewed = await told.batch(what).does("quentin", "review-release", **stays)
        assert (reviewed.effect["confirmed"], reviewed.effect["taken_back"]) == ([market], [])

    return Flaw(act)


def recalled(what: str) -> Flaw:
    """What was supplied is reviewed as if it were released, and called back; nothing more goes under the permission."""

    async def act(told: Telling) -> None:
        batch, market = told.batch(what), MARKET[what]
        asked = ReleaseEvaluation.model_validate((await batch.notes("batch.reviews_demanded")).effect)
        assert (asked.supplied, asked.waits) == (True, (f"{market} waits for HEAD_QA or QP",))
        assert any(f"Goods were distributed to {market}: are they called back?" in each for each in asked.stands)
        assert any("SUE-EU-" in each and "HOSP-07" in each for each in asked.stands)
        assert (await batch.asks("review-release"))["outcomes"] == [{"market": market}]
        back = {"market": market, "outcome": "RECALL", "grounds": ["SAFETY"]}
        await batch.does("hana", "review-release", outcomes=[back], evidence=[await told.uploads("hana")])
        now = ReleaseEvaluation.model_validate((await batch.notes("batch.reviews_demanded")).effect)
        assert [each.markets for each in now.recalls] == [(market,)]
        async with told.seeded.database.reading() as session:
            (supply,) = await supplies_of(session, batch.case_id)
            figures = await recall_figures(session, (await reviews_of(session, batch.case_id))[-1])
        assert (supply.stands, supply.taken_back_as, supply.withdrawn_at) == (False, "RECALLED", supply.taken_back_at)
        assert figures.dispatched == 10

    return Flaw(act)


async def number_of(told: Telling, what: str) -> str:
    """The number of the supply that was signed last."""
    async with told.seeded.database.reading() as session:
        return str((await supplies_of(session, told.world.batches[what]))[-1].number)


def stopped(what: str, by: str = "priya") -> Flaw:
    """One person stops it."""

    async def act(told: Telling) -> None:
        form = {"supply": await number_of(told, what), "reason": "The authority has taken its permission back."}
        await told.batch(what).answers(by, "withdraw-supply-exception", form)

    return Flaw(act)


def supplied(
    what: str,
    *,
    days: int = 5,
    to: dict[str, str] | None = None,
    then: Flaw | None = None,
    left_before: timedelta | None = None,
    **changes: Any,
) -> Flaw:
    """A part of it is ordered under the exception, perhaps something happens, and it leaves.

    `left_before` says that it had left so long before that is entered, with papers.
    """

    async def act(told: Telling) -> None:
        condition = {"kind": "TEMPERATURE", "unit": "Cel", "low": "15", "high": "25", "max_excursion_minutes": 0}
        given = {
            "batch_id": told.batch(what).case_id,
            "market": MARKET[what],
            "quantity": "10",
            "supply_exception": await number_of(told, what),
            "destination": to or CLINIC,
            "time_zone": "Europe/Berlin",
            "deliver_by": (told.at + timedelta(days=days)).date().isoformat(),
            "conditions": [{**condition, "logger_required": False}],
            **changes,
        }
        order = filled(ShipmentOrder, given)
        shipment = await told.opens(Process.SHIPMENT, order.model_dump(mode="json"), by="sana")
        if then is not None:
            await then.act(told)
            shipment.at = told.at
        dispatched = {"loggers": [], "dispatched_at": told.at.isoformat(), "quantity": given["quantity"]}
        if left_before is not None:
            shipment.at = told.at
            papers = [await told.uploads(MADE_AT[what].quality)]
            dispatched |= {"dispatched_at": (told.at - left_before).isoformat(), "documents": papers}
        await shipment.does(MADE_AT[what].quality, "dispatch", **dispatched)

    return Flaw(act)
