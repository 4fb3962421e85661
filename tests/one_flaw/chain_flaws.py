"""The flaws of the table, as they are put into chains of any shape."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.one_flaw.flaws import (
    MADE_AT,
    PLACES,
    Flaw,
    audited,
    deviates,
    does,
    expired,
    fails,
    held,
    listed,
    reported,
    run_by_newer_parameters,
)
from tests.one_flaw.goods import TOO_WARM, lasted_until, shipped
from tests.one_flaw.older import once_replaced
from tests.one_flaw.shapes import Case, Shape
from tests.one_flaw.telling import Telling

STEP = timedelta(days=3)
"""From one layer of a chain to the next."""
OF_BATCHES: Mapping[str, Callable[[str], Flaw]] = {
    "a major deviation": deviates,
    "a critical deviation": lambda at: deviates(at, "CRITICAL"),
    "a minor deviation": lambda at: deviates(at, "MINOR"),
    "a result outside its specification": fails,
    "a result outside its trend": lambda at: fails(at, kind="OOT", result="0.14"),
    "a result that nobody has investigated": lambda at: once_replaced(at, "0.27", "0.12"),
    "a change that was never notified": lambda at: does(at, MADE_AT[at].quality, "change", change_id="CC-9"),
    "held": lambda at: held(at, "LEGAL"),
    "its release taken back": lambda at: does(at, "hana", "withdraw-release", markets=["EU"], grounds=["SAFETY"]),
    "its lot recalled": lambda at: reported(MADE_AT[at], "RECALL", lots=[at.lower().replace(" ", "-")]),
    "too warm on its way": lambda at: shipped(at, *TOO_WARM),
    "other parameters were effective": run_by_newer_parameters,
}


def _happened(at: str) -> Flaw:
    async def act(told: Telling) -> None:
        detected = told.world.begun + timedelta(minutes=10)
        await reported(PLACES[at], "CYBER_INCIDENT", lots=[], detected_at=detected.isoformat()).act(told)

    return Flaw(act)


_RELEASE: dict[str, Any] = {"suspension_scope": "NEW_ORDERS_AND_RELEASE"}
_ORDERS: dict[str, Any] = {"suspension_scope": "NEW_ORDERS"}
_NEVER: dict[str, Any] = {"next_audit_due": None, "last_audit_day": None}
AT_SITES: Mapping[str, Callable[[str], Flaw]] = {
    "suspended with release": lambda at: listed(PLACES[at], "SUSPENDED", **_RELEASE),
    "disqualified": lambda at: listed(PLACES[at], "DISQUALIFIED"),
    "never audited": lambda at: listed(PLACES[at], "APPROVED", **_NEVER),
    "its certificate has ended": lambda at: expired(PLACES[at]),
    "a critical finding": lambda at: audited(PLACES[at], "CRITICAL", recommendation="UNACCEPTABLE"),
    "under an import alert": lambda at: reported(PLACES[at], "IMPORT_ALERT"),
    "an event that nobody has decided on": _happened,
    "suspended from new orders": lambda at: listed(PLACES[at], "SUSPENDED", **_ORDERS),
    "on probation": lambda at: listed(PLACES[at], "PROBATION"),
}


def flaw_of(case: Case, shape: Shape) -> Flaw:
    """The flaw of the table that a case names. It lies later than the chain."""
    at = case.at
    if at in PLACES:
        return AT_SITES[case.kind](at)
    since = len(shape.layers) - 1 - shape.layer_of(at)
    if case.kind == "used after its last day":
        return lasted_until(at, days=-1 - (since - 1) * STEP.days)
    return OF_BATCHES[case.kind](at)
