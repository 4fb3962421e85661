"""What makes an oversight look again."""

from domain.forms import Process
from records.projections.declared import PROJECTORS
from records.registry import FORMS
from records.watching import LEADS_TO_A_LOOK


def test_every_type_that_leads_to_a_look_is_one_that_is_written() -> None:
    of_forms = {form.action.event_type(process) for process in Process for form in FORMS.of(process)}
    requests = {f"{process.noun}.request" for process in Process}
    assert sorted(set(LEADS_TO_A_LOOK) - of_forms - set(PROJECTORS) - requests) == []
