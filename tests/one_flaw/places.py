"""Who makes Arlivan, where, and of what: the five sites of its chain and their people."""

from typing import NamedTuple

from domain.core.people import Org, Role
from domain.site.site import Activity


class People(NamedTuple):
    """Who is at a site, by account."""

    quality: str
    maker: str
    quality_head: str


class Place(NamedTuple):
    """A site of the chain, with the one scope that it is qualified for."""

    site_id: str
    supplier: str
    name: str
    address: str
    country: str
    tz: str
    activity: Activity
    product: str
    people: People
    dosage_form: str | None = None

    @property
    def quality(self) -> str:
        """The account of its quality assurance."""
        return self.people.quality

    @property
    def maker(self) -> str:
        """The account of who makes."""
        return self.people.maker

    @property
    def quality_head(self) -> str:
        """The account of the head of its quality unit."""
        return self.people.quality_head


class Person(NamedTuple):
    """Somebody with an account."""

    user: str
    name: str
    role: Role
    site_id: str | None = None

    @property
    def org(self) -> Org:
        return Org.SPONSOR if self.site_id is None else Org.CDMO


LARNWICK = Place(
    "LR-01", "Larnwick Intermediates", "Cork", "Harbour Road 4, Cork, Ireland", "IE", "Europe/Dublin",
    Activity.INTERMEDIATE, "ARL-204-I3", People("nell", "owen", "fay"),
)  # fmt: skip
VELDMARK = Place(
    "VM-02", "Veldmark Fine Chemistry", "Plant 2", "Rheinuferstr. 12, 67061 Ludwigshafen, Germany", "DE", "UTC",
    Activity.API_MFG, "ARL-204", People("vito", "wen", "uta"),
)  # fmt: skip
MIKRON = Place(
    "MK-01", "Mikronwerk", "Graz", "Muehlgasse 9, 8010 Graz, Austria", "AT", "Europe/Vienna",
    Activity.API_MFG, "ARL-204 micronised", People("greta", "karl", "maja"),
)  # fmt: skip
TAVIRA = Place(
    "TB-01", "Tavira Comprimidos", "Porto", "Rua do Cais 21, Porto, Portugal", "PT", "Europe/Lisbon",
    Activity.DRUG_PRODUCT, "Arlivan 10 mg", People("teo", "lia", "rui"), "tablet",
)  # fmt: skip
PAKKAUS = Place(
    "PK-01", "Turun Pakkaus", "Turku", "Satamakatu 3, 20100 Turku, Finland", "FI", "Europe/Helsinki",
    Activity.PACKAGING, "Arlivan 10 mg", People("aino", "pekka", "sirpa"), "tablet",
)  # fmt: skip
PLACES = (LARNWICK, VELDMARK, MIKRON, TAVIRA, PAKKAUS)
"""From the intermediate to the pack. The plant of Veldmark is there from the start."""

OTHERS = (
    Person("petra", "Petra Lang", Role.QA_APPROVER),
    Person("quirin", "Quirin Maes", Role.QP),
    Person("anna", "Anna Berg", Role.LEAD_AUDITOR),
    Person("bela", "Bela Reis", Role.CDMO_QP, "TB-01"),
)
"""People beside those who are there from the start."""


ROLES = People(quality=Role.CDMO_QA, maker=Role.CDMO_TECH, quality_head=Role.CDMO_QU_HEAD)
"""What each of the three at a site is."""


def people() -> list[Person]:
    """Everybody who is registered for the story, site by site."""
    new = (place for place in PLACES if place is not VELDMARK)
    return [
        *OTHERS,
        *(
            Person(user, user.title(), Role(role), place.site_id)
            for place in new
            for user, role in zip(place.people, ROLES, strict=True)
        ),
        Person("pirkko", "Pirkko Salo", Role.CDMO_QP, PAKKAUS.site_id),
    ]
