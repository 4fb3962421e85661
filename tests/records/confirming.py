"""Confirmations of parts of the manufacture, as their routes write them."""

from datetime import datetime
from typing import Any

from domain.core.entry import Written
from domain.release.part_confirmation import PartConfirmationWithdrawal, PartManufactureConfirmation
from tests.domain.filling import filled
from tests.records.declaring import signs
from tests.records.seeded import Seeded

PMC = "PMC-77"


async def confirms(seeded: Seeded, by: str, number: str = PMC, *, at: datetime, **given: Any) -> Written:
    """A qualified person of a site confirms what was done of a batch."""
    form, actor = filled(PartManufactureConfirmation, given), await seeded.actor(by, at=at)
    return await signs(seeded, actor, "part_confirmation.confirm", number, form, at=at)


async def withdraws(seeded: Seeded, by: str, number: str = PMC, *, at: datetime, **given: Any) -> Written:
    """A confirmation is withdrawn."""
    form, actor = filled(PartConfirmationWithdrawal, given), await seeded.actor(by, at=at)
    return await signs(seeded, actor, "part_confirmation.withdraw", number, form, at=at)
