"""The lines of the how-to on people, products and imports work as they are printed."""

import pytest

from records.contexts import load
from records.core.journal import Journal
from tests.authorised import forget_what_is_authorised
from tests.company import Company
from tests.records.importing import an_importer
from tests.records.seeded import Seeded
from tests.scenarios.making import fit
from tests.scenarios.release.test_first_release import PRINTED, ROOT, TUTORIAL, paste

LINES = "".join(PRINTED.findall((ROOT / "docs" / "how-to" / "register-people-and-products.md").read_text()))
MADE = PRINTED.findall(TUTORIAL.read_text())[0].partition("act wen BAT-1 parameters")[0]
NUMBER = "IMP-2026-014"


@pytest.mark.timeout(600)
async def test_people_products_and_imports_are_registered_as_printed(company: Company) -> None:
    await fit(company)
    await forget_what_is_authorised(company.database)
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    await an_importer(seeded, certificate_id="CERT-2", serial=2)
    lines = LINES.replace("PER-5", company.seeded.person("quentin"))
    code, told, complaints = await paste(company, MADE + lines)
    assert (code, complaints) == (0, ""), told
    ended = await company.hana.get("/v1/appointments/APT-2026-004")
    assert (ended["approved"], ended["ended_because"]) == (True, "The person has left the holder.")
    stopped = await company.rosa.get("/v1/authorisations/AUT-ARL-EU")
    assert (stopped["versions"][0]["status"], len(stopped["stops"])) == ("APPROVED", 1)
    gone = await company.sana.get(f"/v1/consignments/{NUMBER}")
    assert (gone["quantity"], gone["withdrawn_because"]) == ("9", "The consignment was of another batch.")
