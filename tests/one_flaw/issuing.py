"""Whose authority has issued what a site shows, and what the policy recognises of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from domain.policy.change import POLICY, PolicyChange
from records.core.tables.master_data import PolicyRow
from records.site.tables import CertificateRow
from tests.one_flaw.flaws import Flaw
from tests.one_flaw.past import a_qualification, shows_a_certificate
from tests.one_flaw.places import Place
from tests.one_flaw.telling import Telling
from tests.records.declaring import signs

Amendment = Callable[[Telling, dict[str, Any]], dict[str, Any]]


def issued(place: Place, country: str | None) -> Flaw:
    """The certificate of a site is followed by one that the authority of another country has issued."""

    async def act(told: Telling) -> None:
        scope_id, supplier_id = told.world.scopes[place.site_id], told.world.suppliers[place.site_id]
        case = await a_qualification(told.seeded, place, scope_id, supplier_id, told.at)
        await shows_a_certificate(case, place, (told.at + timedelta(days=900)).date(), issued_by=country)

    return Flaw(act)


def entered_before(place: Place) -> Flaw:
    """The certificate of a site was entered when nobody asked who has issued it."""

    async def act(told: Telling) -> None:
        rows = [row for row in await told.seeded.rows(CertificateRow) if row.site_id == place.site_id]
        rows = [row for row in rows if row.type == "GMP_CERT"]
        async with told.seeded.database.writing() as session:
            (await session.get_one(CertificateRow, rows[-1].certificate_id)).issued_by = None

    return Flaw(act)


def under_policy(change: Amendment) -> Flaw:
    """Another version of the policy is in force from now on."""

    async def act(told: Telling) -> None:
        newest = max(await told.seeded.rows(PolicyRow), key=lambda row: row.version)
        form = PolicyChange.model_validate(
            {"policy": {**newest.body, **change(told, newest.body)}, "reason": "As signed."}
        )
        hana = await told.seeded.actor("hana", at=told.at)
        await signs(told.seeded, hana, "policy.change-policy", POLICY, form, at=told.at, version=newest.version + 1)

    return Flaw(act)


def asked(market: str, **row: Any) -> Flaw:
    """The row of a market asks for the papers of sites otherwise."""

    def change(_: Telling, body: dict[str, Any]) -> dict[str, Any]:
        return {
            "markets": [
                {**each, "papers": [{**paper, **row} for paper in each["papers"]]} if each["market"] == market else each
                for each in body["markets"]
            ]
        }

    return under_policy(change)


def recognised(importer: str, partner: str, *, starts: int | None = None, ends: int | None = None, **row: Any) -> Flaw:
    """The row on a partner says something else; its days are counted from today."""

    def change(told: Telling, body: dict[str, Any]) -> dict[str, Any]:
        days = {"first_day": starts, "last_day": ends}
        again = {
            name: (told.at + timedelta(days=count)).date().isoformat()
            for name, count in days.items()
            if count is not None
        }
        rows = [
            {**each, **row, **again} if (each["importer"], each["partner"]) == (importer, partner) else each
            for each in body["mra"]
        ]
        return {"mra": rows}

    return under_policy(change)
