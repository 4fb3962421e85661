"""What is signed in the words of a template is refused in any other words, in every form that has such a statement."""

import pytest

from domain.core.anew import refuse_unless_good_anew
from domain.core.attestations import Known, template_of, wordings
from domain.core.forms import Decision, Form
from domain.core.refusals import Code, Refused
from tests.domain.core.test_saying import MODELS
from tests.domain.filling import filled

FORMS = [model for model in MODELS if issubclass(model, Form)]
WORDED = [model for model in FORMS if wordings(model)]
IN_OTHER_WORDS = {"ManufacturerCertificate.statement": "copied as it is printed"}
"""Statements of forms that no template gives, with the reason."""


def test_every_statement_has_its_words_from_a_template_or_from_the_market() -> None:
    free = {
        f"{form.__name__}.statement"
        for form in FORMS
        if (field := form.model_fields.get("statement")) is not None
        and template_of(field) is None
        and not any(isinstance(mark, Known) for mark in field.metadata)
    }
    assert free == {*IN_OTHER_WORDS}


@pytest.mark.parametrize("model", WORDED, ids=lambda model: model.__name__)
def test_a_statement_is_made_in_the_words_of_its_template(model: type[Form]) -> None:
    form = filled(model)
    refuse_unless_good_anew(form)
    for name, template in wordings(model).items():
        spaced = form.model_copy(update={name: f" {str(template).upper()} "})
        refuse_unless_good_anew(spaced)
        for said in (f"It is not true that: {template}", f"{template} Not quite.", "I do not confirm it."):
            other = form.model_copy(update={name: said})
            with pytest.raises(Refused) as refused:
                refuse_unless_good_anew(other)
            assert refused.value.refusal.code is Code.FORM_INVALID
            assert refused.value.refusal.fields == {name: f"is this text, to the letter: {template}"}


def test_a_decision_that_is_a_no_says_why_in_its_own_words() -> None:
    decisions = [model for model in WORDED if issubclass(model, Decision)]
    assert decisions
    for model in decisions:
        said = filled(model).model_dump(mode="json") | dict.fromkeys(wordings(model), "Not with these raw data.")
        no = model.model_validate(said | ({"decision": "REJECT"} if "decision" in said else {"declare": False}))
        assert not no.approves()
        refuse_unless_good_anew(no)
