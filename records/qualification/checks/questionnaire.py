"""Checks of questionnaires: their versions, drafts of answers, handing in, declaration and review."""

from domain.core.entry import OpenTask
from domain.core.forms import Audience, Process
from domain.core.refusals import Code, Refused, broken
from domain.qualification.questionnaire import STANDARD, Template
from domain.qualification.questionnaire_answers import answers_in_full, answers_sha256, completeness
from domain.qualification.questionnaire_drafts import AnswerDraft, changed, refuse_unless_open, refuse_unless_valid
from domain.qualification.questionnaire_forms import (
    OmissionDecision,
    OmissionVerdict,
    QuestionnaireDeclaration,
    QuestionnaireHandIn,
    QuestionnaireReview,
    refuse_unless_complete,
    refuse_unless_handed_in,
    refuse_unless_judged,
    refuse_unless_read,
)
from domain.qualification.questionnaire_registration import TemplateRegistration, refuse_unless_next
from records.asl.statements import end_status, locked_statement
from records.core.checks.changes import refuse_unless_allowed
from records.core.declared import Effect, checks, checks_event, suggests
from records.core.documents.references import refuse_unless_kept
from records.core.queries.visibility import visible_case
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.qualification.questionnaires import newest_version, questionnaire_of, sent_questionnaire
from records.qualification.tables.questionnaires import QuestionnaireRow


@checks_event("template.loaded")
async def registers_template(writing: Writing, payload: Effect) -> Effect:
    """A version follows the newest one; the first comes with the program."""
    await refuse_unless_allowed(writing, TemplateRegistration)
    template = Template.model_validate(payload["template"])
    refuse_unless_next(template, await newest_version(writing.session, template.template_id))
    return {"id": template.template_id, "version": template.version}


@checks_event("questionnaire.sent")
async def sends_the_newest(writing: Writing, payload: Effect) -> Effect:
    """The newest version is sent. A case that has a questionnaire keeps it."""
    sent = await writing.session.get(QuestionnaireRow, writing.entry.stream)
    if sent is not None:
        return {"template_id": sent.template_id, "version": sent.template_version}
    version = await newest_version(writing.session, STANDARD)
    if version == 0:
        raise Refused(Code.NOT_FOUND, f"No questionnaire {STANDARD} has been registered.")
    return {"template_id": STANDARD, "version": version}


@checks_event("questionnaire.drafted")
async def drafts_answers(writing: Writing, payload: Effect) -> Effect:
    """The case is open and the site's, the answers are valid, and each was made from the version that is there now."""
    case = await visible_case(writing.session, writing.actor, Process.QUALIFICATION.value, writing.entry.stream)
    await writing.refuse_unless_permitted(AnswerDraft.action, site_id=case.site_id)
    if case.closed_at is not None:
        raise Refused(Code.CASE_CLOSED, f"{case.case_id} is closed: {case.stage}.", when=case.closed_at.isoformat())
    if case.held:
        raise Refused(Code.CASE_ON_HOLD, "The case is on hold; its clocks stand still.")
    sent = await sent_questionnaire(writing.session, case.case_id)
    refuse_unless_open(sent.state, sent.row.handed_in_by, sent.row.handed_in_at)
    draft = AnswerDraft.stored({"answers": payload["answers"]})
    asked = None if sent.row.round == 1 else {each.q_id for each in sent.asked}
    refuse_unless_valid(draft, sent.template, sent.activity, asked=asked)
    await refuse_unless_kept(writing.session, draft, writing.actor, writing.at)
    return {"versions": dict(changed(draft, sent.answers))}


@checks(QuestionnaireHandIn)
async def can_be_handed_in(writing: Writing, case: CaseRow, form: QuestionnaireHandIn) -> Effect:
    """Complete; all answers are put on record as they are handed in (section 4)."""
    sent = await sent_questionnaire(writing.session, case.case_id)
    refuse_unless_open(sent.state, sent.row.handed_in_by, sent.row.handed_in_at)
    refuse_unless_complete(sent.questions, sent.answers, sent.asked)
    digest = answers_sha256(sent.row.template_id, sent.row.template_version, sent.answers)
    frozen: Effect = {
        "template_id": sent.row.template_id,
        "version": sent.row.template_version,
        "round": sent.row.round,
        "sha256": digest,
        "answers": answers_in_full(sent.answers),
    }
    await writing.append("questionnaire.frozen", frozen, audience=Audience.SHARED)
    return {"round": sent.row.round, "sha256": digest, "completeness": completeness(sent.questions, sent.answers)}


@suggests(QuestionnaireDeclaration)
async def suggests_the_answers(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The declaration names the answers that were handed in."""
    sent = await questionnaire_of(writing.session, case.case_id)
    return {"answers_sha256": sent.row.answers_sha256} if sent and sent.row.answers_sha256 else {}


@checks(QuestionnaireDeclaration)
async def declares_what_was_handed_in(writing: Writing, case: CaseRow, form: QuestionnaireDeclaration) -> Effect:
    """The answers that were read are those handed in (21 CFR 11.70)."""
    sent = await sent_questionnaire(writing.session, case.case_id)
    refuse_unless_handed_in(sent.state)
    refuse_unless_read(form, sent.row.answers_sha256)
    return {}


@checks(QuestionnaireReview)
async def judges_the_answers(writing: Writing, case: CaseRow, form: QuestionnaireReview) -> Effect:
    """Accepted only without a critical gap; asked again only so often as the policy allows (section 4)."""
    sent = await sent_questionnaire(writing.session, case.case_id)
    refuse_unless_handed_in(sent.state)
    found = sent.gaps
    loops_max = (await writing.policy()).limits.clarification_loops_max
    refuse_unless_judged(form, sent.questions, sent.answers, found, rounds=sent.row.round, loops_max=loops_max)
    return {
        "score": sent.score,
        "critical_gaps": [gap.q_id for gap in found if gap.critical],
        "clarifications": [each.model_dump(mode="json") for each in form.questions],
    }


@checks(OmissionDecision)
async def decides_without_an_answer(writing: Writing, case: CaseRow, form: OmissionDecision) -> Effect:
    """A rejection ends the use of a site; a status that this case has given for a time is decided on, not withdrawn."""
    before = await locked_statement(writing, case.scope_ids[0])
    if form.verdict is OmissionVerdict.WITHDRAW and before is not None and before.decided_in == case.case_id:
        message = f"{case.case_id} has given the site a status; reject it or go on."
        raise broken("section 4", message, verdict="is not possible")
    if form.verdict is OmissionVerdict.REJECT:
        await end_status(writing, case, form.reason, writing.actor.persons)
    return {}
