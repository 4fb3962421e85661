"""What the records say of the batch that a maker's certificate is of, and what of the certificate is unlike it."""

from collections.abc import Iterable, Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict

from domain.authorisation.registered import Registered
from domain.batch.results.specification import SpecifiedTest
from domain.core.names import are_alike, name_key
from domain.core.refusals import broken
from domain.core.rounding import Rounding
from domain.importation.batch_certificate import RULE, CertifiedSite, ManufacturerCertificate
from domain.importation.certified_results import ComparedResults, compared
from domain.importation.licences import Licence, fault_of_number, fault_of_signer
from domain.policy.reliance import SignedAs
from domain.site.site import Activity


class CertifiedBatch(BaseModel):
    """What the records say of the batch that a certificate is of."""

    model_config = ConfigDict(frozen=True)

    numbers: tuple[str, ...]
    """Its own number and the sponsor's."""
    product: str
    strength: str | None
    dosage_form: str | None = None
    """That of the scope that it was made in."""
    begun_on: date | None
    made_on: date | None
    expires_on: date | None
    makers: Mapping[str, str | None]
    """Its sites, each with its country."""
    did: Mapping[str, frozenset[Activity]]
    """What each of these has done."""
    laboratories: frozenset[str] = frozenset()
    """Sites with a scope for testing the product."""
    licences: Mapping[str, tuple[Licence, ...]] = {}
    """The verified manufacturing authorisations of each site that is named, as far as any is on record."""
    imported_in: frozenset[str] = frozenset()
    """The countries of the sites at which it has arrived as an import."""
    import_licences: Mapping[str, tuple[Licence, ...]] = {}
    """The authorisations under which it was imported, by the country of that site."""
    registered: tuple[Registered, ...] = ()
    """The authorisations of the product in the importing country."""
    specifications: tuple[tuple[SpecifiedTest, ...], ...] = ()
    """The tests of each version of its specification that is valid there, the newest first."""
    rounding: Rounding = Rounding.ROUND_TO_LIMIT

    def results(self, form: ManufacturerCertificate) -> ComparedResults:
        """What the comparison with the specification comes to."""
        return compared(form.results, self.specifications, self.rounding)


def refuse_unless_of_the_batch(form: ManufacturerCertificate, batch: CertifiedBatch | None, today: date) -> None:
    """Raise `Refused` field by field unless a certificate says of a batch what the records say. `None`: no such batch.

    Names and numbers are compared as `names` does. What nobody has recorded is left to who reviews it. Results that
    fail are entered as they are printed; such a certificate is not accepted (`refuse_unless_acceptable`).
    """
    if batch is None:
        raise broken(RULE, "The certificate is of no batch on record.", batch_id="unknown")
    if faults := _faults(form, batch, today):
        raise broken(RULE, "The certificate is not of this batch.", **faults)


def refuse_unless_acceptable(form: ManufacturerCertificate, batch: CertifiedBatch, today: date) -> None:
    """Raise `Refused` unless it still says what the records say, and every result is within its limit."""
    faults = _faults(form, batch, today)
    if failing := batch.results(form).failing:
        way = "turn the certificate down, and follow the result as an OOS of the batch"
        faults["results"] = f"{'; '.join(failing[:20])}: {way}"
    if faults:
        raise broken(RULE, "The certificate cannot be accepted.", **faults)


def _faults(form: ManufacturerCertificate, batch: CertifiedBatch, today: date) -> dict[str, str]:
    faults = (
        _unlike(form, batch)
        | _number_faults(form, batch)
        | _date_faults(form, batch, today)
        | _site_faults(form, batch)
        | _signer_faults(form, batch)
    )
    if missing := batch.results(form).missing:
        faults["results"] = f"lack {', '.join(missing[:20])}, which the registered specification asks for"
    return faults


def _unlike(form: ManufacturerCertificate, batch: CertifiedBatch) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not _is_one_of(form.batch_number, batch.numbers):
        faults["batch_number"] = f"is not {' or '.join(batch.numbers)}"
    if not _is_one_of(form.product, [batch.product]):
        faults["product"] = f"is not {batch.product}"
    if batch.strength is not None and not _is_one_of(form.strength, [batch.strength]):
        faults["strength"] = f"is not {batch.strength}"
    if not _is_form(form.dosage_form, batch.dosage_form):
        faults["dosage_form"] = f"is not {batch.dosage_form}"
    return faults


def _is_one_of(printed: str, known: Iterable[str]) -> bool:
    return name_key(printed) in map(name_key, known)


