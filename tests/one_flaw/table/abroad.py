"""Flaws of the packs for Great Britain and for Switzerland, and what is right with them (section 18)."""

from typing import Any

from tests.one_flaw.authorised import also_authorised, importing, other, stopped, varied, without
from tests.one_flaw.confirming import agreed
from tests.one_flaw.deciding import NO, decided_for, judged_by_two, shown_by
from tests.one_flaw.first_steps import (
    ANEW,
    certified_abroad,
    certified_anew,
    given_on_an_ended_authorisation,
    named_anew,
    on_a_wholesale_licence,
    turned_down,
)
from tests.one_flaw.flaws import both, does, excused, held, nothing, said
from tests.one_flaw.imports import arrived, licensed, pack_tested_in, stands_in
from tests.one_flaw.licences import also, ended, given_role, its_paper, on_a_licence_of
from tests.one_flaw.older import once_of, once_packed
from tests.one_flaw.places import MIKRON, PAKKAUS, TAVIRA
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row
from tests.one_flaw.rows import held as held_by
from tests.one_flaw.table.packs import official
from tests.one_flaw.telling import SWISS, WHOLESALE
from tests.one_flaw.world import BULK, CH_PACK, GB_PACK
from tests.records.appointing import LICENCE

NO_APPOINTMENT, BROKEN, ROLE, DUTIES = "not_appointed", "rule_broken", "wrong_role", "segregation_of_duties"
BY_QP: dict[str, Any] = {"by": "quentin", "authorisation": LICENCE["number"], "first_step": []}
NONE: dict[str, Any] = {"first_step": []}
ON_ANEW: dict[str, Any] = {"first_step": [ANEW]}
UNION_TOO = said(CH_PACK, "request", markets=["CH", "EU"])
CERTIFIED_FOR_THE_UNION = decided_for("EU", CH_PACK, "quentin", "certify")

