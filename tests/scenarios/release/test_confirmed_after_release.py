"""A result that fails after the release: in the laboratory, confirmed, reported, and called back."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from records.core.tables.cases import TaskRow
from records.release.tables import AuthorityAnswerRow
from tests.company import Company
from tests.patience import PATIENCE
from tests.scenarios.delivery.test_goods_back import delivered
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does, does_unasked, tries

SPECIFICATION = {"grounds": ["SPECIFICATION"]}
CONFIRMED = [{"market": "EU", "outcome": "CONFIRM"}]
WITHDRAWN: list[dict[str, Any]] = [{"market": "EU", "outcome": "WITHDRAW", **SPECIFICATION}]


async def test_a_result_that_fails_after_the_release_decides_what_its_review_may_answer(company: Company) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-001", markets=["EU"])
    await does(company.quentin, batch, "certify")
    await delivered(company, batch, "60")

    # The site has known it since yesterday: from then the authority's clock runs.
    yesterday = company.now - timedelta(days=1)
    result = {"oos_id": "OOS-1", "test": "Impurity I-3", "result": "0.27", "unit": "%", "limit": "≤ 0.15 %"}
    await does_unasked(company.vito, batch, "oos", detected_at=yesterday.isoformat(), **result)
    due = await company.asked(batch, "assess-field-alert")
    assert (due.prefill["report"], due.deadline is not None) == ("eu-quality-defect", True)
    deadline: Any = due.deadline
    assert deadline["started_at"][:19] == yesterday.isoformat()[:19]
    await does(company.rosa, batch, "assess-field-alert")

    # While it is in the laboratory the release is not confirmed.
    review = await company.asked(batch, "review-release")
    assert "OOS-1 under investigation (EU): the release is not confirmed before that is concluded" in review.about
    early = (await tries(company.quentin, batch, "review-release", outcomes=CONFIRMED)).json()
    assert early["fields"] == {"outcomes.0.outcome": "waits for OOS-1, under investigation"}
    await does(company.uta, batch, "oos-laboratory", retests=[])
    await does(company.priya, batch, "oos-investigation")

    # It is confirmed: what was certified is not there, and the goods are on the market.
    filed = {"file": True, "reference": "QD-2025-7", "rapid_alert_class": "CLASS_II"}
    await does(company.rosa, batch, "assess-field-alert", filed_on=company.today.isoformat(), **filed)
    review = await company.asked(batch, "review-release")
    late = (await tries(company.quentin, batch, "review-release", outcomes=CONFIRMED)).json()
    assert late["fields"]["outcomes.0.outcome"].startswith("cannot be given: OOS OOS-1 is confirmed")
    evidence = [await company.quentin.uploads(batch)]
    silent = await tries(company.quentin, batch, "review-release", outcomes=WITHDRAWN, evidence=evidence)
    assert list(silent.json()["fields"]) == ["outcomes.0.no_recall_because"]
    recalled = [{"market": "EU", "outcome": "RECALL", **SPECIFICATION}]
    await does(company.quentin, batch, "review-release", outcomes=recalled, evidence=evidence)
    assert (await company.asked(batch, "plan-recall")).state == "OPEN"


async def test_what_is_learned_while_a_report_is_asked_about_is_answered_with_it(company: Company) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-001", markets=["EU"])
    await does(company.quentin, batch, "certify")
    result = {"oos_id": "OOS-1", "test": "Blister leak", "result": "4", "unit": "1", "limit": "0"}
    await does_unasked(company.vito, batch, "oos", detected_at=company.now.isoformat(), **result)
    asked = await company.asked(batch, "assess-field-alert")
    assert len(asked.prefill["demands"]) == 1

    # It is confirmed before regulatory affairs have answered: the question is about both, with the same last day.
    await does(company.uta, batch, "oos-laboratory", retests=[])
    await does(company.priya, batch, "oos-investigation")
    both = await asked_of_both(company, batch)
    assert (both.due_at, both.prefill["demands"][0]) == (asked.due_at, asked.prefill["demands"][0])
    await does(company.rosa, batch, "assess-field-alert")
    async with company.database.reading() as session:
        known = (await session.exec(select(AuthorityAnswerRow.demand).order_by(col(AuthorityAnswerRow.demand)))).all()
    assert [*known] == [*both.prefill["demands"]]


async def asked_of_both(company: Company, batch: str) -> TaskRow:
    """The question about a report, once it is about the result and its confirmation."""
    async with asyncio.timeout(PATIENCE):
        while True:
            task = await company.asked(batch, "assess-field-alert")
            if len(task.prefill["demands"]) == 2:
                return task
            await asyncio.sleep(0.02)
