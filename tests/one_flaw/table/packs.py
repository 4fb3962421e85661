"""Packs that are not for the market (gate G13), and those that are (section 18)."""

from typing import Any

from tests.one_flaw.flaws import Flaw, both, said
from tests.one_flaw.older import once_packed
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, waits
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import BULK, EU_PACK, US_PACK
from tests.records.officially import checks, enters, takes_back


def pack(*marks: str) -> dict[str, Any]:
    return {"description": "28 tablets in blisters", "marks": [*marks]}


AT_REGISTRATION = (
    Row("a British pack is to be for the Union", "EU", said(EU_PACK, "request", pack=pack("UK_ONLY")),
        Barred("rule_broken", 'carries "UK Only", which no pack for EU does', "section 8, register")),
    Row("a British pack is to be for a state of the Union", "EU",
        said(EU_PACK, "request", markets=["FI"], pack=pack("UK_ONLY")),
        Barred("rule_broken", 'carries "UK Only", which no pack for EU does')),
    Row("a British pack is to be for a state of the EEA", "EU",
        said(EU_PACK, "request", markets=["NO"], pack=pack("UK_ONLY")),
        Barred("rule_broken", 'carries "UK Only", which no pack for EU does')),
    Row("a pack of the Union is to be for Great Britain", "EU",
        said(EU_PACK, "request", markets=["GB"], pack=pack("EU_SAFETY_FEATURES")),
        Barred("rule_broken", 'carries the safety features of the Union, which no pack for GB does; lacks "UK Only"')),
    Row("a pack without marks is to be for Northern Ireland", "EU",
        said(EU_PACK, "request", markets=["XI"], pack=pack()),
        Barred("rule_broken", 'lacks "UK Only", which every pack for XI carries')),
    Row("nobody says what the pack is", "EU", said(EU_PACK, "request", pack=None),
        Barred("rule_broken", "is required of a finished product")),
    Row("tablets in bulk have a pack", "EU", said(BULK, "request", pack=pack()),
        Barred("rule_broken", "is of what is packed for patients")),
)  # fmt: skip
AT_THE_DECISION = (
    Row("a British pack was registered for the Union when nobody compared it", "EU", once_packed(EU_PACK, "UK_ONLY"),
        Refused("G13", 'the pack of P-1001 (BAT-4) carries "UK Only", which no pack for EU does')),
    Row("the pack was registered when nobody asked for it", "EU", once_packed(EU_PACK, known=False),
        waits("G13", "it is not on record what P-1001 (BAT-4) is packed as", "G10")),
    Row("the pack for the States was registered when nobody asked for it", "US", once_packed(US_PACK, known=False),
        Judged("G10", "what it is packed as is not on record")),
    Row("a pack with the safety features of the Union", "EU",
        said(EU_PACK, "request", pack=pack("EU_SAFETY_FEATURES")), Released()),
    Row("a British pack that the States take as well", "US", said(US_PACK, "request", pack=pack("UK_ONLY")),
        Released()),
)  # fmt: skip


def official(*by: str, number: str = "PEI-1", of: str = EU_PACK, **said: Any) -> Flaw:
    """The certificate of an official laboratory is entered, and compared by whoever else is named."""

    async def act(told: Telling) -> None:
        first, *others = by
        batch = told.batch(of)
        given = {"document": await told.uploads(first), "market": "US" if of == US_PACK else "EU", **said}
        await enters(batch, first, f"OBR-{of.replace('_', '-')}", number=number, **given)
        for each in others:
            await checks(batch, each, f"OBR-{of.replace('_', '-')}")

    return Flaw(act)


def taken_back(by: str, of: str = EU_PACK) -> Flaw:
    """The certificate is entered by one person, compared by another, and taken back."""

    async def act(told: Telling) -> None:
        await takes_back(told.batch(of), by, f"OBR-{of.replace('_', '-')}")

    return both(official("hana", "petra", of=of), Flaw(act))


OFFICIAL = (
    Row("an official laboratory has found that the pack does not comply", "EU",
        official("hana", result="DOES_NOT_COMPLY"), Refused("G14", "has not released it officially")),
    Row("an official laboratory has found that the pack for the States does not comply", "EU",
        official("hana", result="DOES_NOT_COMPLY", of=US_PACK), Released()),
    Row("the official certificate is of another batch", "EU",
        both(official("hana", of=US_PACK), official("hana")), Barred("rule_broken", "is the certificate of BAT-5")),
    Row("the official certificate is compared by who has entered it", "EU", official("hana", "hana"),
        Barred("segregation_of_duties", rule="S1")),
    Row("the official certificate is for a market that the pack is not for", "EU", official("hana", market="US"),
        Barred("rule_broken", "is no market of the batch")),
    Row("the official certificate was taken back", "EU", taken_back("hana"), Refused("G14", "was taken back")),
    Row("the official certificate is taken back by who orders goods", "EU", taken_back("sana"), Barred("wrong_role")),
    Row("the official certificate for the States was taken back", "EU", taken_back("rosa", US_PACK), Released()),
    Row("the official certificate was compared by another", "EU", official("hana", "petra"), Released()),
)  # fmt: skip
ROWS = (*AT_REGISTRATION, *AT_THE_DECISION, *OFFICIAL)
