"""Official batch releases, as their routes write them."""

from typing import Any

from domain.core.entry import Written
from domain.delivery.official_release import OfficialReleaseCheck, OfficialReleaseEntry, OfficialReleaseWithdrawal
from records.core.checks.proposals import version_of
from records.delivery.tables import OfficialReleaseRow
from tests.domain.filling import filled
from tests.records.declaring import signs
from tests.records.qualifying import Qualifying

OBR = "OBR-B-1-EU"


async def enters(batch: Qualifying, by: str = "rosa", record: str = OBR, **changes: Any) -> Written:
    seeded, actor = batch.seeded, await batch.seeded.actor(by, at=batch.at)
    document = changes.pop("document", None) or await seeded.upload(by=actor)
    usual = {"batch_id": batch.case_id, "dated": batch.at.date().isoformat(), "document": document}
    form = filled(OfficialReleaseEntry, {**usual, **changes})
    return await signs(seeded, actor, "official_release.enter", record, form, at=batch.at, version=1)


async def checks(batch: Qualifying, by: str = "hana", record: str = OBR, **changes: Any) -> Written:
    row = await batch.seeded.row(OfficialReleaseRow, record)
    form = filled(OfficialReleaseCheck, {"entry": version_of(row).model_dump(), **changes})
    actor = await batch.seeded.actor(by, at=batch.at)
    return await signs(batch.seeded, actor, "official_release.check", record, form, at=batch.at, version=1)


async def takes_back(batch: Qualifying, by: str = "rosa", record: str = OBR, **changes: Any) -> Written:
    form, actor = filled(OfficialReleaseWithdrawal, changes), await batch.seeded.actor(by, at=batch.at)
    return await signs(batch.seeded, actor, "official_release.withdraw", record, form, at=batch.at)
