"""Whether a person may sign in a role today: the appointment that is relied on, or what is missing, field by field."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict

from domain.appointment.appointment import APPOINTED, RULE, AppointmentApproval, LicenceKind
from domain.core.names import name_key, party_key
from domain.core.people import Role
from domain.core.refusals import Code, Refused
from domain.site.certificate import Certificate, CertificateStatus, counts_for, is_valid_on
from domain.site.site import Activity

_WORDS: dict[Role, str] = {
    Role.QP: "qualified person",
    Role.CDMO_QP: "qualified person of the site",
    Role.RP_IMPORT: "responsible person (import)",
    Role.FVP: "technically responsible person",
    Role.AUTHORISED_PERSON: "authorised person",
    Role.QCU_RELEASER: "releaser of the quality unit",
}
_PAPERS: dict[LicenceKind, str] = {
    LicenceKind.MIA: "manufacturing authorisation",
    LicenceKind.MIA_IMP: "authorisation for investigational products",
    LicenceKind.WDA: "wholesale authorisation",
    LicenceKind.APPOINTMENT: "letter of appointment",
}
HOW = "propose one with PUT /v1/appointments/{number}; another person approves it"
_APPROVERS = ", ".join(sorted(AppointmentApproval.action.by))


class Paper(BaseModel):
    """A certificate on record that bears the number of a licence."""

    model_config = ConfigDict(frozen=True)

    certificate_id: str
    certificate: Certificate
    dosage_form: str | None = None
    """The form for which what it names was confirmed; `None` if it was confirmed for none, such as a substance."""


class Appointment(BaseModel):
    """What the records say of one appointment of a person, and of its licence as it stands now."""

    model_config = ConfigDict(frozen=True)

    number: str
    person: str
    role: Role
    kind: LicenceKind
    licence: str
    """Number of the licence."""
    holder: str
    acts_for: str | None = None
    """The holder of an authorisation that the licence's holder acts for."""
    acts_by: str | None = None
    """The agreement by which it does."""
    licence_site: str | None = None
    country: str | None = None
    """Where that site stands."""
    markets: tuple[str, ...] = ()
    """None of one that was recorded before they were asked for: it is for the market that its country counts as."""
    sites: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    valid_from: date
    valid_to: date | None = None
    approved: bool = False
    ended_from: date | None = None
    papers: tuple[Paper, ...] = ()
    """Certificates of the licence's site and kind that bear its number."""

    def is_in_force(self, day: date) -> bool:
        """Whether it counts on a day, as it is known now."""
        return not _fault_of_time(self, day)

    def words(self) -> str:
        """How it stands under a signature and on the page of the gates."""
        return f"{self.number}: {_WORDS[self.role]}, {_PAPERS[self.kind]} {self.licence} of {self.holder}"


class MarketAsked(BaseModel):
    """What one market asks of the appointment of who signs for it, by its row."""

    model_config = ConfigDict(frozen=True)

    market: str
    counting: frozenset[str]
    """The markets whose decision counts in it."""
    lands: frozenset[str]
    """What counts as it, for licences that name no market."""
    licensed_in: frozenset[str] = frozenset()
    """The countries of whose licences one signs in it; any if there is none."""
    licences: frozenset[str] = frozenset()
    """The kinds of licences on which one does; any if there is none."""

    def is_for(self, each: Appointment) -> bool:
        """One that names markets counts where their decision does; an older one where the site of its licence is."""
        if each.markets:
            return not self.counting.isdisjoint(each.markets)
        return each.country in self.lands

    def takes_licence(self, each: Appointment) -> bool:
        """Whether the licence is of a country whose licences count. One of no site on record its approver has read."""
        return not self.licensed_in or each.country is None or each.country in self.licensed_in

    def takes_kind(self, each: Appointment) -> bool:
        """Whether the licence is of a kind that counts."""
        return not self.licences or each.kind in self.licences


class Signing(BaseModel):
    """What a person signs: of which site and product, and in which of their roles they may."""

    model_config = ConfigDict(frozen=True)

    roles: frozenset[Role]
    """Roles of the person in which this may be signed."""
    site_id: str | None = None
    """Where it was made; `None` if what is signed is of no one site."""
    product: str | None = None
    activity: Activity | None = None
    """What was done there."""
    dosage_form: str | None = None
    """The form of what is signed; `None` if it has none, or is not asked."""
    batch_id: str | None = None
    market: str | None = None
    markets: tuple[str, ...] = ()
    """Those of which an appointment names one: `market`, or those of a batch that is spoken of as a whole."""
    asks: tuple[MarketAsked, ...] = ()
    """What each of these asks of an appointment by its row of the policy; one that meets all that one asks will do."""
    comes_from: frozenset[str] | None = frozenset()
    """The countries that the goods come from, as far as is on record; `None` where that is not asked, since only what
    nobody could sign at all is looked for."""
    is_clinical: bool = False
    """Whether it is clinical supply, for which a market may ask for another kind of licence."""
    release_sites: Mapping[str, tuple[str, ...]] | None = None
    """Where the authorisations of the market let the batch be released today, by their names; `None` if that is not
    asked, or they name no site."""
    holders: Mapping[str, str] | None = None
    """Who holds the authorisations of the market, by their names; `None` if it is not asked whose licence it is."""
    agreed: frozenset[tuple[str, str]] = frozenset()
    """The agreements in force today by which holders of licences may act for those, each with its site."""
    number: str | None = None
    """The number that the signed form states; `None` if it states none."""

    def needs_appointment(self) -> bool:
        """Whether the person acts in a role that needs one: who is of the quality unit beside it acts as that."""
        return bool(self.roles) and self.roles <= APPOINTED


