"""What the authority does with the certificate of a site before its day."""

from datetime import timedelta
from typing import Any

from records.site.tables import CertificateRow
from tests.one_flaw.flaws import Flaw
from tests.one_flaw.places import Place
from tests.one_flaw.telling import Telling
from tests.records.stopping import restores, stops


def stopped(
    place: Place,
    act: str = "WITHDRAWN",
    *,
    since: str | None = None,
    lifted: bool = False,
    of: str | None = None,
    paper: str | None = None,
) -> Flaw:
    """The authority has suspended or withdrawn it, from today or from the day before a batch was begun there.

    `of` another type than a GMP certificate; `paper` for another one that it has shown.
    """

    async def act_(told: Telling) -> None:
        given: dict[str, Any] = {"act": act}
        if of is not None:
            async with told.seeded.database.writing() as session:
                (await session.get_one(CertificateRow, await _of(told, place, paper))).type = of
        if since is not None:
            given["since"] = (told.made(since)[0] - timedelta(days=1)).date().isoformat()
        await stops(told.seeded, "ines", await _of(told, place, paper), at=told.at, **given)
        if lifted:
            await restores(
                told.seeded, "priya", await _of(told, place, paper), at=told.at, evidence=[await told.uploads("ines")]
            )

    return Flaw(act_)


async def _of(told: Telling, place: Place, paper: str | None) -> str:
    rows = [row for row in await told.seeded.rows(CertificateRow) if row.site_id == place.site_id]
    rows = [row for row in rows if (row.type == paper if paper else row.type != "FDA_REGISTRATION")]
    return rows[-1].certificate_id