MARKS = (
    Row("a British pack is to be for Ireland as well", "GB", said(GB_PACK, "request", markets=["GB", "IE"]),
        Barred(BROKEN, 'carries "UK Only", which no pack for EU does')),
    Row("a British pack is to be for a market that nobody knows", "GB", said(GB_PACK, "request", markets=["BR"]),
        Barred(BROKEN, "BR is a market without a rule for who decides")),
    Row("a pack without marks was registered for Great Britain when nobody compared it", "GB", once_packed(GB_PACK),
        Refused("G13", 'the pack of P-1003 (BAT-4) lacks "UK Only", which every pack for GB carries')),
    Row("a British pack with the safety features was registered when nobody compared it", "GB",
        once_packed(GB_PACK, "UK_ONLY", "EU_SAFETY_FEATURES"),
        Refused("G13", "carries the safety features of the Union, which no pack for GB does")),
    Row("a pack with the safety features of the Union, for Switzerland", "CH",
        once_packed(CH_PACK, "EU_SAFETY_FEATURES"), Released()),
)  # fmt: skip
FIRST = (
    Row("nothing was certified for Great Britain that could be checked", "GB", nothing(),
        Barred(BROKEN, "release the batch first for EU"), NONE),
    Row("there is no technical release for Switzerland", "CH", nothing(),
        Barred(BROKEN, "name the certificate of the batch that was accepted"), NONE),
    Row("the first step for Great Britain is of the pack for Switzerland", "GB", nothing(),
        Barred(BROKEN, "is no maker's certificate of this batch"), {"first_step": ["MBC-CH-1"]}),
    Row("the first step for Switzerland was given for Great Britain", "CH", certified_anew(CH_PACK, "GB"),
        Barred(BROKEN, "was issued for GB"), ON_ANEW),
    Row("the first step for Great Britain was accepted, and does not count after all", "GB", turned_down("GB"),
        Barred(BROKEN, "is not accepted")),
    Row("the first step for Switzerland was compared by nobody", "CH", certified_anew(CH_PACK, "CH", accepted=None),
        Barred(BROKEN, "is not accepted"), ON_ANEW),
    Row("the first step for Great Britain certifies nothing", "GB",
        certified_anew(GB_PACK, "GB", signed_as="MAKER", signed_under=None),
        Barred(BROKEN, "does not say that a qualified person has certified"), ON_ANEW),
    Row("the first step for Great Britain was given outside the EEA", "GB",
        both(stands_in(PAKKAUS, "CH"), certified_anew(GB_PACK, "GB", issued_in="CH")),
        Barred(BROKEN, "was issued in CH; it must be one of"), ON_ANEW),
    Row("the first step was given on the authorisation of nobody", "GB",
        certified_anew(GB_PACK, "GB", signed_under="FI-MIA-9"),
        Barred(BROKEN, "is no verified manufacturing authorisation of a site in FI")),
    Row("the first step was given on an authorisation that had ended", "GB",
        given_on_an_ended_authorisation(GB_PACK, "GB"),
        Barred(BROKEN, "was over on")),
    Row("the technical release for Switzerland was given elsewhere", "CH",
        certified_anew(CH_PACK, "CH", signed_as="RESPONSIBLE_PERSON"),
        Barred(BROKEN, "was issued in FI; it must be one of CH"), ON_ANEW),
    Row("the Swiss packer has released its pack technically", "CH",
        both(stands_in(PAKKAUS, "CH"),
             certified_anew(CH_PACK, "CH", signed_as="RESPONSIBLE_PERSON", issued_in="CH")), Released(), ON_ANEW),
    Row("the technical release of the packer is to be checked for Great Britain", "GB",
        certified_anew(GB_PACK, "GB", signed_as="RESPONSIBLE_PERSON"),
        Barred(BROKEN, "was signed by the technically responsible person of its maker; by a qualified person is"),
        ON_ANEW),
    Row("the certificate of the packer for the Swiss pack certifies nothing", "CH",
        certified_anew(CH_PACK, "CH", signed_as="MAKER", signed_under=None),
        Barred(BROKEN, "does not say that a qualified person has certified"), ON_ANEW),
    Row("an importer certifies what has never arrived there", "CH",
        certified_anew(CH_PACK, "CH", signed_as="IMPORTER", issued_in="AT"),
        Barred(BROKEN, "is the country of no site at which its arrival is recorded"), ON_ANEW),
    Row("a first step of another day counts as well", "CH", certified_anew(CH_PACK, "CH"), Released(), ON_ANEW),
)  # fmt: skip
ABROAD = (
    Row("the qualified person of the Union has certified the pack for Great Britain", "GB",
        certified_abroad(GB_PACK, "GB"), Released(), NONE),
    Row("the qualified person of the Union has certified the pack for Switzerland, packed in Finland", "CH",
        certified_abroad(CH_PACK, "CH"), Released(), NONE),
    Row("the pack for Switzerland is certified under a law that nobody certifies under", "CH",
        certified_abroad(CH_PACK, "CH", under="US"), Barred(BROKEN, "no qualified person certifies under it"), NONE),
    Row("a part of the pack is certified for Great Britain", "GB", certified_abroad(GB_PACK, "GB", "100"),
        Barred(BROKEN, "at most 100: no more is certified by EU-"), NONE),
    Row("two parts of the pack are certified for Great Britain", "GB", certified_abroad(GB_PACK, "GB", "100", "50"),
        Released(), {**NONE, "quantity": "150"}),
    Row("more than two parts of the pack are released for Great Britain", "GB",
        certified_abroad(GB_PACK, "GB", "100", "50"),
        Barred(BROKEN, "at most 150: no more is certified by EU-"), {**NONE, "quantity": "151"}),
    Row("the certification for Great Britain is withdrawn", "GB", certified_abroad(GB_PACK, "GB", withdrawn=True),
        Barred(BROKEN, "release the batch first for EU"), NONE),
)  # fmt: skip
SLOTS = (
    Row("who has accepted the first step for Switzerland checks it", "CH",
        both(given_role("petra", "FVP"), also(user="petra", role="FVP", markets=["CH"]),
             certified_anew(CH_PACK, "CH", by="petra")),
        Barred(DUTIES, "does not check it", "section 18, who checks never certifies"),
        {"by": "petra", "authorisation": LICENCE["number"], **ON_ANEW}),
    Row("who has certified for the Union is the one who releases for Switzerland", "CH",
        both(UNION_TOO, CERTIFIED_FOR_THE_UNION, given_role("quentin", "FVP"),
             also(role="FVP", markets=["CH"])),
        Barred(DUTIES, "does not check it", "section 18, who checks never certifies"),
        {"by": "quentin", "authorisation": LICENCE["number"], **NONE}),
    Row("the certification for the Union is the first step for Switzerland", "CH",
        both(UNION_TOO, CERTIFIED_FOR_THE_UNION), Released(), NONE),
)  # fmt: skip
WHO = (
    Row("the appointment of who checks imports into Great Britain has ended", "GB", ended("APT-GB-1"),
        Barred(NO_APPOINTMENT, "APT-GB-1 has ended on ")),
    Row("who checks imports into Great Britain was appointed until yesterday", "GB", named_anew("GB", days=(-365, -1)),
        Barred(NO_APPOINTMENT, "APT-7 was over on ")),
    Row("who checks imports into Great Britain is appointed for another product", "GB",
        named_anew("GB", products=["ARL-204"]), Barred(NO_APPOINTMENT, "APT-7 is for ARL-204, not for Arlivan 10 mg")),
    Row("who checks imports into Great Britain is appointed for another site", "GB",
        named_anew("GB", sites=["VM-02"]), Barred(NO_APPOINTMENT, "APT-7 is for VM-02, not for PK-01")),
    Row("the responsible person for Switzerland is appointed for Northern Ireland", "CH",
        named_anew("CH", markets=["XI"]), Barred(NO_APPOINTMENT, "APT-7 is for XI, not for CH")),
    Row("who checks imports into Great Britain is named on a licence that is not theirs", "GB", nothing(),
        Barred(NO_APPOINTMENT, f"is not that of APT-GB-1: {WHOLESALE}"), {"authorisation": "UK WDA(H) 99999"}),
    Row("the responsible person for Switzerland names the licence of Great Britain", "CH", nothing(),
        Barred(NO_APPOINTMENT, f"is not that of APT-CH-1: {SWISS}"), {"authorisation": WHOLESALE}),
    Row("who checks imports is to be named on a manufacturing authorisation", "GB",
        named_anew("GB", licence={"kind": "MIA"}), Barred(BROKEN, "is WDA for RP_IMPORT")),
    Row("the wholesale licence that names who checks is suspended", "GB",
        both(on_a_wholesale_licence(), its_paper(status="SUSPENDED")),
        Barred(NO_APPOINTMENT, "CERT-977 is suspended by its authority"), {"authorisation": "UK WDA(H) 977"}),
    Row("who checks imports is named on a wholesale licence that a site has shown", "GB", on_a_wholesale_licence(),
        Released(), {"authorisation": "UK WDA(H) 977"}),
    Row("the qualified person of the Union certifies for Great Britain", "GB", nothing(),
        Barred(NO_APPOINTMENT, "APT-1 is for EU, not for GB"), BY_QP),
    Row("the qualified person of the Union releases for Switzerland", "CH", nothing(), Barred(ROLE), {"by": "quentin"}),
    Row("who checks imports for Great Britain releases for Switzerland", "CH", nothing(), Barred(ROLE), {"by": "ruth"}),
    Row("the responsible person for Switzerland releases for Great Britain", "GB", nothing(), Barred(ROLE),
        {"by": "anna"}),
    Row("the head of quality releases for Great Britain", "GB", nothing(), Barred(ROLE), {"by": "hana"}),
    Row("the head of quality approves for Switzerland", "CH", nothing(), Barred(BROKEN, "CH is decided by MARKET"),
        {"by": "hana", "action": "approve"}),
    Row("the qualified person is appointed for Great Britain as well, and needs no first step", "GB",
        on_a_licence_of("GB", markets=["GB"]), Released(), BY_QP),
    Row("the qualified person for Great Britain is on a licence of Northern Ireland", "GB",
        on_a_licence_of("XI", markets=["GB"]), Released(), BY_QP),
    Row("the qualified person for Great Britain is on a licence of Germany", "GB", also(markets=["GB"]),
        Barred(NO_APPOINTMENT, "APT-7 is on a licence of DE, and GB is decided on one of GB, XI"), BY_QP),
    Row("who checks imports into Great Britain is named on a wholesale licence of Finland", "GB",
        on_a_wholesale_licence("FI"), Barred(NO_APPOINTMENT, "APT-7 is on a licence of FI, and GB is decided on"),
        {"authorisation": "UK WDA(H) 977"}),
    Row("the responsible person for Switzerland is on a licence of Austria", "CH",
        both(ended("APT-CH-1"), on_a_licence_of("AT", user="anna", role="FVP", markets=["CH"])),
        Barred(NO_APPOINTMENT, "APT-7 is on a licence of AT, and CH is decided on one of CH"),
        {"authorisation": LICENCE["number"]}),
    Row("the responsible person for Switzerland is on a licence of a Swiss site", "CH",
        both(ended("APT-CH-1"), on_a_licence_of("CH", user="anna", role="FVP", markets=["CH"])), Released(),
        {"authorisation": LICENCE["number"]}),
)  # fmt: skip
AUTHORISED = (
    Row("nothing is authorised in Great Britain but capsules", "GB", varied("GB", other(dosage_form="capsule")),
        Refused("G10", "no authorisation of Arlivan 10 mg in GB is on record")),
    Row("the British authorisation has expired", "GB",
        varied("GB", other(standing=[{"status": "EXPIRED", "valid_from": "2000-01-01"}])),
        Refused("G10", "PL 12345/0801 (AUT-ARLIVAN-GB) is expired")),
    Row("the product is authorised for Northern Ireland alone", "GB",
        both(varied("GB", other(dosage_form="capsule")),
             also_authorised("GB", other(market="XI", number="PLNI 12345/0801", dosage_form=None))),
        Refused("G10", "no authorisation of Arlivan 10 mg in GB is on record")),
    Row("the Swiss authority suspends the authorisation", "CH", stopped("CH", "SUSPENDED"),
        held_by("G10", "Swissmedic 68801 (AUT-ARLIVAN-CH) is suspended")),
    Row("the Swiss authority suspends the authorisation, and Great Britain goes on", "GB", stopped("CH", "SUSPENDED"),
        Released()),
    Row("another pack is registered in Switzerland", "CH",
        varied("CH", other(packs=[{"code": "7680", "description": "28 tablets", "valid_from": "2000-01-01"}])),
        Refused("G10", "its pack (30 tablets in blisters, without marks) is not registered")),
    Row("another strength is authorised in Great Britain", "GB",
        both(once_of({BULK: "10 mg", GB_PACK: "10 mg"}), varied("GB", other(strength="20 mg"))),
        Refused("G10", "no authorisation of Arlivan 10 mg in GB is on record")),
    Row("the packer is not registered in Great Britain", "GB", varied("GB", without(PAKKAUS)),
        Refused("G10", "Turku (PK-01) is not registered as packager in GB")),
    Row("the mill is not registered in Switzerland", "CH", varied("CH", without(MIKRON)),
        Refused("G10", "Graz (MK-01) is not registered as source of the active substance ARL-204 micronised in CH")),
    Row("the mill is not registered in Switzerland, and Great Britain goes on", "GB", varied("CH", without(MIKRON)),
        Released()),
    Row("the Swiss authority excuses that the mill is not registered", "CH",
        both(varied("CH", without(MIKRON)), excused(CH_PACK, "G10", "CH")), Released()),
)  # fmt: skip
FROM_INDIA = both(stands_in(TAVIRA, "IN"), licensed(PAKKAUS))
CAME = arrived(before=GB_PACK)
IMPORTED = (
    Row("tablets from India of which no arrival is known, for Great Britain", "GB",
        both(FROM_INDIA, pack_tested_in("DE", GB_PACK)), Refused("G13", "no arrival is recorded of T-0051 ")),
    Row("tablets from India that arrived and were tested in the EEA, for Great Britain", "GB",
        both(FROM_INDIA, CAME, pack_tested_in("DE", GB_PACK)), Released()),
    Row("tablets from India that were tested in Switzerland, for Great Britain", "GB",
        both(FROM_INDIA, CAME, pack_tested_in("CH", GB_PACK)), Released()),
    Row("tablets from India that were tested in India, for Great Britain", "GB",
        both(FROM_INDIA, CAME, pack_tested_in("IN", GB_PACK)),
        Refused("G9", "the importer's test of Impurity I-3 is not on file in a laboratory of the area")),
    Row("tablets from India that arrived where Great Britain has registered no import", "GB",
        both(FROM_INDIA, CAME, pack_tested_in("DE", GB_PACK), varied("GB", importing(PAKKAUS))),
        Refused("G10", "is not registered as importer in GB")),
    Row("tablets from India, for Switzerland", "CH", stands_in(TAVIRA, "IN"), Released()),
    Row("no agreement says who answers for the packaging of a pack that is checked", "GB", agreed(PAKKAUS, None),
        Released()),
)  # fmt: skip
ELSEWHERE = (
    Row("the British pack is held by hand, and Switzerland goes on", "CH", held(GB_PACK), Released()),
    Row("an official laboratory has found that the Swiss pack does not comply", "CH",
        official("hana", result="DOES_NOT_COMPLY", of=CH_PACK, market="CH"),
        Refused("G14", "has not released it officially")),
    Row("an official laboratory has found that the Swiss pack does not comply, and Great Britain goes on", "GB",
        official("hana", result="DOES_NOT_COMPLY", of=CH_PACK, market="CH"), Released()),
    Row("the Union has rejected the Swiss pack for its market alone", "CH",
        both(UNION_TOO, decided_for("EU", CH_PACK, "quentin", "certify", **NO, grounds=["CONTAMINATION"])),
        Judged("G13", "P-1004 (BAT-5) was rejected for EU (contamination)", shown_by("anna"))),
    Row("the Union has rejected the Swiss pack for its safety", "CH",
        both(UNION_TOO, decided_for("EU", CH_PACK, "quentin", "certify", **NO, grounds=["SAFETY"])),
        held_by("G13", "P-1004 (BAT-5) was rejected for EU")),
    Row("the rejection of the Union is judged by two of Switzerland", "CH",
        both(UNION_TOO, decided_for("EU", CH_PACK, "quentin", "certify", **NO, grounds=["SAFETY"]),
             judged_by_two(CH_PACK, "HOLD-1", "CH", "anna")), Released()),
    Row("the release of the tablets for Great Britain is taken back for what is registered there", "CH",
        does(BULK, "hana", "withdraw-release", markets=["GB"], grounds=["MARKET_REGISTRATION"]),
        Judged("G12", "its release for GB was taken back (registration in that market)", shown_by("anna"))),
    Row("the release of the tablets for Great Britain is taken back since the data cannot be relied on", "CH",
        does(BULK, "hana", "withdraw-release", markets=["GB"], grounds=["DATA_INTEGRITY"]),
        Refused("G14", "refused in another market", frozenset({"G12"}))),
)  # fmt: skip

ROWS = (*MARKS, *FIRST, *ABROAD, *SLOTS, *WHO, *AUTHORISED, *IMPORTED, *ELSEWHERE)
