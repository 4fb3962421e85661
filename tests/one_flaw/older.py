"""What an earlier version of the program had let pass: recorded as that version has recorded it."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from domain.core.forms import Form
from domain.processes import form_of
from records.batch.tables.batches import BatchRow
from tests.domain.filling import filled
from tests.one_flaw.flaws import DEVIATION, MADE_AT, Flaw
from tests.one_flaw.past import IMPURITY
from tests.one_flaw.telling import Telling


def once_accepted(what: str, **said: Any) -> Flaw:
    """A deviation was accepted with words that are no ground today."""

    async def act(told: Telling) -> None:
        await recorded(told, what, "accept-deviation", {**DEVIATION, **said}, {})

    return Flaw(act)


def once_replaced(what: str, result: str, right: str) -> Flaw:
    """A certificate with a failing result was replaced by another one, and nobody has asked why."""

    async def act(told: Telling) -> None:
        user = MADE_AT[what].quality
        for number, value, verdict in ((901, result, "F"), (902, right, "P")):
            given = {
                "number": f"COA-{number}",
                "results": [{"test": IMPURITY, "result": value, "unit": "%"}],
                "document": await told.uploads(user),
                "issued_on": told.at.date().isoformat(),
            }
            effect: dict[str, JsonValue] = {"judged": {"1": {"verdicts": verdict, "reasons": {}}}, "confirmed": True}
            await recorded(told, what, "coa", given, effect, version=number)

    return Flaw(act)


def once_of(strengths: Mapping[str, str]) -> Flaw:
    """Batches were registered, each with a strength, when nobody compared them."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            for what, strength in strengths.items():
                (await session.get_one(BatchRow, told.world.batches[what])).strength = strength

    return Flaw(act)


def once_packed(what: str, *marks: str, known: bool = True) -> Flaw:
    """A batch was registered in a pack that the market does not take today, or before anybody asked for its pack."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            row = await session.get_one(BatchRow, told.world.batches[what])
            row.pack = {"description": "30 tablets in blisters", "code": None, "marks": [*marks]} if known else None

    return Flaw(act)


async def recorded(
    told: Telling, what: str, action: str, given: dict[str, Any], effect: dict[str, JsonValue], *, version: int = 1
) -> None:
    """A form, as it would have been recorded had it not been refused."""
    batch = told.batch(what)
    form: Form = filled(form_of(batch.process, action), given)
    record: dict[str, JsonValue] = {"form": form.model_dump(mode="json"), "sha256": "0" * 64, "version": version}
    (name,) = form.action.event_types()
    await told.seeded.write(name, batch.case_id, {**record, "effect": effect}, at=told.at)
