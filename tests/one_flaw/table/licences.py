"""Flaws of people on licences, and what is right with them (gate G13)."""

from datetime import timedelta

from tests.authorised import SINCE
from tests.one_flaw.authorised import other, second, varied
from tests.one_flaw.declarations import declared
from tests.one_flaw.flaws import both, nothing
from tests.one_flaw.licences import (
    also,
    as_before_markets,
    confirmed_for,
    ended,
    given_role,
    its_paper,
    on_the_licence_of,
    proposed,
    stopped_by_its_authority,
)
from tests.one_flaw.places import PAKKAUS, TAVIRA, VELDMARK
from tests.one_flaw.rows import Barred, Released, Row

NO, OTHER = "not_appointed", "DE_RP_01_MIA_2023_0099"
BY_ANNA = {"by": "anna"}
ON_SITES = on_the_licence_of(PAKKAUS)
_AT_THE_PACKER = {"site_id": "PK-01", **SINCE}
_IN_A_BOTTLE = {"code": "EU/009", "description": "100 tablets in a bottle", **SINCE}
_UNTIL_LAST_YEAR = {"site_id": "VM-02", "valid_from": "2000-01-01", "valid_to": "2020-12-31"}

WHO = (
    Row("the appointment of the qualified person has ended today", "EU", ended(), Barred(NO, "APT-1 has ended on ")),
    Row("the appointment of the qualified person was over yesterday", "EU", both(ended(), also(days=(-365, -1))),
        Barred(NO, "APT-7 was over on ")),
    Row("the appointment of the qualified person begins tomorrow", "EU", both(ended(), also(days=(1, None))),
        Barred(NO, "APT-7 counts from ")),
    Row("the appointment of the qualified person waits for an approval", "EU", both(ended(), proposed()),
        Barred(NO, "APT-7 is not approved; it waits for an approval by HEAD_QA, QA_APPROVER, REG_AFFAIRS")),
    Row("the appointment of the qualified person was sent back", "EU", both(ended(), proposed(refuses=True)),
        Barred(NO, "APT-1 has ended on ")),
    Row("the qualified person is appointed for another site", "EU", both(ended(), also(sites=["VM-02"])),
        Barred(NO, "APT-7 is for VM-02, not for PK-01")),
    Row("the qualified person is appointed for another product", "EU", both(ended(), also(products=["ARL-204"])),
        Barred(NO, "APT-7 is for ARL-204, not for Arlivan 10 mg")),
    Row("the qualified person is on an authorisation for investigational products alone", "EU",
        both(ended(), also(licence={"kind": "MIA_IMP"})),
        Barred(NO, "APT-7 is on an MIA_IMP, and EU is decided on one of kind MIA")),
    Row("the qualified person names the licence of another company", "EU", nothing(),
        Barred(NO, "is not that of APT-1: DE_RP_01_MIA_2023_0042"), {"authorisation": OTHER}),
    Row("the declaration on the substance is by nobody who is appointed", "EU", both(ended(), declared(VELDMARK)),
        Barred(NO, "APT-1 has ended on ")),
    Row("a releaser of the quality unit is appointed nowhere", "US", given_role("anna", "QCU_RELEASER"),
        Barred(NO, "none is on record for QCU_RELEASER"), BY_ANNA),
)  # fmt: skip
LICENCE = (
    Row("the authorisation that names the qualified person is suspended", "EU",
        both(ended(), ON_SITES, its_paper(status="SUSPENDED")), Barred(NO, "CERT-977 is suspended by its authority")),
    Row("the authorisation that names the qualified person is entered as suspended", "EU",
        both(ended(), ON_SITES, stopped_by_its_authority()), Barred(NO, "CERT-977 is suspended by its authority")),
    Row("the authorisation that names the qualified person is withdrawn", "EU",
        both(ended(), ON_SITES, its_paper(status="WITHDRAWN")), Barred(NO, "CERT-977 is withdrawn by its authority")),
    Row("the authorisation that names the qualified person is over", "EU",
        both(ended(), ON_SITES, its_paper(valid_to=timedelta(days=-1))), Barred(NO, "CERT-977 was over on ")),
    Row("the authorisation that names the qualified person was not verified", "EU",
        both(ended(), ON_SITES, its_paper(status="RECEIVED")), Barred(NO, "CERT-977 is not verified")),
    Row("the authorisation that names the qualified person does not name the packaging", "EU",
        both(ended(), ON_SITES, its_paper(confirmed_activity="TESTING")),
        Barred(NO, "CERT-977 does not name PACKAGING")),
    Row("the authorisation that names the qualified person was confirmed for capsules", "EU",
        both(ended(), ON_SITES, confirmed_for("capsule")),
        Barred(NO, "the MIA CERT-977 was confirmed for capsule, not for tablet")),
    Row("the authorisation that names the qualified person was confirmed for other tablets", "EU",
        both(ended(), ON_SITES, confirmed_for("Tablet")), Released()),
)  # fmt: skip
MARKETS = (
    Row("the qualified person is appointed for Great Britain", "EU", both(ended(), also(markets=["GB"])),
        Barred(NO, "APT-7 is for GB, not for EU")),
    Row("the qualified person is appointed for one state of the Union", "EU", both(ended(), also(markets=["FI"])),
        Barred(NO, "APT-7 is for FI, not for EU")),
    Row("the appointment names no market, and its licence is of India", "EU", as_before_markets(country="IN"),
        Barred(NO, "no market that it names (it is on a licence of IN), not for EU")),
    Row("the appointment names no market, and nobody knows where its licence is of", "EU",
        as_before_markets(country=None), Barred(NO, "it is on a licence of no known country")),
    Row("the releaser of the quality unit is appointed for Canada", "US",
        both(given_role("anna", "QCU_RELEASER"), also(user="anna", role="QCU_RELEASER", markets=["CA"])),
        Barred(NO, "APT-7 is for CA, not for US"), BY_ANNA),
    Row("the declaration on the substance is by a qualified person of Great Britain", "EU",
        both(ended(), also(markets=["GB"]), declared(VELDMARK)), Barred(NO, "APT-7 is for GB, not for EU")),
    Row("the appointment names no market, and its licence is of Germany", "EU", as_before_markets(), Released()),
    Row("the qualified person is appointed for Great Britain and the Union", "EU",
        both(ended(), also(markets=["GB", "EU"])), Released()),
)  # fmt: skip
SITES = (
    Row("the qualified person is named on the authorisation of the maker of the tablets", "EU",
        both(ended(), on_the_licence_of(TAVIRA)),
        Barred(NO, "APT-7 is on a licence of TB-01, and EU/1/27/1801 (AUT-ARLIVAN-EU) names PK-01, VM-02")),
    Row("the site of the qualified person's licence is registered no more as release site", "EU",
        varied("EU", other(release_sites=[_AT_THE_PACKER])),
        Barred(NO, "APT-1 is on a licence of VM-02, and EU/1/27/1801 (AUT-ARLIVAN-EU) names PK-01 for the release")),
    Row("the site of the qualified person's licence was a release site years ago", "EU",
        varied("EU", other(release_sites=[_AT_THE_PACKER, _UNTIL_LAST_YEAR])), Barred(NO, "names PK-01 for the rel")),
    Row("the release site is that of the packer, on whose authorisation the qualified person is", "EU",
        both(ended(), ON_SITES, varied("EU", other(release_sites=[_AT_THE_PACKER]))), Released()),
    Row("only the authorisation of the capsules names the site of the qualified person's licence", "EU",
        both(varied("EU", other(release_sites=[_AT_THE_PACKER])), second("EU", other(dosage_form="capsule"))),
        Barred(NO, "APT-1 is on a licence of VM-02, and EU/1/27/1801 (AUT-ARLIVAN-EU) names PK-01 for the release")),
    Row("only the authorisation of another pack names the site of the qualified person's licence", "EU",
        both(varied("EU", other(release_sites=[_AT_THE_PACKER])), second("EU", other(packs=[_IN_A_BOTTLE]))),
        Barred("gate_closed", "who certifies is on no licence of a site that EU/1/27/1801 (AUT-ARLIVAN-EU) names")),
    Row("a second authorisation that fits names the site of the qualified person's licence", "EU",
        both(varied("EU", other(release_sites=[_AT_THE_PACKER])), second("EU", other())), Released()),
    Row("no release site of the States is asked for", "US", varied("US", other(release_sites=[_AT_THE_PACKER])),
        Released()),
)  # fmt: skip
RIGHT = (
    Row("the qualified person is named on the authorisation of the packer", "EU", both(ended(), ON_SITES), Released()),
    Row("the appointment of the qualified person is renewed", "EU", both(ended(), also()), Released()),
    Row("the appointment of the qualified person ends today", "EU", both(ended(), also(days=(-365, 0))), Released()),
    Row("the qualified person is appointed for this site and product, written otherwise", "EU",
        both(ended(), also(sites=["VM-02", "PK-01"], products=["arlivan 10mg"])), Released()),
    Row("one is over, and another one of the qualified person counts", "EU", also(days=(-365, -1)), Released()),
    Row("the deputy on the same authorisation certifies", "EU", ended(), Released(), {"by": "quirin"}),
    Row("the head of quality approves, whatever became of the qualified person", "US", ended(), Released()),
    Row("a releaser of the quality unit is appointed by a letter", "US",
        both(given_role("anna", "QCU_RELEASER"), also(user="anna", role="QCU_RELEASER")), Released(), BY_ANNA),
)  # fmt: skip
ROWS = (*WHO, *LICENCE, *MARKETS, *SITES, *RIGHT)
