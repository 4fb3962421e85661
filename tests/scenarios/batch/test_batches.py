"""A batch from its registration to the sponsor's reviews, with what goes wrong on the way."""

from tests.company import Company
from tests.scenarios.making import disposes, makes, packs, ready, registers, unasked
from tests.scenarios.qualifying import does


async def test_what_goes_wrong_is_investigated_by_whom_it_belongs_to_and_both_sides_reject(company: Company) -> None:
    await ready(company)
    batch = await registers(company, "B-002")
    await makes(company, batch, value="52.6")
    now = company.now.isoformat()
    deviation = await unasked(
        company.vito, batch, "deviation", deviation_id="DEV-1", parameter="Coupling temperature", detected_at=now
    )
    assert {hold["type"] for hold in (await company.quentin.get("/v1/holds", open=True))["items"]} == {
        "PROCESS",
        "DEVIATION",
    }
    assert deviation["stage"] == "CDMO_REVIEW"
    await unasked(company.vito, batch, "oos", oos_id="OOS-1", detected_at=now, retests_planned=3)
    assert (await company.vito.is_refused(batch, "close-deviation"))[1] == "rule_broken"  # no data on the impact
    data = [{"attribute": "Impurity I-3", "data": "0.11 % in three samples; limit 0.15 %."}]
    await does(company.vito, batch, "close-deviation", impact_on=data)
    await does(company.carla, batch, "assess-departure")
    stated = {"registered": True, "limit_missed": False, "impact": "REPORT"}
    markets = [{"market": market, **stated} for market in ("EU", "US")]
    await does(company.rosa, batch, "state-departure-filing", markets=markets)
    assert (await company.quentin.is_refused(batch, "accept-deviation", specifications_met=False))[1] == "rule_broken"
    await does(company.uta, batch, "oos-laboratory")
    task = await company.asked(batch, "oos-investigation")
    assert task.about == "Impurity I-3: 0.27 %, limit ≤ 0.15 %"
    await does(company.priya, batch, "oos-investigation", scar={"severity": "CRITICAL", "owner": "Head of QC"})
    held = (await company.quentin.get("/v1/holds", open=True))["items"]
    assert ("FINDING", batch) in {(hold["type"], hold["batch_id"]) for hold in held}
    for user in ("hana", "quentin"):
        assert len(await company.mails(user, "something critical at VM-02")) == 1
    await does(company.uta, batch, "disposition", verdict="REJECTED")
    seen = await does(company.priya, batch, "answer-rejection")
    assert (seen["stage"], seen["outcome"]) == ("REJECTED", "REJECTED")
    events = (await company.ines.get("/v1/site-events"))["items"]
    assert len(events) == 2
    assert (await company.ines.get("/v1/capas"))["items"][0]["kind"] == "SCAR"


async def test_a_package_goes_back_until_it_is_complete_and_is_reviewed_by_three(company: Company) -> None:
    await ready(company)
    batch = await registers(company)
    await makes(company, batch)
    await unasked(company.vito, batch, "change")
    await disposes(company, batch)
    task = await company.asked(batch, "package")
    assert task.deadline is not None
    await packs(company, batch)
    assert await company.ines.is_refused(batch, "completeness", complete=True, missing=[]) == (422, "rule_broken")
