"""A market is added as a row of the policy, without a line of code, and a batch is released there (section 18)."""

import pytest

from records.contexts import load
from records.core.journal import Journal
from tests.authorised import market_is_authorised
from tests.company import Company
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.release.test_further_processing import employed
from tests.records.seeded import Seeded
from tests.scenarios.making import comes_to_certification, fit, registers
from tests.scenarios.qualifying import does

BRAZIL = {
    "market": "BR",
    "rule": "MARKET",
    "deciders": ["AUTHORISED_PERSON"],
    "register_prefix": "REL",
    "statement": "As the technically responsible person of the holder I release this batch in Brazil.",
    "clinical_statement": "As the technically responsible person of the holder I release this batch for its trial.",
}


async def test_a_market_is_added_by_a_row_of_the_policy_and_a_batch_is_released_there(company: Company) -> None:
    await fit(company, markets=("BR", "US"))
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    with pytest.raises(AssertionError, match="BR is a market without a rule for who decides; known are AT, AU, BE"):
        await registers(company, "B-BR0", markets=["BR", "US"])

    policy = await company.hana.get("/v1/policy")
    assert await company.hana.changes_policy({**policy, "markets": [*policy["markets"], BRAZIL]}) == 200
    await market_is_authorised(company.database, "BR")
    licence = {"number": "ANVISA 1.00000-1"}
    await employed(seeded, "ines", "AUTHORISED_PERSON", licence=licence, markets=["BR"], at=company.now)
    batch = await comes_to_certification(company, "B-BR1", markets=["BR", "US"])
    task = await company.asked(batch, "release-to-market")
    assert (task.prefill["market"], task.prefill["statement"]) == ("BR", BRAZIL["statement"])
    assert task.roles == ["AUTHORISED_PERSON"]
    told = {"authorisation": "ANVISA 1.00000-1", "audits_known": True}
    assert await company.hana.is_refused(batch, "release-to-market", market="BR", **told) == (403, "wrong_role")
    own = {**told, "statement": "It is fine."}
    assert await company.ines.is_refused(batch, "release-to-market", **own) == (422, "rule_broken")
    await does(company.ines, batch, "release-to-market", **told)
    await does(company.hana, batch, "approve")
    entries = (await company.quentin.get("/v1/certifications"))["items"]
    numbers = [each["certificate_number"] for each in entries]
    assert numbers == [f"US-{company.today.year}-000001", f"REL-BR-{company.today.year}-000001"]
    shown = await company.quentin.get(f"/v1/certifications/{numbers[1]}")
    assert shown["declaration"]["statement"] == BRAZIL["statement"]
    await are_rebuilt_identically(company.database, "batches", "batch_markets")
