"""Results outside specification of a batch, each followed to its conclusion."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from domain.batch.batch import OosState
from domain.batch.deviations.deviation import only_about
from domain.batch.holds.hold import OpenedResult
from domain.batch.results.oos import LaboratoryCause, OosInvestigation, OosLaboratoryPhase, OosOwnLaboratoryPhase
from domain.batch.results.oos_review import (
    DiscountConfirmation,
    InvalidationReview,
    RawDataComparison,
    barred_from_seconding,
)
from domain.core.forms import Form
from workflows.core.case import Case
from workflows.core.tasks import Answered

F = TypeVar("F", bound=Form)


class Results:
    """SOP-13, results: phase I is the laboratory's, phase II the sponsor's; nothing is invalidated unseen.

    FDA guidance on investigating out-of-specification results; 21 CFR 211.192; domain specification, section 8.
    """

    def __init__(self, case: Case, *, is_concluded: Callable[[], bool]) -> None:
        """`is_concluded`: whether the batch is rejected, so that nobody discounts a result any more."""
        self._case = case
        self._is_concluded = is_concluded
        self._followed: set[str] = set()

    def opened(self, results: Iterable[OpenedResult]) -> None:
        """Follow the results that the program has opened."""
        for each in results:
            self.begin(each.oos_id, each.about, state=each.state, own=each.own_laboratory)

    def begin(self, number: str, about: str, *, state: OosState, own: bool) -> None:
        """Follow a result beside the procedure, once, from where it stands."""
        if number not in self._followed:
            self._followed.add(number)
            self._case.meanwhile(self.follow(number, about, state=state, own=own))

    async def follow(
        self, number: str, about: str, *, state: OosState = OosState.LABORATORY, own: bool = False
    ) -> None:
        """From where it stands to its conclusion."""
        if state is OosState.LABORATORY:
            state = await self._in_laboratory(number, about, own=own)
        elif state is OosState.INVALIDATION_PROPOSED:
            state = await self._seen(number, about, LaboratoryCause.TRANSCRIPTION)
        if state is OosState.INVALIDATED:
            return
        await self._investigated(number, about, is_proposed=state is OosState.DISCOUNT_PROPOSED)

    async def _in_laboratory(self, number: str, about: str, *, own: bool) -> OosState:
        """1: a cause in the laboratory is put before the sponsor."""
        form = OosOwnLaboratoryPhase if own else OosLaboratoryPhase
        laboratory: Answered[OosLaboratoryPhase] = await self._ask(form, number, about)
        state = OosState(str(laboratory.effect["state"]))
        if state is OosState.INVALIDATION_PROPOSED:
            return await self._seen(number, about, laboratory.form.cause)
        return state

    async def _seen(self, number: str, about: str, cause: LaboratoryCause | None) -> OosState:
        """2: what was a matter of writing is read by two."""
        first: Iterable[str] = ()
        if cause is LaboratoryCause.TRANSCRIPTION:
            compared = await self._ask(RawDataComparison, number, about)
            if not compared.form.agrees:
                return OosState.INVESTIGATION
            first = compared.by.persons
        review = await self._ask(InvalidationReview, number, about, barred_from_seconding(first))
        return OosState(str(review.effect["state"]))

    async def _investigated(self, number: str, about: str, *, is_proposed: bool) -> None:
        """3: the sponsor's quality unit concludes; that a result does not count is for two of it to say."""
        if not is_proposed:
            investigation = await self._ask(OosInvestigation, number, about)
            if not investigation.effect["again"]:
                return
            is_proposed = investigation.effect.get("state") == OosState.DISCOUNT_PROPOSED
        while True:
            if is_proposed:
                asking = self._ask(DiscountConfirmation, number, about)
                second = await self._case.ask_unless(self._is_concluded, asking)
                if second is None or second.form.agrees:
                    return
            again = await self._case.ask_unless(self._is_concluded, self._ask(OosInvestigation, number, about))
            if again is None or not again.effect["again"]:
                return
            is_proposed = again.effect.get("state") == OosState.DISCOUNT_PROPOSED

    async def _ask(self, form: type[F], number: str, about: str, barred: dict[str, str] | None = None) -> Answered[F]:
        same, prefill = only_about("oos_id", number), {"oos_id": number}
        return await self._case.ask(form, check=same, prefill=prefill, about=about, barred=barred or {})