def relied_on(signing: Signing, known: Iterable[Appointment], today: date) -> Appointment:
    """The appointment that a signature stands on. Raises `Refused` (NOT_APPOINTED) with all that is missing.

    Where none fits, those are told that would but for their days; else the one that fits best says what is wrong.
    """
    held = [each for each in known if each.role in signing.roles]
    found = sorted(((faults_of(each, signing, today), each) for each in held), key=_how_near)
    for faults, each in found:
        if not faults:
            return each
    who = " or ".join(sorted(signing.roles))
    if not found:
        raise not_appointed(who, {"appointment": f"none is on record for {who}: {HOW}"})
    raise not_appointed(who, _what_is_missing(found))


def _what_is_missing(found: Sequence[tuple[dict[str, str], Appointment]]) -> dict[str, str]:
    """Of several, the nearest first: those that would carry it on another day, and what the nearest of today lacks."""
    at_another_time = [faults["appointment"] for faults, _ in found if faults.keys() == {"appointment"}]
    lacks, nearest = next((each for each in found if "appointment" not in each[0]), found[0])
    if at_another_time:
        return {**lacks, "appointment": "; ".join(at_another_time)}
    return {"appointment": f"{nearest.number} comes nearest: {nearest.words()}", **lacks}


def _how_near(found: tuple[dict[str, str], Appointment]) -> tuple[int, int, str]:
    """Fewest faults first; then what counts today, what waits for an approval, and last what is over."""
    faults, each = found
    standing = 0 if "appointment" not in faults else 2 if each.approved else 1
    return len(faults), standing, each.number


def not_appointed(who: str, faults: dict[str, str]) -> Refused:
    """The refusal of a signature that no appointment carries."""
    message = f"This is signed as {who} under an appointment in force; none carries it."
    return Refused(Code.NOT_APPOINTED, message, fields=faults, rule=RULE)


def faults_of(each: Appointment, signing: Signing, today: date) -> dict[str, str]:
    """What keeps a signature from standing on an appointment, by field, and how to get it."""
    faults: dict[str, str] = {}
    if late := _fault_of_time(each, today):
        faults["appointment"] = f"{each.number} {late}"
    faults |= _faults_of_markets(each, signing)
    if signing.site_id is not None and not _covers_site(each, signing.site_id):
        where = ", ".join(each.sites) or each.licence_site
        faults["appointment.sites"] = f"{each.number} is for {where}, not for {signing.site_id}: {HOW}"
    if signing.product is not None and not _names(each.products, signing.product):
        products = ", ".join(each.products)
        faults["appointment.products"] = f"{each.number} is for {products}, not for {signing.product}: {HOW}"
    if signing.number is not None and name_key(signing.number) != name_key(each.licence):
        faults["authorisation"] = f"is not that of {each.number}: {each.licence}"
    if fault := _fault_of_release_site(each, signing):
        faults["appointment.licence.site_id"] = fault
    faults |= _faults_of_holder(each, signing)
    if not faults and (fault := fault_of_papers(each, signing, today)):
        faults["appointment.licence"] = fault
    return faults


def _fault_of_time(each: Appointment, day: date) -> str:
    if each.ended_from is not None and day >= each.ended_from:
        return f"has ended on {each.ended_from}: {HOW}"
    if not each.approved:
        how = f"POST /v1/appointments/{each.number}/approval"
        return f"is not approved; it waits for an approval by {_APPROVERS}, of another person than proposed it: {how}"
    if day < each.valid_from:
        return f"counts from {each.valid_from}: {HOW}"
    if each.valid_to is not None and day > each.valid_to:
        return f"was over on {each.valid_to}: {HOW}"
    return ""


def _faults_of_markets(each: Appointment, signing: Signing) -> dict[str, str]:
    """Each market is judged by its own row: the appointment must be for one of them, with what that one asks."""
    if not signing.asks:
        return {}
    its = [asked for asked in signing.asks if asked.is_for(each)]
    if not its:
        named, wanted = ", ".join(each.markets) or _nowhere(each), " or ".join(asked.market for asked in signing.asks)
        return {"appointment.markets": f"{each.number} is for {named}, not for {wanted}: {HOW}"}
    of_country = [asked for asked in its if asked.takes_licence(each)]
    if any(asked.takes_kind(each) for asked in of_country):
        return {}
    if of_country:
        supply = "clinical supply for " if signing.is_clinical else ""
        of = "; ".join(
            f"{supply}{asked.market} is decided on one of kind {' or '.join(sorted(asked.licences))}"
            for asked in of_country
        )
        return {"appointment.licence.kind": f"{each.number} is on an {each.kind}, and {of}: {HOW}"}
    of = "; ".join(f"{asked.market} is decided on one of {', '.join(sorted(asked.licensed_in))}" for asked in its)
    return {"appointment.licence.country": f"{each.number} is on a licence of {each.country}, and {of}: {HOW}"}


