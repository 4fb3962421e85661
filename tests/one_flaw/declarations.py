"""What qualified persons declare on the GMP of the makers of a substance, and take back."""

from datetime import timedelta
from typing import Any

from tests.one_flaw.flaws import Flaw, audited, both
from tests.one_flaw.places import Place
from tests.one_flaw.telling import Telling
from tests.records.declaring import declares, takes_back

NUMBER = "QPD-77"


def declared(place: Place, *, for_days: int = 300, audit: Flaw | None = None, **given: Any) -> Flaw:
    """A site is audited, and a qualified person declares on it."""

    async def act(told: Telling) -> None:
        until = (told.at + timedelta(days=for_days)).date().isoformat()
        covers = {told.world.scopes[place.site_id]: told.notes["audit"]}
        form = {"substance": place.product, "valid_until": until, **given}
        await declares(told.seeded, "quentin", NUMBER, covers, at=told.at, **form)

    return both(audit or audited(place), Flaw(act))


def taken_back(by: str = "hana") -> Flaw:
    """The declaration is withdrawn."""

    async def act(told: Telling) -> None:
        await takes_back(told.seeded, by, NUMBER, at=told.at)

    return Flaw(act)
