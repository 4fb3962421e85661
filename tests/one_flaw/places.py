"""Who makes Arlivan, where, and of what: the five sites of its chain and their people."""

from typing import NamedTuple

from domain.core.people import Org, Role
from domain.site.site import Activity


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
    dosage_form: str | None = None
    quality: str = ""
    """The account of its quality assurance."""
    maker: str = ""
    """The account of who makes."""
    quality_head: str = ""
    """The account of the head of its quality unit."""


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
    site_id="LR-01",
    supplier="Larnwick Intermediates",
    name="Cork",
    address="Harbour Road 4, Cork, Ireland",
    country="IE",
    tz="Europe/Dublin",
    activity=Activity.INTERMEDIATE,
    product="ARL-204-I3",
    quality="nell",
    maker="owen",
    quality_head="fay",
)
VELDMARK = Place(
    site_id="VM-02",
    supplier="Veldmark Fine Chemistry",
    name="Plant 2",
    address="Rheinuferstr. 12, 67061 Ludwigshafen, Germany",
    country="DE",
    tz="UTC",
    activity=Activity.API_MFG,
    product="ARL-204",
    quality="vito",
    maker="wen",
    quality_head="uta",
)
MIKRON = Place(
    site_id="MK-01",
    supplier="Mikronwerk",
    name="Graz",
    address="Muehlgasse 9, 8010 Graz, Austria",
    country="AT",
    tz="Europe/Vienna",
    activity=Activity.API_MFG,
    product="ARL-204 micronised",
    quality="greta",
    maker="karl",
    quality_head="maja",
)
TAVIRA = Place(
    site_id="TB-01",
    supplier="Tavira Comprimidos",
    name="Porto",
    address="Rua do Cais 21, Porto, Portugal",
    country="PT",
    tz="Europe/Lisbon",
    activity=Activity.DRUG_PRODUCT,
    product="Arlivan 10 mg",
    dosage_form="tablet",
    quality="teo",
    maker="lia",
    quality_head="rui",
)
PAKKAUS = Place(
    site_id="PK-01",
    supplier="Turun Pakkaus",
    name="Turku",
    address="Satamakatu 3, 20100 Turku, Finland",
    country="FI",
    tz="Europe/Helsinki",
    activity=Activity.PACKAGING,
    product="Arlivan 10 mg",
    dosage_form="tablet",
    quality="aino",
    maker="pekka",
    quality_head="sirpa",
)
PLACES = (LARNWICK, VELDMARK, MIKRON, TAVIRA, PAKKAUS)
"""From the intermediate to the pack. The plant of Veldmark is there from the start."""

OTHERS = (
    Person("petra", "Petra Lang", Role.QA_APPROVER),
    Person("quirin", "Quirin Maes", Role.QP),
    Person("anna", "Anna Berg", Role.LEAD_AUDITOR),
    Person("bela", "Bela Reis", Role.CDMO_QP, "TB-01"),
)
"""People beside those who are there from the start."""


def people() -> list[Person]:
    """Everybody who is registered for the story, site by site."""
    roles = {"quality": Role.CDMO_QA, "maker": Role.CDMO_TECH, "quality_head": Role.CDMO_QU_HEAD}
    found = [*OTHERS]
    for place in PLACES:
        if place is not VELDMARK:
            accounts = {name: getattr(place, name) for name in roles}
            found += [Person(user, user.title(), roles[name], place.site_id) for name, user in accounts.items()]
    return found
