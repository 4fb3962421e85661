"""The delivery of a part of a batch."""

from functools import partial
from typing import TypeVar

from temporalio import workflow

from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.core.forms import Form
from domain.delivery.forms import SHIPMENT_FORMS
from domain.delivery.receipt import GoodsDisposal, ShipmentReceipt, Unblocking
from domain.delivery.shipment import ShipmentCancellation, ShipmentDispatch, ShipmentOrder, ShipmentStage
from domain.delivery.transport import TransportAssessment, TransportRecord
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing

F = TypeVar("F", bound=Form)


@workflow.defn
class BatchDelivery:
    """SOP-16: from the order of a delivery to goods that may be used, or were taken away.

    EU GDP (2013/C 343/01), chapters 5, 6, 7 and 9; domain specification, section 8, gate G12.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.request = ShipmentOrder.stored(order.request)
        self.case = Case(order, SHIPMENT_FORMS + COMMON_FORMS, stage=ShipmentStage.ORDERED)
        self.left = False
        self.blocked = False

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(ShipmentCancellation, ends=Closing.at(ShipmentStage.CANCELLED))
        if not await self._dispatched():  # 1
            return Closing.at(ShipmentStage.CANCELLED)
        received = await self._received()  # 2
        if received.effect["transport_record"]:
            await self._recorded()  # 3
        await self._settled(quarantined=bool(received.effect["quarantined"]))  # 4
        return Closing.at(ShipmentStage.CLOSED)

    # ------------------------------------------------------------------ 1 dispatch

    async def _dispatched(self) -> bool:
        """It has left; or nothing may leave any more, and somebody says that it did not leave before."""
        while not self.left:
            known = self.case.changes()
            dispatch = self.case.ask(ShipmentDispatch, about=self.request.destination.name)
            if await self.case.ask_unless(partial(self._has_changed, known), dispatch) is not None:
                self.left = True
            elif not await self._goes_on():
                return False
        self.case.retract(ShipmentCancellation, ShipmentDispatch)
        self.case.stage(ShipmentStage.IN_TRANSIT)
        return True

    def _has_changed(self, known: int) -> bool:
        return self.case.changes() > known

    async def _goes_on(self) -> bool:
        """Whether it may still leave, or had left before nothing of it might leave any more."""
        because = (await self.case.establish("shipment.stopped"))["because"]
        if not isinstance(because, list) or not because:
            return True
        about = ", ".join(map(str, because))
        self.case.stage(ShipmentStage.STOPPED)
        self.case.retract(ShipmentCancellation)
        self.case.offer(ShipmentDispatch, self._note_left)
        return await self.case.ask_unless(lambda: self.left, self.case.ask(ShipmentCancellation, about=about)) is None

    def _note_left(self, _: Answered[ShipmentDispatch]) -> None:
        self.left = True

    # ------------------------------------------------------------------ 2 receipt

    async def _received(self) -> Answered[ShipmentReceipt]:
        received = await self.case.ask(ShipmentReceipt, about=self.request.destination.name)
        self._note_blocked(received)
        self.case.stage(ShipmentStage.RECEIVED)
        return received

    # ------------------------------------------------------------------ 3 transport

    async def _recorded(self) -> None:
        record = await self.case.ask(TransportRecord)
        if not record.effect["within_limits"]:
            self.case.stage(ShipmentStage.ASSESSMENT)
            barred = dict.fromkeys(sorted(record.by.persons), "S1")
            self._note_blocked(await self.case.ask(TransportAssessment, barred=barred))

    # ------------------------------------------------------------------ 4 goods that must not go to the market

    async def _settled(self, *, quarantined: bool) -> None:
        """Blocked goods stay so until their market is released, or until they are taken away."""
        if self.blocked:
            self.case.stage(ShipmentStage.BLOCKED)
        if quarantined:
            await self._unblocked()
        while self.blocked:
            self._note_blocked(await self.case.ask(GoodsDisposal))

    async def _unblocked(self) -> None:
        self.case.offer(GoodsDisposal, self._note_blocked)
        unblocking = await self.case.ask_unless(lambda: not self.blocked, self.case.ask(Unblocking))
        if unblocking is not None:
            self._note_blocked(unblocking)
        self.case.retract(GoodsDisposal)

    def _note_blocked(self, answered: Answered[F]) -> None:
        self.blocked = bool(answered.effect["blocked"])
