"""Flaws of lots: an event names one, and is closed before or after a batch is made with it."""

from datetime import timedelta
from typing import Any

from domain.core.forms import Process
from domain.event.site_event import SiteEventReport
from tests.domain.filling import filled
from tests.one_flaw.flaws import Flaw
from tests.one_flaw.places import Place
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import BATCHES

RECORDED: dict[str, Any] = {"outcomes": ["RECORD"], "suspension": None}
RESCORED: dict[str, Any] = {"outcomes": ["REASSESS_RISK"], "suspension": None}


def lot(name: str, number: str, maker: str, **more: Any) -> dict[str, Any]:
    """What a start of manufacture says of its material."""
    return {"materials": [{"name": name, "lot": number, "manufacturer": maker, **more}]}


def meant(number: str, *, same: bool = True) -> dict[str, Any]:
    """Whether the event means a number of ours that is like one that it names."""
    return {"lot": number, "same": same, "reason": "The label was read again."}


def told_and_closed(
    place: Place,
    type_: str,
    *lots: str,
    cleared: str | None = None,
    before: str | None = None,
    severity: str = "CRITICAL",
    confirmed: bool = True,
    **more: Any,
) -> Flaw:
    """An event at a site names lots and is triaged, which may say of one that it is not concerned. Another confirms it.

    That is after the story, or `before` one of its batches is begun, which is then told again.
    """

    async def act(told: Telling) -> None:
        if before is not None:
            told.at = told.world.story(before)[0].at - timedelta(minutes=1)
        form = filled(SiteEventReport, {"type": type_, "event_id": f"{type_}-{told.at:%H%M%S}"})
        about: dict[str, Any] = {
            "site_id": place.site_id,
            "detected_at": told.at.isoformat(),
            "lots": [*lots],
            "evidence": [],
        }
        about |= {"severity": severity, "authority_outcome": None}
        event = await told.opens(Process.EVENT, {**form.model_dump(mode="json"), **about}, by="ines")
        said = RESCORED if type_ in ("RECALL", "DEVIATION") else RECORDED
        document = await told.uploads("ines")
        clears = {"lot": cleared, "event": None, "reason": "The maker has shown its seal.", "evidence": [document]}
        triaged = await event.does("ines", "triage", **{**said, "cleared": [clears] if cleared else [], **more})
        if "TO_CONFIRM" in triaged.effect:
            await event.does("hana", "confirm-clearing", confirm=confirmed)
        await event.closes("TRIAGED")
        for review in triaged.effect.get("REASSESS_RISK", []):  # type: ignore[union-attr]
            await told.case(str(review)).closes("REASSESSED")
        if before is not None:
            await told.goes_on(before, lambda entry: (entry,), only=BATCHES[BATCHES.index(before) :])

    return Flaw(act, before) if before is not None else Flaw(act)
