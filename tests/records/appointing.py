"""People are put on licences, as the routes do it: one proposes, another approves."""

from datetime import datetime, timedelta
from typing import Any

from domain.appointment.appointment import AppointmentApproval, AppointmentEnd, AppointmentProposal
from domain.core.entry import Written
from domain.core.people import NAMED_BY_ROWS
from records.appointment.tables import AppointmentRow
from records.core.tables.master_data import SiteRow
from records.installation.supplementing import shipped_policy
from tests.domain.filling import filled
from tests.records.declaring import signs
from tests.records.seeded import START, Seeded

LICENCE: dict[str, Any] = {
    "kind": "MIA",
    "number": "DE_RP_01_MIA_2023_0042",
    "holder": "Veldmark Fine Chemistry",
    "site_id": "VM-02",
}
HOLDER = "Arlivan Therapeutics GmbH"
"""Who holds what is authorised in tests of the records."""
EVERYWHERE = [row.market for row in shipped_policy().markets]
"""Every market with a row, for tests of other things."""


async def proposes(
    seeded: Seeded, user: str, number: str = "APT-7", *, by: str = "rosa", at: datetime = START, **given: Any
) -> Written:
    """An appointment of a person is proposed."""
    known = {
        "person": seeded.result.person(user),
        "licence": LICENCE,
        "markets": EVERYWHERE,
        "valid_from": (START - timedelta(days=365)).date(),
    }
    form = filled(AppointmentProposal, {**known, **given})
    return await signs(seeded, await seeded.actor(by, at=at), "appointment.propose", number, form, at=at)


async def decides_on(
    seeded: Seeded, number: str = "APT-7", *, by: str = "hana", at: datetime = START, **given: Any
) -> Written:
    """What was proposed is approved, or sent back."""
    row = await seeded.row(AppointmentRow, number)
    form = filled(AppointmentApproval, {"appointment": {"version": 1, "sha256": row.sha256}, **given})
    return await signs(seeded, await seeded.actor(by, at=at), "appointment.approve", number, form, at=at)


async def appointed(seeded: Seeded, user: str, role: str, number: str = "APT-7", **given: Any) -> None:
    """A person is named on a licence: rosa has proposed it and hana has approved it, or others where it is of them.

    Who releases as a market's own person is on a licence of no site on record, where nothing else is said.
    """
    kind = {"RP_IMPORT": "WDA", "QCU_RELEASER": "APPOINTMENT"}.get(role, "MIA")
    elsewhere = {"site_id": None, "holder": HOLDER} if role in NAMED_BY_ROWS else {}
    licence = {**LICENCE, "kind": kind, **elsewhere, **given.pop("licence", {})}
    proposer, approver = ("ines" if user == "rosa" else "rosa"), ("priya" if user == "hana" else "hana")
    at = given.pop("at", START)
    await proposes(seeded, user, number, by=proposer, at=at, role=role, licence=licence, **given)
    await decides_on(seeded, number, by=approver, at=at)


async def a_site_beside(seeded: Seeded, country: str, site_id: str = "ZZ-01") -> str:
    """Another site like the plant of Veldmark is on record, in another country. Returns its id."""
    async with seeded.database.writing() as session:
        known = (await session.get_one(SiteRow, "VM-02")).model_dump()
        session.add(SiteRow(**{**known, "site_id": site_id, "country": country}))
    return site_id


async def ends(
    seeded: Seeded, number: str = "APT-7", *, by: str = "ines", at: datetime = START, **given: Any
) -> Written:
    """An appointment is ended, from the same day on where nothing else is said."""
    form = filled(AppointmentEnd, {"ended_from": at.date(), **given})
    actor = await seeded.actor(by, at=at)
    return await signs(seeded, actor, "appointment.end", number, form, at=at)
