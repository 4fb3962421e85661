"""Flaws of the first step: what a maker has certified for a market, on which who only checks relies."""

from datetime import timedelta
from typing import Any

from domain.release.certification_abroad import AbroadWithdrawal, CertificationAbroad
from records.agreement.tables import AgreementRow
from records.batch.tables.batches import BatchRow
from records.installation.supplementing import shipped_policy
from records.site.tables import CertificateRow
from tests.domain.filling import filled
from tests.one_flaw.abroad import ITS_MIA
from tests.one_flaw.flaws import Flaw, both
from tests.one_flaw.licences import also, ended, its_paper, shows_an_authorisation
from tests.one_flaw.places import PAKKAUS
from tests.one_flaw.telling import FIRST_STEP, SWISS, WHOLESALE, Telling
from tests.records.appointing import HOLDER, LICENCE, a_site_beside, appointed
from tests.records.declaring import signs
from tests.records.importing import a_maker_certifies, is_reviewed
from tests.records.release.test_tranches import seen

ANEW = "MBC-77"
_ROLES = {"GB": ("ruth", "RP_IMPORT", WHOLESALE), "CH": ("anna", "FVP", SWISS)}


def certified_anew(what: str, market: str, *, accepted: bool | None = True, by: str = "petra", **said: Any) -> Flaw:
    """The packer has certified its pack for a market once more; another person accepts that, or nobody looks at it."""

    async def act(told: Telling) -> None:
        maker = {"site_id": PAKKAUS.site_id, "activity": PAKKAUS.activity.value, "authorisation": ITS_MIA}
        form: dict[str, Any] = {"sites": [maker]}
        form |= {"importing_country": market, "signed_as": "QUALIFIED_PERSON", "signed_under": ITS_MIA}
        form |= {"document": await told.uploads(PAKKAUS.quality), **said}
        case_id = told.batch(what).case_id
        await a_maker_certifies(told.seeded, ANEW, case_id, at=told.at, by=PAKKAUS.quality, **form)
        if accepted is not None:
            await is_reviewed(told.seeded, ANEW, at=told.at, by=by, accept=accepted)
        told.passes(minutes=1)

    return Flaw(act)


def given_on_an_ended_authorisation(what: str, market: str) -> Flaw:
    """The packer has certified it on an authorisation that had ended the day before."""

    async def act(told: Telling) -> None:
        await shows_an_authorisation(told, PAKKAUS, "CERT-977", "FI-MIA-977")

    return both(
        Flaw(act), its_paper(valid_to=timedelta(days=-1)), certified_anew(what, market, signed_under="FI-MIA-977")
    )


def certified_abroad(
    what: str, market: str, *shares: str, under: str = "EU", withdrawn: bool = False, **said: Any
) -> Flaw:
    """The sponsor's qualified person of the Union certifies it for a market that checks it, all or in these shares."""

    async def act(told: Telling) -> None:
        batch, row = told.batch(what), shipped_policy().market_rule(under)
        assert row is not None
        made = (await told.seeded.row(BatchRow, batch.case_id)).quantity
        for number, share in enumerate(shares or (str(made),), 1):
            known: dict[str, Any] = {"batch_id": batch.case_id, "market": market, "under": under, "decision": "RELEASE"}
            known |= {"quantity": share, "statement": row.statement, "authorisation": LICENCE["number"]}
            known |= {"location": {"country": "DE", "shown_by": "Office network"}, "audits_known": True}
            known |= {"gates_seen": await seen(told.batch(what), market), **said}
            form, actor = filled(CertificationAbroad, known), await told.seeded.actor("quentin", at=told.at)
            await signs(told.seeded, actor, "certification_abroad.certify", f"QPC-{number}", form, at=told.at)
            told.passes(minutes=1)
        if withdrawn:
            withdrawal, actor = filled(AbroadWithdrawal, {}), await told.seeded.actor("hana", at=told.at)
            await signs(told.seeded, actor, "certification_abroad.withdraw", "QPC-1", withdrawal, at=told.at)
            told.passes(minutes=1)

    return Flaw(act)


def turned_down(market: str) -> Flaw:
    """It comes out that what was accepted is not so: it does not count."""

    async def act(told: Telling) -> None:
        await is_reviewed(told.seeded, FIRST_STEP[market], at=told.at, by="petra", accept=False)
        told.passes(minutes=1)

    return Flaw(act)


def named_anew(market: str, **given: Any) -> Flaw:
    """The appointment of who checks for a market has ended, and there is another one, with something else in it."""
    user, role, number = _ROLES[market]
    licence = {"number": number, "site_id": None, **given.pop("licence", {})}
    known = {"markets": [market], **given, "user": user, "role": role, "licence": licence}
    return both(ended(f"APT-{market}-1"), also(**known))


def by_an_agent(*, of: str = HOLDER, lapsed: bool = False) -> Flaw:
    """Who is responsible for Switzerland is on the licence of an agent there, by an agreement with the agent's site."""

    async def act(told: Telling) -> None:
        agreement = next(row for row in await told.seeded.rows(AgreementRow) if row.effective_from is not None)
        today = told.at.date()
        known = {"qta_id": "QTA-977", "site_id": "ZZ-01", "scope_id": "SC-977", "effective_from": today - timedelta(99)}
        known["lapses_on"] = today + timedelta(-1 if lapsed else 99)
        site_id = await a_site_beside(told.seeded, "CH")
        async with told.seeded.database.writing() as session:
            session.add(AgreementRow(**{**agreement.model_dump(), **known}))
        licence = {"holder": "Aurelia Pharma AG", "site_id": site_id}
        await named_anew("CH", licence=licence, acts_for={"holder": of, "agreement": "QTA-977"}).act(told)

    return Flaw(act)


def on_a_wholesale_licence(country: str = "GB") -> Flaw:
    """Who checks for Great Britain is named on a licence that a wholesaler in that country has shown."""

    async def act(told: Telling) -> None:
        await shows_an_authorisation(told, PAKKAUS, "CERT-977", "UK WDA(H) 977", "WDA")
        wholesaler = await a_site_beside(told.seeded, country)
        async with told.seeded.database.writing() as session:
            (await session.get_one(CertificateRow, "CERT-977")).site_id = wholesaler
        licence = {"site_id": wholesaler, "number": "UK WDA(H) 977", "certificate_id": "CERT-977"}
        await appointed(told.seeded, "ruth", "RP_IMPORT", "APT-7", at=told.at, licence=licence, markets=["GB"])

    return both(ended("APT-GB-1"), Flaw(act))
