"""A for-cause audit from its trigger to its closure."""

from tests.company import Company

FINDINGS = [
    {"severity": "MAJOR", "area": "QC laboratory", "summary": "Audit trail review is missing."},
    {"severity": "MAJOR", "area": "Production", "summary": "Cleaning limits are not justified."},
    {"severity": "OTHER", "area": "Warehouse", "summary": "A label was hard to read."},
    {"severity": "OTHER", "area": "Training", "summary": "One record was late."},
    {"severity": "OTHER", "area": "Archive", "summary": "One file was misplaced."},
]


async def test_two_majors_three_others_one_dispute_and_one_rework_are_followed_to_closure(company: Company) -> None:
    audit = await company.audit_under_way(findings=FINDINGS)
    await company.reported(audit)
    evidence = await company.vito.uploads(audit)
    await company.vito.does(audit, "dispute", finding_no=2, evidence=[evidence])
    await company.priya.does(audit, "judge-dispute")
    await company.answered(audit, rework=(1,))
    await company.answered(audit)
    await company.answered(audit)
    capas = await company.capas_of(audit)
    assert len(capas) == 5
    for capa in capas:
        await company.implemented(capa)

    await company.asked(audit, "close")
    case = await company.priya.does(audit, "close")

    assert (case["stage"], case["outcome"]) == ("CLOSED", "ACCEPTABLE_WITH_CAPA")
    assert {finding["status"] for finding in case["findings"]} == {"CLOSED"}
    events, size = await company.history(audit)
    steps = len(
        [event for event in await company.events(audit) if "sha256" in event.payload and "form" in event.payload]
    )
    print(f"{audit}: {events} events, {size} bytes, {steps} human steps, {events / steps:.1f} events a step")  # noqa: T201 - figures
    assert events <= 250
    assert events / steps <= 9
