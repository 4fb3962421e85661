"""Years of a site that is watched, with exact dates."""

from datetime import timedelta

from tests.company import Company
from tests.scenarios import watching as tell


async def test_five_years(company: Company) -> None:
    today = company.today
    kinds = ("GMP_CERT", "MIA", "CEP", "ISO", "INSURANCE", "WDA")
    ends = {kind: today + timedelta(days=500 + 100 * n) for n, kind in enumerate(kinds)}
    case_id, last_day = await tell.qualified(company, ends)
    import time; t=time.time()
    await company.comes(company.now + timedelta(days=5 * 365), step=timedelta(days=10))
    print("took", time.time()-t)
    print(last_day, ends)
    for k,v in (await tell.done_in(company, case_id)).items(): print(k,v)
    for e in await company.events(case_id, "site.looked"): print(e.occurred_at.date(), e.payload["effect"])
    h = company.environment.client.get_workflow_handle(case_id)
    async for w in company.environment.client.list_workflows(f"WorkflowId='{case_id}'"): print(w.run_id, w.history_length, w.status)
