"""Flaws of what is authorised in the market of a pack, and what is registered there (gate G10)."""

from tests.one_flaw.authorised import as_it_was, dated, other, step, stopped, varied, without
from tests.one_flaw.flaws import both, excused, lifted, said
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA, VELDMARK
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, held
from tests.one_flaw.world import BULK, EU_PACK, US_PACK

_LONG_AGO = {"valid_from": "2000-01-01"}
_SUSPENDED = [{"status": "SUSPENDED", **_LONG_AGO}]
_MILL = "A-2204 (BAT-2): Graz (MK-01) is not registered as source of the active substance ARL-204 micronised in"

FORCE = (
    Row("the authorisation is suspended by a later version", "EU", varied("EU", other(standing=_SUSPENDED)),
        Refused("G10", "EU/1/27/1801 (AUT-ARLIVAN-EU) is suspended")),
    Row("the authorisation has expired, for the States", "US",
        varied("US", other(standing=[{"status": "EXPIRED", **_LONG_AGO}])),
        Refused("G10", "NDA 218801 (AUT-ARLIVAN-US) is expired")),
    Row("the authorisation begins tomorrow", "EU", varied("EU", dated("standing", starts=1)),
        Refused("G10", "(AUT-ARLIVAN-EU) is not said to be in force today")),
    Row("the authorisation of the other market is suspended", "US", varied("EU", other(standing=_SUSPENDED)),
        Released()),
    Row("a version that suspends it is sent back", "EU", varied("EU", other(standing=_SUSPENDED), approve=False),
        Released()),
    Row("the product is authorised in another dosage form alone", "US", varied("US", other(dosage_form="capsule")),
        Refused("G10", "no authorisation of Arlivan 10 mg in US is on record")),
    Row("the product is written in another way", "EU", varied("EU", other(product="ARLIVAN 10\u2011MG")), Released()),
    Row("the authority suspends the authorisation", "EU", stopped("EU", "SUSPENDED"),
        held("G10", "EU/1/27/1801 (AUT-ARLIVAN-EU) is suspended")),
    Row("the authority withdraws the authorisation, for the States", "US", stopped("US", "WITHDRAWN"),
        held("G10", "NDA 218801 (AUT-ARLIVAN-US) is withdrawn")),
    Row("the authority suspends the authorisation of the other market", "EU", stopped("US", "SUSPENDED"), Released()),
    Row("a suspension is over by a later version, and its hold is lifted", "EU",
        both(stopped("EU", "SUSPENDED"), varied("EU", other(ends_stops=[1])), lifted(EU_PACK, "rosa", "hana")),
        Released()),
    Row("a later version is about something else than the suspension", "EU",
        both(stopped("EU", "SUSPENDED"), varied("EU", other(ends_stops=[]))),
        held("G10", "EU/1/27/1801 (AUT-ARLIVAN-EU) is suspended")),
    Row("a later version does not say whether the suspension is over", "EU",
        both(stopped("EU", "SUSPENDED"), varied("EU", as_it_was)),
        Barred("rule_broken", "say which of these the authority has lifted, or none: 1")),
    Row("a suspension is over by a later version, and its hold stands", "EU",
        both(stopped("EU", "SUSPENDED"), varied("EU", other(ends_stops=[1]))),
        Refused("G14", "stands: AUT-ARLIVAN-EU is suspended in EU")),
    Row("a hold is to be lifted while the suspension stands", "EU",
        both(stopped("EU", "SUSPENDED"), lifted(EU_PACK, "rosa", "hana")),
        Barred("not_open", "nothing is authorised there")),
    Row("one of two suspensions is over by a later version", "EU",
        both(stopped("EU", "SUSPENDED"), stopped("EU", "SUSPENDED", earlier=1), varied("EU", other(ends_stops=[2]))),
        held("G10", "EU/1/27/1801 (AUT-ARLIVAN-EU) is suspended")),
)  # fmt: skip
STEPS = (
    Row("the mill is not registered in the States", "US", varied("US", without(MIKRON)),
        Refused("G10", f"{_MILL} US")),
    Row("the mill is not registered in the Union", "EU", varied("EU", without(MIKRON)), Refused("G10", f"{_MILL} EU")),
    Row("the mill is not registered in the other market alone", "EU", varied("US", without(MIKRON)), Released()),
    Row("the mill is registered for another substance", "EU", varied("EU", step(MIKRON, substance="ARL-204")),
        Refused("G10", f"{_MILL} EU")),
    Row("the mill was registered until the day before it was used", "US", varied("US", step(MIKRON, ends=-1)),
        Refused("G10", f"{_MILL} US but from")),
    Row("the mill was registered until it had been used", "US", varied("US", step(MIKRON, ends=2)), Released()),
    Row("the mill is registered in the States by a later version, from before it was used", "US",
        both(varied("US", without(MIKRON)),
             varied("US", lambda _, now: {"steps": [*now["steps"], {
                 "part": "API", "site_id": MIKRON.site_id, "substance": MIKRON.product, **_LONG_AGO}]})), Released()),
    Row("the mill is registered since it was used", "US", varied("US", step(MIKRON, starts=2)),
        Judged("G10", f"{_MILL} US before")),
    Row("the source of the intermediate is not registered", "US", varied("US", without(LARNWICK)),
        Refused("G10", "I3-0417 (BAT-1): Cork (LR-01) is not registered as source of the intermediate ARL-204-I3")),
    Row("the maker of the substance is not registered", "EU", varied("EU", without(VELDMARK)),
        Refused("G10", "A-2204 (BAT-2): Plant 2 (VM-02) is not registered as source of the active substance ARL-204")),
    Row("the maker of the tablets is not registered", "EU", varied("EU", without(TAVIRA)),
        Refused("G10", "T-0051 (BAT-3): Porto (TB-01) is not registered as maker of the dosage form in EU")),
    Row("the packager is not registered", "US", varied("US", without(PAKKAUS)),
        Refused("G10", "Turku (PK-01) is not registered as packager in US")),
    Row("the authority excuses that the mill is not registered", "US",
        both(varied("US", without(MIKRON)), excused(US_PACK, "G10", "US")), Released()),
)  # fmt: skip
_BOUGHT = {"name": "ARL-204", "lot": "L-T-77", "part": "API"}
SOURCES = (
    Row("a substance that was bought goes into the tablets, and the site of its maker is not named", "EU",
        said(BULK, "start", materials=[{**_BOUGHT, "manufacturer": "Hubei Chemicals, Wuhan"}]),
        Refused("G10", "T-0051 (BAT-3): Hubei Chemicals, Wuhan, whose site is not named, is not registered as source",
                frozenset({"G1"}))),
    Row("a substance that was bought from who is registered for another one", "US",
        said(BULK, "start", materials=[{**_BOUGHT, "manufacturer": "Mikronwerk, Graz", "maker_site_id": "MK-01"}]),
        Refused("G10", "Graz (MK-01) is not registered as source of the active substance ARL-204 in US",
                frozenset({"G1", "G12", "G14"}))),
    Row("a substance that was bought from a registered source", "EU",
        said(BULK, "start", materials=[
            {**_BOUGHT, "manufacturer": "Veldmark Fine Chemistry, Plant 2", "maker_site_id": "VM-02"}]), Released()),
)  # fmt: skip
VERSIONS = (
    Row("no release site is registered", "EU", varied("EU", other(release_sites=[])),
        Refused("G10", "EU/1/27/1801 (AUT-ARLIVAN-EU) names no release site")),
    Row("no release site is registered, for the States", "US", varied("US", other(release_sites=[])), Released()),
    Row("the specification is not registered", "EU", varied("EU", other(specifications=[])),
        Refused("G10", "is not registered")),
    Row("the former specification is over", "US", varied("US", dated("specifications", ends=-1)),
        Refused("G10", "is not registered but from", frozenset({"G9"}))),
    Row("the former specification ends tomorrow", "US", varied("US", dated("specifications", ends=1)), Released()),
    Row("the process is not registered", "US", varied("US", other(processes=[])),
        Refused("G10", "T-0051 (BAT-3): its process (PS-")),
    Row("the process was registered until today", "EU", varied("EU", dated("processes", ends=0)), Released()),
    Row("the process is registered since it was used", "EU", varied("EU", dated("processes", starts=0)),
        Judged("G10", "and it was used from")),
    Row("the last day is beyond the registered shelf life", "EU", varied("EU", other(shelf_life={"months": 12})),
        Refused("G10", "12 months are registered")),
    Row("the last day is within the registered shelf life", "EU", varied("EU", other(shelf_life={"months": 24})),
        Released()),
)  # fmt: skip
_AS_28 = [{"code": "04012345678901", "description": "28 tablets in blisters", **_LONG_AGO}]
_IN_OTHER_WORDS = {"description": "30 film-coated tablets in blisters"}
_OTHERWISE = [{"code": "1", "description": "30 TABLETS IN BLISTERS", **_LONG_AGO}]
PACKS = (
    Row("no pack is registered", "EU", varied("EU", other(packs=[])),
        Refused("G10", "its pack (30 tablets in blisters, without marks) is not registered")),
    Row("another pack is registered, for the States", "US", varied("US", other(packs=_AS_28)),
        Refused("G10", "its pack (30 tablets in blisters, without marks) is not registered")),
    Row("the pack was registered until yesterday", "EU", varied("EU", dated("packs", ends=-1)),
        Refused("G10", "without marks) is not registered but from 2000-01-01 to")),
    Row("the code of the pack is that of another one", "EU",
        both(said(EU_PACK, "request", pack={"description": "30 tablets in blisters", "code": "04012345678901"}),
             varied("EU", lambda _, now: {"packs": [*_AS_28, *now["packs"]]})),
        Refused("G10", "code 04012345678901, without marks) is registered as 28 tablets in blisters")),
    Row("the pack is registered until today", "US", varied("US", dated("packs", ends=0)), Released()),
    Row("the pack is written in another way where it is registered", "EU", varied("EU", other(packs=_OTHERWISE)),
        Released()),
    Row("the pack is not registered in the other market alone", "US", varied("EU", other(packs=[])), Released()),
    Row("the authority suspends what stands alone, and it is packed in other words", "EU",
        both(said(EU_PACK, "request", pack=_IN_OTHER_WORDS), stopped("EU", "SUSPENDED")),
        held("G10", "EU/1/27/1801 (AUT-ARLIVAN-EU) is suspended")),
    Row("the authority suspends what stands alone, and no pack is registered there", "US",
        both(varied("US", other(packs=[])), stopped("US", "SUSPENDED")),
        held("G10", "NDA 218801 (AUT-ARLIVAN-US) is suspended")),
    Row("the authority excuses that the pack is not registered", "US",
        both(varied("US", other(packs=[])), excused(US_PACK, "G10", "US")), Released()),
)  # fmt: skip
ROWS = (*FORCE, *STEPS, *SOURCES, *VERSIONS, *PACKS)
