"""Exceptions of gates in an emergency shortage."""

import asyncio

from pydantic import JsonValue

from domain.batch.deviations.deviation import only_about
from domain.release.gate_exception import (
    ExceptionRegulatorySignature,
    ExceptionRequest,
    ExceptionSignature,
    barred_from_excusing,
)
from workflows.core.case import Case
from workflows.core.tasks import Answered


class GateExceptions:
    """SOP-12, exceptions: requested by the head of quality, signed by the qualified person and regulatory affairs.

    Domain specification, section 10. What is granted is evaluated with the gates, in the transaction that signs.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._waiting: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """From here on exceptions may be requested."""
        self._case.offer(ExceptionRequest, self._requested)

    def end(self) -> None:
        """Everything is decided: nothing is requested any more, and what waits for signatures is no longer needed."""
        self._case.retract(ExceptionRequest)
        for task in self._waiting:
            task.cancel()

    def _requested(self, request: Answered[ExceptionRequest]) -> None:
        self._waiting.append(self._case.meanwhile(self._signed(request), must_end=False))

    async def _signed(self, request: Answered[ExceptionRequest]) -> None:
        """Who declines ends it."""
        prefill: dict[str, JsonValue] = {"exception_id": request.effect["exception_id"], "request": request.as_read}
        about = f"{request.form.gate} for {request.form.market}: {request.form.justification}"
        same = only_about("exception_id", str(request.effect["exception_id"]))
        barred = barred_from_excusing(request.by.persons)
        signature = await self._case.ask(ExceptionSignature, prefill=prefill, about=about, barred=barred, check=same)
        if signature.form.approve:
            barred = barred_from_excusing(request.by.persons, signature.by.persons)
            await self._case.ask(ExceptionRegulatorySignature, prefill=prefill, about=about, barred=barred, check=same)
