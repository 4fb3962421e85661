"""Questionnaires: their versions, and the one of a qualification, which the site's people fill in together."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.core.actions import CaseId
from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit, Recording, created, tag
from api.core.tools import ToolsOf
from domain.core.forms import Audience, Process
from domain.qualification.questionnaire import Template
from domain.qualification.questionnaire_drafts import AnswerDraft
from domain.qualification.questionnaire_registration import TemplateRegistration
from records.qualification.queries.questionnaires import (
    QuestionnaireView,
    TemplateList,
    one_questionnaire,
    one_template,
    templates,
)

router = APIRouter(tags=["questionnaires"], responses=declared(401, 403, 422))

_OF_CASE = f"/v1/{Process.QUALIFICATION.value}/{{case_id}}/questionnaire"
TemplateId = Annotated[str, Path(max_length=30, examples=["SQ-GMP"])]
Version = Annotated[int, Path(ge=1, le=1_000_000)]


@router.get("/v1/questionnaires")
async def list_questionnaires(caller: Caller, tools: ToolsOf, cursor: Cursor = None, limit: Limit = 50) -> TemplateList:
    """The versions of all questionnaires. For the sponsor: they say what answers mean."""
    async with tools.database.reading() as session:
        return await templates(session, caller, cursor=cursor, limit=limit)


@router.post("/v1/questionnaires", status_code=201, responses=declared(409))
async def register_questionnaire(
    form: TemplateRegistration, caller: Caller, tools: ToolsOf, recording: Recording, response: Response
) -> Template:
    """Register a new version, one up from the newest. Questionnaires that were sent keep theirs."""
    template = form.template
    payload = form.model_dump(mode="json")
    await recording.note("template.loaded", template.template_id, form, payload)
    shown = await show_questionnaire(template.template_id, template.version, caller, tools, response)
    created(response, f"/v1/questionnaires/{template.template_id}/{template.version}", template.version)
    return shown


@router.get("/v1/questionnaires/{template_id}/{version}", responses=declared(404))
async def show_questionnaire(
    template_id: TemplateId, version: Version, caller: Caller, tools: ToolsOf, response: Response
) -> Template:
    """One version with all questions and what their answers mean."""
    async with tools.database.reading() as session:
        template = await one_template(session, caller, template_id, version)
    tag(response, template.version)
    return template


@router.get(_OF_CASE, tags=[Process.QUALIFICATION.value], responses=declared(404))
async def read_questionnaire(case_id: CaseId, caller: Caller, tools: ToolsOf) -> QuestionnaireView:
    """The questionnaire of a qualification: questions, answers and their versions, what is missing, what was asked."""
    async with tools.database.reading() as session:
        return await one_questionnaire(session, caller, case_id)


@router.patch(_OF_CASE, tags=[Process.QUALIFICATION.value], responses=declared(404, 409))
async def draft_answers(
    case_id: CaseId, form: AnswerDraft, caller: Caller, tools: ToolsOf, recording: Recording
) -> QuestionnaireView:
    """Draft answers; all are taken or none.

    Each names the version of the answer that was read. If somebody else has changed that answer meanwhile, nothing is
    taken, and the refusal says who and when.
    """
    payload = form.model_dump(mode="json")
    await recording.note("questionnaire.drafted", case_id, form, payload, audience=Audience.SHARED)
    return await read_questionnaire(case_id, caller, tools)
