"""What is renewed while a site is supplied from: its certificates and its quality agreement (sections 5 and 9)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from records.contexts import load
from records.core.journal import Journal
from tests.company import Colleague, Company
from tests.patience import PATIENCE
from tests.records.agreement.test_reviews import in_force
from tests.records.oversight.test_renewals import verified
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import Seeded
from tests.scenarios import qualifying as tell
from tests.scenarios.days import evening

CERTIFICATE = {"site_id": "VM-02", "scope_id": "SC-1", "certificate_id": "CERT-1"}
AGREEMENT = {"site_id": "VM-02", "scope_id": "SC-1", "reason": "A product is added."}


def journal_of(company: Company) -> Seeded:
    """The journal, to write into it what was decided before the story begins."""
    return Seeded(company.database, Journal(company.database, load()), company.seeded)


async def asks_for(who: Colleague, process: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = await who.post(f"/v1/{process}", body, **{"Idempotency-Key": str(uuid4())})
    return answer.status_code, dict(answer.json())


async def certificates(company: Company) -> list[tuple[str, str]]:
    items = (await company.ines.get("/v1/certificates", scope="SC-1"))["items"]
    return sorted((item["certificate_id"], item["status"]) for item in items)


async def asked_to_verify_the_last(company: Company, renewal: str) -> None:
    """Wait until the procedure asks for a judgement on what was sent last."""
    sent = len(await company.events(renewal, "renewal.submit-certificate"))
    async with asyncio.timeout(PATIENCE):
        while True:
            task = await company.asked(renewal, "verify-certificate")
            if task.prefill["submission"]["version"] == sent:
                return
            await asyncio.sleep(0.02)


async def test_a_certificate_is_turned_down_once_sent_twice_at_once_and_verified(company: Company) -> None:
    ends = company.today + timedelta(days=20)
    await verified(journal_of(company), company.now, valid_to=ends.isoformat())
    assert (await asks_for(company.olga, "renewals", CERTIFICATE))[0] == 404
    created, case = await asks_for(company.ines, "renewals", CERTIFICATE)
    renewal = case["case_id"]
    merged, same = await asks_for(company.vito, "renewals", CERTIFICATE)
    assert (created, merged, same["case_id"], same["merged"]) == (201, 200, renewal, True)
    assert (await company.asked(renewal, "submit-certificate")).due_at == evening(ends)
    assert (await company.http.get(f"/v1/renewals/{renewal}", headers=company.olga.headers)).status_code == 404

    await tell.does(company.vito, renewal, "submit-certificate")
    assert (await company.asked(renewal, "verify-certificate")).barred == {company.vito.person: "S1"}
    await tell.does(company.ines, renewal, "verify-certificate", accept=False, reason="It is of another site.")
    asked = await company.asked(renewal, "submit-certificate")
    assert (asked.about, asked.due_at) == ("It is of another site.", evening(ends))
    body = {**asked.prefill, "document": await company.vito.uploads(renewal)}
    body["certificate"] |= {
        "number": "2",
        "authority": "RP",
        "issued_by": "DE",
        "valid_to": (ends + timedelta(days=900)).isoformat(),
        "scope_text": "Synthesis",
    }
    sent = await asyncio.gather(*(company.vito.sends(renewal, "submit-certificate", body) for _ in range(2)))
    assert 200 in [answer.status_code for answer in sent]
    assert {answer.status_code for answer in sent} <= {200, 409}
    latest = (await company.vito.sends(renewal, "submit-certificate", body)).json()["certificate"]["certificate_id"]
    await asked_to_verify_the_last(company, renewal)
    case = await tell.does(company.ines, renewal, "verify-certificate")
    assert (case["stage"], case["outcome"], case["certificate"]["certificate_id"]) == ("VERIFIED", "VERIFIED", latest)
    standing = dict(await certificates(company))
    assert [standing[each] for each in ("CERT-1", "CERT-2", latest)] == ["SUPERSEDED", "REJECTED", "VERIFIED"]
    assert {"RECEIVED"}.isdisjoint(standing.values())
    assert list(standing.values()).count("VERIFIED") == 1

    _, case = await asks_for(company.vito, "renewals", CERTIFICATE | {"certificate_id": latest})
    await company.asked(case["case_id"], "submit-certificate")
    withdrawn = await tell.does_unasked(company.ines, case["case_id"], "withdraw")
    assert (withdrawn["stage"], withdrawn["outcome"]) == ("WITHDRAWN", "WITHDRAWN")
    await is_rebuilt_identically(company.database, "certificates")


async def test_an_agreement_is_reviewed_sent_back_and_amended_into_a_new_version(company: Company) -> None:
    await in_force(journal_of(company), company.now - timedelta(days=1))
    created, case = await asks_for(company.ines, "agreement-reviews", AGREEMENT)
    review = case["case_id"]
    assert (created, case["agreement"]["version"]) == (201, 1)
    task = await company.asked(review, "review-agreement")
    await tell.does(company.priya, review, "review-agreement")
    approval = await company.asked(review, "approve-review")
    assert (approval.barred, approval.due_at) == ({company.priya.person: "S1"}, task.due_at)
    assert (await company.http.get(f"/v1/agreement-reviews/{review}", headers=company.vito.headers)).status_code == 404
    await tell.does(company.hana, review, "approve-review", approve=False, reason="A product was added.")
    await tell.does(company.ines, review, "review-agreement", verdict="AMEND", rationale="A product was added.")

    draft = await company.asked(review, "draft-agreement")
    assert (await company.ines.sees(review))["stage"] == "NEGOTIATION"
    await tell.agreed(company, review, products=[*draft.prefill["terms"]["products"], "ARL-205"])
    await company.recorded(review, "case.closed")
    case = await company.vito.sees(review)
    assert (case["stage"], case["outcome"]) == ("RENEWED", "RENEWED")
    assert (case["agreement"]["version"], case["agreement"]["status"]) == (2, "EFFECTIVE")
    history = await company.vito.get("/v1/agreements/QTA-1")
    assert (history["in_force"], [each["status"] for each in history["versions"]]) == (2, ["EFFECTIVE", "SUPERSEDED"])
    assert "review-agreement" not in {record["action"] for record in case["records"]}

    _, case = await asks_for(company.priya, "agreement-reviews", AGREEMENT)
    await tell.does(company.ines, case["case_id"], "review-agreement")
    unchanged = await tell.does(company.hana, case["case_id"], "approve-review")
    assert (unchanged["stage"], unchanged["outcome"]) == ("UNCHANGED", "UNCHANGED")
    assert unchanged["agreement"]["review_due"] == history["versions"][0]["review_due"]
    await is_rebuilt_identically(company.database, "agreements")