def _nowhere(each: Appointment) -> str:
    where = f"a licence of {each.country}" if each.country is not None else "a licence of no known country"
    return f"no market that it names (it is on {where})"


def _fault_of_release_site(each: Appointment, signing: Signing) -> str:
    """Why the licence is not that of a site where the authorisation lets the batch be released; empty if it is."""
    named = signing.release_sites
    if named is None or any(each.licence_site in sites for sites in named.values()):
        return ""
    sites = ", ".join(sorted({site for sites in named.values() for site in sites}))
    by = f"{', '.join(named)} names {sites} for the release"
    where = f"is on a licence of {each.licence_site}" if each.licence_site is not None else "is on a licence of no site"
    how = "propose an appointment on a licence of such a site, or have REG_AFFAIRS register this one with"
    return f"{each.number} {where}, and {by}: {how} PUT /v1/authorisations/{{id}}"


def _faults_of_holder(each: Appointment, signing: Signing) -> dict[str, str]:
    """Why the licence is neither that of an authorisation's holder nor of who acts for one; none if it is."""
    if signing.holders is None:
        return {}
    held = {party_key(holder) for holder in signing.holders.values()}
    if party_key(each.holder) in held:
        return {}
    if each.acts_for is None or party_key(each.acts_for) not in held:
        by = " or ".join(f"{holder} holds {name}" for name, holder in signing.holders.items())
        how = "propose one on a licence of that holder, or say by which agreement this one acts for it (acts_for)"
        return {"appointment.licence.holder": f"{each.number} is on a licence of {each.holder}, and {by}: {how}"}
    if (each.licence_site, each.acts_by) not in signing.agreed:
        fault = f"{each.acts_by}, by which {each.holder} acts for {each.acts_for}, is not in force"
        return {"appointment.acts_for.agreement": fault}
    return {}


def _covers_site(each: Appointment, site_id: str) -> bool:
    """A site's own qualified person acts for the site of the licence; the sponsor's for the sites named, or all."""
    if each.role is Role.CDMO_QP and each.licence_site != site_id:
        return False
    return not each.sites or site_id in each.sites


def _names(products: Collection[str], product: str) -> bool:
    return not products or name_key(product) in {name_key(each) for each in products}


def fault_of_papers(each: Appointment, signing: Signing, today: date) -> str:
    """Why the licence itself carries nothing now, as the certificates of its site say; empty if it does.

    A licence of which no certificate is on record was read by who approved the appointment. Of one of the very site
    that has made the batch a certificate names what was done there, confirmed for its dosage form.
    """
    if not each.papers:
        return ""
    made_there = each.licence_site == signing.site_id and signing.activity is not None
    counting = [
        paper for paper in each.papers if _counts(paper.certificate, signing.activity if made_there else None, today)
    ]
    if any(not made_there or _is_for_form(paper, signing) for paper in counting):
        return ""
    if counting:
        forms = ", ".join(sorted({str(paper.dosage_form) for paper in counting}))
        named = ", ".join(paper.certificate_id for paper in counting)
        return f"the {each.kind} {named} was confirmed for {forms}, not for {signing.dosage_form}"
    return "; ".join(dict.fromkeys(_why(each.kind, paper, signing.activity, today) for paper in each.papers))


def _is_for_form(paper: Paper, signing: Signing) -> bool:
    """Whether it was confirmed for the form of what is signed, as far as both sides name one."""
    if paper.dosage_form is None or signing.dosage_form is None:
        return True
    return name_key(paper.dosage_form) == name_key(signing.dosage_form)


def _counts(certificate: Certificate, activity: Activity | None, today: date) -> bool:
    named = activity or certificate.confirmed_activity
    return named is not None and counts_for(certificate, named, today)


def _why(kind: LicenceKind, paper: Paper, activity: Activity | None, today: date) -> str:
    certificate, name = paper.certificate, f"the {kind} {paper.certificate_id}"
    match certificate.status:
        case CertificateStatus.SUSPENDED:
            return f"{name} is suspended by its authority"
        case CertificateStatus.WITHDRAWN:
            return f"{name} is withdrawn by its authority"
        case CertificateStatus.VERIFIED if not is_valid_on(certificate.valid_to, today):
            return f"{name} was over on {certificate.valid_to}"
        case CertificateStatus.VERIFIED if certificate.confirmed_activity is None:
            return f"{name} does not name what the site does"
        case CertificateStatus.VERIFIED:
            return f"{name} does not name {activity}"
        case CertificateStatus.SUPERSEDED:
            return f"{name} is replaced"
    return f"{name} is not verified"
