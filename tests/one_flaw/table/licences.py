"""Flaws of people on licences, and what is right with them (gate G13)."""

from datetime import timedelta

from tests.one_flaw.declarations import declared
from tests.one_flaw.flaws import both, nothing
from tests.one_flaw.licences import (
    also,
    ended,
    given_role,
    its_paper,
    on_the_licence_of,
    proposed,
)
from tests.one_flaw.places import PAKKAUS, VELDMARK
from tests.one_flaw.rows import Barred, Released, Row

NO, OTHER = "not_appointed", "DE_RP_01_MIA_2023_0099"
BY_ANNA = {"by": "anna"}
ON_SITES = on_the_licence_of(PAKKAUS)

WHO = (
    Row("the appointment of the qualified person has ended today", "EU", ended(), Barred(NO, "APT-1 has ended on ")),
    Row("the appointment of the qualified person was over yesterday", "EU", both(ended(), also(days=(-365, -1))),
        Barred(NO, "APT-7 was over on ")),
    Row("the appointment of the qualified person begins tomorrow", "EU", both(ended(), also(days=(1, None))),
        Barred(NO, "APT-7 counts from ")),
    Row("the appointment of the qualified person waits for an approval", "EU", both(ended(), proposed()),
        Barred(NO, "is not approved")),
    Row("the appointment of the qualified person was sent back", "EU", both(ended(), proposed(refuses=True)),
        Barred(NO, "APT-1 has ended on ")),
    Row("the qualified person is appointed for another site", "EU", both(ended(), also(sites=["VM-02"])),
        Barred(NO, "APT-7 is for VM-02, not for PK-01")),
    Row("the qualified person is appointed for another product", "EU", both(ended(), also(products=["ARL-204"])),
        Barred(NO, "APT-7 is for ARL-204, not for Arlivan 10 mg")),
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
    Row("the authorisation that names the qualified person is withdrawn", "EU",
        both(ended(), ON_SITES, its_paper(status="WITHDRAWN")), Barred(NO, "CERT-977 is withdrawn by its authority")),
    Row("the authorisation that names the qualified person is over", "EU",
        both(ended(), ON_SITES, its_paper(valid_to=timedelta(days=-1))), Barred(NO, "CERT-977 was over on ")),
    Row("the authorisation that names the qualified person was not verified", "EU",
        both(ended(), ON_SITES, its_paper(status="RECEIVED")), Barred(NO, "CERT-977 is not verified")),
    Row("the authorisation that names the qualified person does not name the packaging", "EU",
        both(ended(), ON_SITES, its_paper(confirmed_activity="TESTING")),
        Barred(NO, "CERT-977 does not name PACKAGING")),
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
ROWS = (*WHO, *LICENCE, *RIGHT)
