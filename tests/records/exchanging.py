"""Exchanges with the seeded site, taken step by step: the journal is real, the procedure is the test's own."""

from typing import Any

from domain.core.forms import Process
from domain.exchange.exchange import ExchangeRequest
from domain.exchange.parameters import Parameter, ParameterContent
from records.exchange.tables.exchanges import ExchangeRow
from tests.domain.filling import filled
from tests.records.making import CONTENT, TEMPERATURE
from tests.records.qualifying import Qualifying, a_case
from tests.records.seeded import START, Seeded

ITEM = {"kind": "QUESTION", "topic": "Hold time", "text": "How long may the intermediate be held?"}
REGISTERED = CONTENT.model_copy(update={"parameters": (TEMPERATURE.model_copy(update={"registered": True}),)})
SIGNATURES = (
    ("carla", "sign-parameters"),
    ("wen", "sign-parameters-for-site"),
    ("priya", "approve-parameters"),
    ("vito", "approve-parameters-for-site"),
)


async def exchange(seeded: Seeded, by: str = "carla", at: Any = START, **given: Any) -> Qualifying:
    """An exchange, requested."""
    body = filled(ExchangeRequest, given).model_dump(mode="json")
    return await a_case(seeded, Process.EXCHANGE, body, by=by, at=at)


async def row_of(tx: Qualifying) -> ExchangeRow:
    return await tx.seeded.row(ExchangeRow, tx.case_id)


async def opened(seeded: Seeded, items: int = 1, **given: Any) -> Qualifying:
    """An exchange with an open round."""
    tx = await exchange(seeded, **given)
    await tx.does("carla", "open-round", items=[ITEM] * items)
    return tx


async def judged(tx: Qualifying, *verdicts: str, then: str = "ANOTHER_ROUND") -> str:
    """The open round is answered and judged, item by item. Returns what comes next."""
    await tx.does("wen", "respond")
    numbers = [each["number"] for each in (await tx.asks("review"))["verdicts"]]
    given = [{"number": n, "verdict": v, "reason": "See above."} for n, v in zip(numbers, verdicts, strict=True)]
    round_ = (await row_of(tx)).round
    written = await tx.answers("carla", "review", {"round": round_, "verdicts": given, "then": then})
    return str(written.effect["next"])


async def settled(seeded: Seeded, **given: Any) -> Qualifying:
    """An exchange in which everything is agreed and nothing is signed."""
    tx = await opened(seeded, **given)
    await judged(tx, "AGREED", then="AGREEMENT")
    return tx


async def drafted(tx: Qualifying, content: ParameterContent = CONTENT) -> None:
    await tx.does("carla", "draft-parameters", **content.model_dump(mode="json"))


async def signed(tx: Qualifying, upto: int = 4) -> dict[str, Any]:
    """The first signatures are given; returns what followed from the last one."""
    effect: dict[str, Any] = {}
    for user, action in SIGNATURES[:upto]:
        effect = (await tx.does(user, action)).effect
    return effect


def with_parameter(**given: Any) -> ParameterContent:
    """The seeded parameters with another coupling temperature."""
    row = filled(Parameter, {**TEMPERATURE.model_dump(mode="json"), **given})
    return CONTENT.model_copy(update={"parameters": (row,)})
