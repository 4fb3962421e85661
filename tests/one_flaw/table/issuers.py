"""Flaws of whose authority has issued what a site shows (gate G3)."""

from tests.one_flaw.authorised import other, varied
from tests.one_flaw.flaws import both, lifted, otherwise
from tests.one_flaw.issuing import asked, entered_before, issued, recognised
from tests.one_flaw.past import Past
from tests.one_flaw.places import LARNWICK, PAKKAUS, TAVIRA
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row
from tests.one_flaw.stopping import stopped
from tests.one_flaw.world import US_PACK

NOW = "no valid certificate of packaging at Turku (PK-01) names the packaging now; FI-GMP-"
PARTNERS = "US with EU since 2019-07-11"

ISSUED = (
    Row("the certificate of the packer is of an authority whom the Union does not know", "EU", issued(PAKKAUS, "IN"),
        Judged("G3", "was issued in India, which EU does not recognise")),
    Row("the certificate of the maker of the tablets is of an authority whom the States do not know", "US",
        issued(TAVIRA, "IN"), Judged("G3", "was issued in India, which US does not recognise")),
    Row("the certificate of the packer is of another state of the Union", "EU", issued(PAKKAUS, "DE"), Released()),
    Row("the certificate of the packer is of another state of the Union, for the States", "US", issued(PAKKAUS, "DE"),
        Released()),
    Row("a partner has certified a site in the Union", "EU", issued(PAKKAUS, "CH"),
        Judged("G3", "was issued in Switzerland, and EU with CH since 2002-06-01 covers no site in Finland")),
    Row("a partner whose row covers sites there has certified a site in the Union", "EU",
        both(issued(PAKKAUS, "CH"), recognised("EU", "CH", inspects_in=["FI"])), Released()),
    Row("the certificate of the maker of the intermediate says nothing of its issuer", "EU", issued(LARNWICK, None),
        Barred("rule_broken", "documents.0.certificate.issued_by")),
    Row("the certificate of the packer was entered when nobody asked for its issuer", "EU", entered_before(PAKKAUS),
        Released()),
    Row("the certificate of the packer was entered when nobody asked for its issuer, for the States", "US",
        entered_before(PAKKAUS), Released()),
)  # fmt: skip
PARTNERSHIP = (
    Row("what the States recognise of the Union has ended", "US", recognised("US", "EU", ends=-1),
        Judged("G3", f"was issued in Finland, and {PARTNERS} has ended on ")),
    Row("what the States recognise of the Union begins tomorrow", "US", recognised("US", "EU", starts=1),
        Judged("G3", "had not begun on ")),
    Row("what the States recognise of the Union ends today", "US", recognised("US", "EU", ends=0), Released()),
    Row("the States recognise tests of the Union alone", "US", recognised("US", "EU", effects=["BATCH_TEST"]),
        Judged("G3", "was issued in Finland, which US does not recognise")),
    Row("what the States recognise of the Union has ended, for the Union", "EU", recognised("US", "EU", ends=-1),
        Released()),
    Row("the product is a vaccine, which the States leave out", "US", varied("US", other(product_kind="VACCINE")),
        Judged("G3", f"was issued in Finland, and {PARTNERS} leaves out a vaccine")),
    Row("the product is a vaccine, which the Union certifies itself", "EU", varied("EU", other(product_kind="VACCINE")),
        Released()),
    Row("the product is a chemical medicine", "US", varied("US", other(product_kind="CHEMICAL")), Released()),
)  # fmt: skip

DE_REGISTERED = stopped(PAKKAUS, "SUSPENDED", since=US_PACK, lifted=True, paper="FDA_REGISTRATION")
REGISTERED = (
    Row("the packer was never registered with the FDA", "US", otherwise(PAKKAUS, Past(is_registered=False)),
        Refused("G3", "packaging at Turku (PK-01) had no registration with the FDA on ", frozenset({"G14"}))),
    Row("the packer was never registered with the FDA, for the Union", "EU",
        otherwise(PAKKAUS, Past(is_registered=False)), Released()),
    Row("the FDA had suspended the registration of the packer as it packed", "US",
        both(DE_REGISTERED, lifted(US_PACK, "priya", "hana")),
        Refused("G3", "packaging at Turku (PK-01) had no registration with the FDA on ")),
    Row("the FDA had suspended the registration of the packer as it packed, which the row leaves to judgement", "US",
        both(DE_REGISTERED, asked("US", bars=False), lifted(US_PACK, "priya", "hana")),
        Judged("G3", "packaging at Turku (PK-01) had no registration with the FDA on ")),
    Row("the FDA had suspended the registration of the packer, and the row asks it of fillers alone", "US",
        both(DE_REGISTERED, asked("US", activities=["STERILE_FILL"]), lifted(US_PACK, "priya", "hana")), Released()),
    Row("the FDA had suspended the registration of the packer, and the row asks it for trials alone", "US",
        both(DE_REGISTERED, asked("US", stages=["CLINICAL"]), lifted(US_PACK, "priya", "hana")), Released()),
    Row("the registration of the packer with the FDA was withdrawn after it had packed", "US",
        both(stopped(PAKKAUS, paper="FDA_REGISTRATION"), lifted(US_PACK, "priya", "hana")),
        Judged("G3", "packaging at Turku (PK-01) has no registration with the FDA now")),
)  # fmt: skip

ROWS = (*ISSUED, *PARTNERSHIP, *REGISTERED)
