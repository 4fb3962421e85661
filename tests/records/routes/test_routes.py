"""Every route by which a fact can become true gives its consequences: routes are found from the types of fields."""

import pytest

from domain.audit.finding import Severity
from domain.core.forms import Action, Form, Process, Value
from domain.core.people import Role
from domain.processes import FORMS
from records.contexts import load
from records.core.tables.facts import FactRow
from tests.records.databases import on_one_database
from tests.records.routes import stories
from tests.records.routes.finding import Route, routes
from tests.records.routes.stories import Story
from tests.records.seeded import Seeded

BY_FORM: dict[Route, Story] = {
    ("AuditReport", "findings.severity"): stories.graded_in_the_report,
    ("AuditReport", "recommendation"): stories.unacceptable,
    ("CapaRequest", "severity"): stories.scar_on_its_own,
    ("DeviationReclassification", "deviation_class"): stories.raised_by_the_sponsor,
    ("DeviationReport", "deviation_class"): stories.deviation,
    ("DisputeDecision", "severity"): stories.raised_by_a_dispute,
    ("EventTriage", "scar.severity"): stories.scar_of_an_event,
    ("OosInvestigation", "outcome"): stories.confirmed_after_release,
    ("OosInvestigation", "scar.severity"): stories.scar_of_an_investigation,
    ("OosReport", "kind"): stories.result,
    ("PartialConfirmation", "decision"): stories.rejected_part,
    ("ProcessingRelease", "decision"): stories.rejected_for_processing,
    ("MarketRelease", "decision"): stories.rejected_by_whom_the_market_names,
    ("QcuApproval", "decision"): stories.rejected_by_the_quality_unit,
    ("QpCertification", "decision"): stories.rejected_by_the_qualified_person,
    ("Redirection", "way"): stories.redirected,
    ("ReleaseReview", "outcomes.outcome"): stories.taken_back,
    ("SiteDisposition", "verdict"): stories.rejected_by_the_site,
    ("SiteEventReport", "severity"): stories.event_of_a_deviation,
    ("SiteEventReport", "type"): stories.event_of_a_recall,
    ("SuspensionDecision", "scope"): stories.suspended_after_a_finding,
    ("SuspensionOrder", "scope"): stories.suspended_as_proposed,
    ("SuspensionReview", "scope"): stories.suspended_further,
}
EXCEPTIONS: dict[Route, str] = {
    ("CertificateSubmission", "certificate.type"): "what is sent counts for nothing before it is verified",
    ("ClosingMeeting", "preliminary_findings.severity"): "refused unless it was told as a critical finding before",
    ("DocumentSubmission", "documents.certificate.type"): "what is sent counts for nothing before it is verified",
    ("FurtherApproval", "decision"): "a further part is released or left; a release is taken back by its review",
    ("FurtherCertification", "decision"): "a further part is released or left; a release is taken back by its review",
    ("FurtherConfirmation", "decision"): "a further part is confirmed or left; a confirmation is withdrawn",
    ("FurtherMarketRelease", "decision"): "a further part is released or left; a release is taken back by its review",
    ("FurtherProcessing", "decision"): "a further part is released or left; a release is withdrawn",
    ("EventTriage", "suspension.scope"): "a proposal; people decide on it in the status case that it opens",
    ("OosLaboratoryPhase", "cause"): "it ends a fact, once it is seen: the result is invalidated",
    ("OosOwnLaboratoryPhase", "cause"): "it ends a fact, once it is seen: the result is invalidated",
    ("OwnTesting", "cause"): "what a correction gives as the cause; the failing lines stand until it is proven",
    ("RecommendationAgreement", "recommendation"): "repeats what the audit has come to, whose report has made it true",
    ("ReportAmendment", "recommendation"): "repeats what the audit has come to, which the judgement has made true",
    ("StatusRequest", "kind"): "a proposal; people decide on it",
    ("StatusRequest", "proposed_scope"): "a proposal; people decide on it",
    ("ThirdPartyReport", "recommendation"): "a bought report: the qualification rejects the site, which suspends it",
}
MORE: dict[str, Story] = {
    "AbroadWithdrawal: the form says nothing else": stories.first_step_goes_away,
    "CertificateStop: the form says nothing else": stories.certificate_stopped,
    "CriticalFinding: the form says nothing else": stories.told_on_site,
    "CertificateVerification: by the activities that are left out": stories.replaced_by_a_narrower_one,
    "DeviationClosure: by the batches that are included": stories.included_in_an_investigation,
    "EventSupplement: lots of an event that is known": stories.lots_named_later,
    "QcuApproval: on grounds that concern every market": stories.rejected_in_one_market_for_doubtful_data,
    "SiteEventReport: of another type": stories.event_of_a_result,
    "SiteEventReport: of an alert": stories.event_of_falsified_goods,
    "SiteEventReport: of a complaint": stories.event_of_a_grave_complaint,
    "SiteEventReport: by a lot that a batch was made with": stories.event_of_a_material,
    "SiteEventReport: by an act of an authority against the site": stories.event_that_stops_a_site,
}
"""Routes that no single value makes: forms whose meaning it is, or what is left out."""
BY_DATE: dict[str, Story] = {
    "records.agreement.lapsing.last_days": stories.agreement_lapses,
    "records.authorisation.ending.last_days": stories.authorisation_ends,
    "records.batch.making.shelf_life.last_days": stories.shelf_life_ends,
    "records.batch.making.shelf_life.retest_days": stories.retest_is_due,
    "records.site.voiding.last_days": stories.certificate_ends,
}
NO_FACT_BY_DATE = {
    "records.agreement.lapsing.first_days": "it ends a fact: an agreement is in force again",
    "records.authorisation.ending.first_days": "it ends a fact: an authorisation is in force again",
    "records.batch.making.shelf_life.extensions": "the end of the shelf life stands already; goods are blocked again",
}
STORIES = [*BY_FORM.values(), *MORE.values(), *BY_DATE.values()]


def test_every_field_that_can_make_a_fact_true_is_a_route_or_an_exception() -> None:
    assert routes(FORMS) == BY_FORM.keys() | EXCEPTIONS.keys()
    assert not BY_FORM.keys() & EXCEPTIONS.keys()


def test_every_look_of_the_standing_clock_is_a_route_or_an_exception() -> None:
    looks = {f"{look.__module__}.{look.__qualname__}" for look in load().dates.of("date")}
    assert looks == BY_DATE.keys() | NO_FACT_BY_DATE.keys()


class Graded(Value):
    """Part of a new form."""

    severity: Severity


class NewForm(Form):
    """A form that somebody adds, with such a field below a collection."""

    action = Action(Process.AUDIT, "new", "Something new", frozenset({Role.HEAD_QA}))
    graded: tuple[Graded, ...] = ()


def test_a_new_form_with_such_a_field_is_found() -> None:
    assert routes([*FORMS, NewForm]) - routes(FORMS) == {("NewForm", "graded.severity")}


def test_every_fact_that_stands_has_a_route() -> None:
    """By the names that the stories return, which each story is held to below."""
    told = {name for story in STORIES for name in story.__code__.co_consts if isinstance(name, str)}
    standing = {kind.__name__ for kind in load().standing.known}
    assert standing - told == set()


@on_one_database
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_a_route_makes_the_fact_true_and_its_consequences_follow(seeded: Seeded, story: Story) -> None:
    told = await story(seeded)
    standing = [row for row in await seeded.rows(FactRow) if row.kind == told.fact and row.revoked_at is None]
    touched = {
        batch for row in standing for name in ("held", "held_with_them", "reviews") for batch in row.consequences[name]
    }
    assert told.batch_id in touched