def _is_form(printed: str, known: str | None) -> bool:
    """A certificate may say more of the form than the records: `film-coated tablets` are tablets."""
    return known is None or name_key(known) == "-" or are_alike(printed, known)


def _number_faults(form: ManufacturerCertificate, batch: CertifiedBatch) -> dict[str, str]:
    """What is printed is the number of an authorisation or of its trial, or a registered pack's, where one is known."""
    if not batch.registered:
        return {}
    named = [each for each in batch.registered if _is_one_of(form.authorisation_number, _numbers(each))]
    if not named:
        known = dict.fromkeys(each.number for each in batch.registered)
        return {"authorisation_number": f"is not {' or '.join(known)}, registered in {form.importing_country}"}
    faults: dict[str, str] = {}
    if all(each.strength is not None and not _is_one_of(form.strength, [each.strength]) for each in named):
        faults["strength"] = f"is not {named[0].strength}, for which {named[0].name} is"
    if not any(_is_form(form.dosage_form, each.dosage_form) for each in named):
        faults["dosage_form"] = f"is not {named[0].dosage_form}, for which {named[0].name} is"
    return faults


def _numbers(each: Registered) -> list[str]:
    return [each.number, *(pack.code for pack in each.packs), *([each.trial] if each.trial is not None else [])]


def _date_faults(form: ManufacturerCertificate, batch: CertifiedBatch, today: date) -> dict[str, str]:
    faults: dict[str, str] = {}
    if batch.made_on is None or batch.begun_on is None:
        return {"batch_id": "is not made yet"}
    if not batch.begun_on <= form.manufactured_on <= batch.made_on:
        faults["manufactured_on"] = f"is not within {batch.begun_on} and {batch.made_on}"
    if batch.expires_on is not None and form.expires_on != batch.expires_on:
        faults["expires_on"] = f"is not {batch.expires_on}"
    if form.issued_on > today:
        faults["issued_on"] = "is in the future"
    elif form.issued_on < batch.made_on:
        faults["issued_on"] = f"is before the end of manufacture on {batch.made_on}"
    return faults


def _site_faults(form: ManufacturerCertificate, batch: CertifiedBatch) -> dict[str, str]:
    faults: dict[str, str] = {}
    for index, each in enumerate(form.sites):
        faults |= {f"sites.{index}.{name}": fault for name, fault in _faults_of_site(each, batch, form.issued_on)}
    if missing := sorted(set(batch.makers) - {each.site_id for each in form.sites}):
        faults["sites"] = f"lack {', '.join(missing)}"
    if form.signed_as is SignedAs.IMPORTER:
        if form.issued_in not in batch.imported_in:
            faults["issued_in"] = "is the country of no site at which its arrival is recorded"
    elif form.issued_in not in batch.makers.values():
        faults["issued_in"] = "is the country of no site that made it"
    return faults


def _faults_of_site(each: CertifiedSite, batch: CertifiedBatch, issued_on: date) -> list[tuple[str, str]]:
    """Who makes a batch may have tested it as well; who only tests has a scope for that."""
    faults: list[tuple[str, str]] = []
    tests = each.activity is Activity.TESTING
    if each.site_id not in batch.makers:
        if not tests:
            return [("site_id", "has made no part of the batch")]
        if each.site_id not in batch.laboratories:
            faults.append(("site_id", f"has no scope for testing {batch.product}"))
    elif not tests and each.activity not in (done := batch.did.get(each.site_id, frozenset())):
        faults.append(("activity", f"is not {' or '.join(sorted(done))}, which it did"))
    known = batch.licences.get(each.site_id, ())
    if known and (fault := fault_of_number(each.authorisation, known, issued_on)) is not None:
        faults.append(("authorisation", fault))
    return faults


def _signer_faults(form: ManufacturerCertificate, batch: CertifiedBatch) -> dict[str, str]:
    if form.signed_under is None:
        asked = f"is required of a certification {form.signed_as.words}"
        return {"signed_under": asked} if form.signed_as.certifies else {}
    if not form.signed_as.certifies:
        return {"signed_under": "belongs to a certification by a qualified person"}
    imported = form.signed_as is SignedAs.IMPORTER
    sites = [site_id for site_id, country in batch.makers.items() if country == form.issued_in]
    known = [licence for site_id in sites for licence in batch.licences.get(site_id, ())]
    if imported:
        known = [*batch.import_licences.get(form.issued_in, ())]
    fault = fault_of_signer(form.signed_under, known, form.issued_in, form.issued_on, imported=imported)
    return {"signed_under": fault} if fault is not None else {}
