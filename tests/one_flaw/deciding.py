"""Flaws of who decides, reviews and judges, and of what was decided for another market."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from domain.batch.making.package import ALWAYS
from domain.core.entry import Answer, Entry
from tests.one_flaw.flaws import MADE_AT, Flaw, retold, told_after
from tests.one_flaw.telling import Telling

NO: dict[str, Any] = {"decision": "REJECT", "quantity": None, "reason": "Particles were found.", "judgements": []}


def named(**records: Any) -> Callable[[Telling], Awaitable[dict[str, Any]]]:
    """A judgement names these records."""

    async def names(_: Telling) -> dict[str, Any]:
        return records

    return names


def shown_by(user: str) -> Callable[[Telling], Awaitable[dict[str, Any]]]:
    """A judgement names evidence that somebody has uploaded."""

    async def names(told: Telling) -> dict[str, Any]:
        return {"evidence": [await told.uploads(user)]}

    return names


def reviews(what: str, user: str, action: str, **given: Any) -> Flaw:
    """One of the sponsor's reviews is given again."""

    async def act(told: Telling) -> None:
        await told.batch(what).does(user, action, **given)

    return Flaw(act)


def packed_up_again(what: str) -> Flaw:
    """The site sends another package after the reviews."""

    async def act(told: Telling) -> None:
        user = MADE_AT[what].quality
        document = await told.uploads(user)
        documents = [{"item": item, "document": document} for item in ALWAYS]
        await told.batch(what).does(user, "package", documents=documents)

    return Flaw(act)


def refused_for(what: str, action: str, market: str, ground: str) -> Flaw:
    """A decision for one market is a rejection; the other one stands."""
    no = {**NO, "grounds": [ground], "sites": [], "purpose": None}
    return retold(what, action, lambda form: [{**form, **no} if form["market"] == market else form])


def released_for(what: str, **uses: Any) -> Flaw:
    """What a batch is released for further processing for: sites, purposes, words."""
    named = {"sites": [], "purposes": [], "purpose": None, **uses}
    return retold(what, "release-for-processing", lambda form: [{**form, **named}])


def refused_by_the_states(what: str, ground: str) -> Flaw:
    """The quality unit rejects the batch for the States."""
    return decided_for("US", what, "hana", "approve", **NO, grounds=[ground])


def decided_for(market: str, what: str, user: str, action: str, **given: Any) -> Flaw:
    """A further market of a batch is decided on."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        asked = await batch.asks(action, market=market)
        await batch.answers(user, action, {**asked, **given, "market": market})

    return Flaw(act)


def judged_by_two(what: str, hold: str, market: str = "EU", by: str = "quentin") -> Flaw:
    """Who decides for the market and the head of quality judge what the other market has decided."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        for user, action in ((by, "judge-other-market"), ("hana", "judge-other-market-quality")):
            judged = {"hold_id": hold, "market": market, "goes_on": True, "evidence": [await told.uploads(user)]}
            await batch.answers(user, action, judged)

    return Flaw(act)


def judged_at_each_release(what: str, action: str, gate: str, **otherwise: Any) -> Flaw:
    """Something is doubtful of a batch; whoever releases it for further processing, or what comes of it, judges it."""

    async def act(told: Telling) -> None:
        first, seen = told.world.batches[what], await told.uploads("hana")

        def edited(entry: Entry) -> Sequence[Entry]:
            lines = [
                line.model_copy(update={"form": {**line.form, **_said(line, entry.stream == first)}})
                if isinstance(line, Answer)
                else line
                for line in entry.lines
            ]
            return (entry.model_copy(update={"lines": tuple(lines)}),)

        def _said(line: Answer, is_first: bool) -> dict[str, Any]:  # noqa: FBT001
            if line.action == "release-for-processing":
                judgement = {"gate": gate, "rationale": "Looked into: no risk for this batch.", "evidence": [seen]}
                return {"judgements": [judgement]}
            return otherwise if is_first and line.action == action else {}

        await told.goes_on(what, edited, only=told_after(told.world, what))

    return Flaw(act, what)
