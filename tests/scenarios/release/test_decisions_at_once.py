"""Quality sends a batch back in the instant in which its markets are decided (section 8)."""

import asyncio

from tests.company import Company
from tests.scenarios.making import comes_to_certification, fit, packs, unasked
from tests.scenarios.qualifying import does

ROUNDS = 3
BACK = {"way": "RETURN_FOR_CORRECTION", "reason": "Page 14 of the batch record is not signed."}


async def test_what_is_sent_back_is_decided_before_or_not_at_all_and_goes_on(company: Company) -> None:
    await fit(company)
    for number in range(ROUNDS):
        batch = await comes_to_certification(company, f"B-1{number}")
        await asyncio.gather(company.asked(batch, "certify"), company.asked(batch, "approve"))
        certified, approved, back = await asyncio.gather(
            company.quentin.attempts(batch, "certify"),
            company.hana.attempts(batch, "approve", quantity="50"),
            company.priya.attempts(batch, "redirect", **BACK),
        )
        assert {certified.status_code, approved.status_code, back.status_code} <= {200, 409}
        events = await company.events(batch)
        returned = [each.number for each in events if each.type == "batch.redirect"]
        decided = [each.number for each in events if each.type in {"batch.certify", "batch.approve"}]
        assert len(decided) == [certified.status_code, approved.status_code].count(200)
        assert len(returned) == [back.status_code].count(200)
        if not returned:
            continue
        assert all(each < returned[0] for each in decided)
        assert len([each for each in events if each.type == "batch.review_demanded"]) == (1 if decided else 0)
        await unasked(company.priya, batch, "place-hold")
        await packs(company, batch)
        await does(company.ines, batch, "completeness")
