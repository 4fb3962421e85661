"""The sites and people of the worked scenario (domain specification, section 13)."""

from pydantic import BaseModel

from domain.core.people import Role
from domain.site.calendar import CalendarRegistration
from domain.site.identifiers import Identifiers
from domain.site.scope import ScopeRegistration
from domain.site.site import Activity, ProductStage, RiskTier, SupplierRegistration


class ScenarioSite(BaseModel):
    """A site with its supplier, its calendar and one scope."""

    supplier: SupplierRegistration
    calendar: CalendarRegistration
    site_id: str
    name: str
    address: str
    scope: ScopeRegistration


class ScenarioPerson(BaseModel):
    """A person with an account. `site` is that of a CDMO's people; `manager` and `deputy` are accounts."""

    user: str
    name: str
    roles: tuple[Role, ...]
    site: str | None = None
    manager: str | None = None
    deputy: str | None = None
    audits: bool = False


PEOPLE = (
    ScenarioPerson(user="ines", name="Ines Marin", roles=(Role.SUPPLIER_QUALITY,), manager="hana", deputy="priya"),
    ScenarioPerson(
        user="tom", name="Tom Okafor", roles=(Role.LEAD_AUDITOR,), manager="ines", deputy="ruth", audits=True
    ),
    ScenarioPerson(user="priya", name="Priya Raman", roles=(Role.QA_APPROVER,), manager="hana", deputy="hana"),
    ScenarioPerson(user="hana", name="Hana Sato", roles=(Role.HEAD_QA,), deputy="quentin"),
    ScenarioPerson(user="quentin", name="Quentin Dubois", roles=(Role.QP,), manager="hana", deputy="hana"),
    ScenarioPerson(user="carla", name="Carla Weiss", roles=(Role.CMC_LEAD,), manager="hana"),
    ScenarioPerson(user="vito", name="Vito Ferrante", roles=(Role.CDMO_QA,), site="VM-02", deputy="wen"),
    ScenarioPerson(user="wen", name="Wen Li", roles=(Role.CDMO_TECH,), site="VM-02", manager="vito", deputy="vito"),
    ScenarioPerson(
        user="ruth",
        name="Ruth Lindqvist",
        roles=(Role.CO_AUDITOR, Role.LEAD_AUDITOR),
        manager="ines",
        deputy="tom",
        audits=True,
    ),
    ScenarioPerson(user="olga", name="Olga Huber", roles=(Role.CDMO_QA,), site="OB-01"),
    ScenarioPerson(user="adam", name="Adam Brandt", roles=(Role.SYSTEM_ADMIN,)),
    ScenarioPerson(user="paul", name="Paul Novak", roles=(Role.PROCUREMENT,), manager="hana"),
    ScenarioPerson(user="rosa", name="Rosa Keller", roles=(Role.REG_AFFAIRS,), manager="hana"),
    ScenarioPerson(user="uta", name="Uta Brenner", roles=(Role.CDMO_QU_HEAD,), site="VM-02", deputy="vito"),
    ScenarioPerson(user="erik", name="Erik Dahl", roles=(Role.EXECUTIVE_SPONSOR,)),
    ScenarioPerson(user="sana", name="Sana Malik", roles=(Role.SUPPLY_CHAIN,), manager="hana"),
    ScenarioPerson(user="nora", name="Nora Lindholm", roles=(Role.QC_REVIEWER,), manager="hana"),
    ScenarioPerson(user="gustav", name="Gustav Roth", roles=(Role.CDMO_SITE_HEAD,), site="VM-02"),
    ScenarioPerson(user="tove", name="Tove Hagen", roles=(Role.QC_REVIEWER,), manager="hana", deputy="nora"),
    ScenarioPerson(user="leni", name="Leni Gruber", roles=(Role.CDMO_QP,), site="OB-01", deputy="olga"),
)


class ScenarioAppointment(BaseModel):
    """A person on a manufacturing authorisation. `site` is the site that it is of."""

    number: str
    user: str
    role: Role
    licence: str
    holder: str
    site: str
    markets: tuple[str, ...] = ("EU",)


APPOINTMENTS = (
    ScenarioAppointment(
        number="APT-1",
        user="quentin",
        role=Role.QP,
        licence="DE_RP_01_MIA_2023_0042",
        holder="Veldmark Fine Chemistry",
        site="VM-02",
    ),
    ScenarioAppointment(
        number="APT-2",
        user="leni",
        role=Role.CDMO_QP,
        licence="AT_BASG_MIA_2022_0107",
        holder="Oberland Biotech",
        site="OB-01",
    ),
)


SITES: tuple[ScenarioSite, ...] = (
    ScenarioSite(
        supplier=SupplierRegistration(
            name="Veldmark Fine Chemistry", country="DE", identifiers=Identifiers(duns="312045678")
        ),
        calendar=CalendarRegistration(calendar_id="CAL-UTC", tz="UTC"),
        site_id="VM-02",
        name="Plant 2",
        address="Rheinuferstr. 12, 67061 Ludwigshafen, Germany",
        scope=ScopeRegistration(
            activity=Activity.API_MFG,
            product="ARL-204",
            markets=("EU", "US"),
            stage=ProductStage.COMMERCIAL,
            sole_source=True,
            risk_tier=RiskTier.CRITICAL,
        ),
    ),
    ScenarioSite(
        supplier=SupplierRegistration(name="Oberland Biotech", country="AT"),
        calendar=CalendarRegistration(calendar_id="CAL-AT", tz="Europe/Vienna", country="AT"),
        site_id="OB-01",
        name="Innsbruck",
        address="Technikerstr. 4, 6020 Innsbruck, Austria",
        scope=ScopeRegistration(
            activity=Activity.STERILE_FILL,
            product="ARL-310",
            dosage_form="solution for injection",
            markets=("EU",),
            stage=ProductStage.CLINICAL,
            risk_tier=RiskTier.HIGH,
        ),
    ),
)
