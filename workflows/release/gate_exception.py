"""Exceptions that an authority permits: of gates in an emergency shortage, and supplies of what is not certified."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import JsonValue

from domain.batch.deviations.deviation import only_about
from domain.release.gate_exception import (
    ExceptionRegulatorySignature,
    ExceptionRequest,
    ExceptionSignature,
    OnException,
    barred_from_excusing,
)
from domain.release.supply_exception import SIGNATURES, SupplyProposal, SupplyWithdrawal
from workflows.core.case import Case
from workflows.core.tasks import Answered


class GateExceptions:
    """SOP-12, exceptions: asked for by one, signed by others one after the other. Who declines ends it.

    Domain specification, sections 10 and 16. What is granted of a gate is evaluated with the gates, in the transaction
    that signs; a supply under exception leaves the gates closed.
    """

    def __init__(self, case: Case, *, reviewers: Callable[[], Iterable[str]], supplied: Callable[[], None]) -> None:
        """`reviewers` are those who sign no supply (S5). `supplied` is called once goods may leave under one."""
        self._case = case
        self._reviewers = reviewers
        self._supplied = supplied
        self._waiting: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """From here on exceptions may be asked for, and supplies under them stopped."""
        self._case.offer(ExceptionRequest, self._requested)
        self._case.offer(SupplyProposal, self._proposed)
        self._case.offer(SupplyWithdrawal)

    def end(self) -> None:
        """Everything is decided: nothing is requested any more, and what waits for signatures is no longer needed.

        A supply can be stopped as long as the case goes on.
        """
        self._case.retract(ExceptionRequest, SupplyProposal)
        for task in self._waiting:
            task.cancel()

    def _requested(self, request: Answered[ExceptionRequest]) -> None:
        about = f"{request.form.gate} for {request.form.market}: {request.form.justification}"
        prefill: dict[str, JsonValue] = {"exception_id": request.effect["exception_id"], "request": request.as_read}
        signatures = (ExceptionSignature, ExceptionRegulatorySignature)
        self._begins(request.by.persons, prefill, about, signatures, {})

    def _proposed(self, proposal: Answered[SupplyProposal]) -> None:
        form = proposal.form
        about = f"{form.quantity} for {form.market} until {form.until}: {form.reason}"
        prefill: dict[str, JsonValue] = {
            "exception_id": proposal.effect["exception_id"],
            "request": proposal.as_read,
            "market": form.market,
        }
        self._begins(proposal.by.persons, prefill, about, SIGNATURES, dict.fromkeys(sorted(self._reviewers()), "S5"))

    def _begins(
        self,
        asked_by: frozenset[str],
        prefill: dict[str, JsonValue],
        about: str,
        signatures: Sequence[type[OnException]],
        concerned: Mapping[str, str],
    ) -> None:
        signing = self._signed(asked_by, prefill, about, signatures, concerned)
        self._waiting.append(self._case.meanwhile(signing, must_end=False))

    async def _signed(
        self,
        asked_by: frozenset[str],
        prefill: dict[str, JsonValue],
        about: str,
        signatures: Sequence[type[OnException]],
        concerned: Mapping[str, str],
    ) -> None:
        """One after the other, each another person than all before."""
        hands, same = [asked_by], only_about("exception_id", str(prefill["exception_id"]))
        for form in signatures:
            barred = {**concerned, **barred_from_excusing(*hands)}
            answered = await self._case.ask(form, prefill=prefill, about=about, barred=barred, check=same)
            if not answered.form.approve:
                return
            hands.append(answered.by.persons)
            if answered.effect.get("reviewed"):  # what an older version has granted says nothing of it
                self._supplied()
