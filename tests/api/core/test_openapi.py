"""What a stranger's client is generated from."""

from collections import Counter
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.app import create_app
from api.core.problems import MEDIA_TYPE
from domain.core.forms import Form, Process
from domain.core.people import Role
from domain.core.record_kinds import RecordKind, is_of_what_was_read
from domain.processes import FORMS
from domain.record_kinds import RECORD_KINDS, kind_of
from settings import Settings

SCHEMA: dict[str, Any] = create_app(Settings()).openapi()
OPERATIONS = [(method, path, operation) for path, item in SCHEMA["paths"].items() for method, operation in item.items()]
ACTIONS = [
    (process, form)
    for process in Process
    if any(form.action.process is process for form in FORMS)
    for form in FORMS.of(process)
    if form.action.by != {Role.SYSTEM}  # what only the program requests has no route
]


def resolved(ref: str) -> Any:
    node: Any = SCHEMA
    for part in ref.removeprefix("#/").split("/"):
        node = node[part]
    return node


def refs(node: Any) -> set[str]:
    if isinstance(node, list):
        return {ref for item in node for ref in refs(item)}
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own | {ref for item in node.values() for ref in refs(item)}


def test_it_is_openapi_3_1() -> None:
    assert SCHEMA["openapi"].startswith("3.1")
    assert [str(error) for error in OpenAPIV31SpecValidator(SCHEMA).iter_errors()] == []


def test_every_reference_leads_somewhere() -> None:
    assert [ref for ref in refs(SCHEMA) if resolved(ref) is None] == []


def test_every_schema_has_a_title_of_its_own() -> None:
    titles = Counter(schema["title"] for schema in SCHEMA["components"]["schemas"].values())
    assert [title for title, times in titles.items() if times > 1] == []


def test_every_tag_is_declared_once_in_plain_words_and_used() -> None:
    declared = [tag["name"] for tag in SCHEMA["tags"]]
    assert len(set(declared)) == len(declared)
    assert set(declared) == {tag for _, _, operation in OPERATIONS for tag in operation["tags"]}
    assert [tag["name"] for tag in SCHEMA["tags"] if not tag["description"].partition("\n")[0].endswith(".")] == []


def test_no_name_of_a_schema_holds_a_module() -> None:
    """A generator of clients makes class names of them; two classes of one name are both called by their modules."""
    assert [name for name in SCHEMA["components"]["schemas"] if "__" in name or "." in name] == []


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("process", "form"), ACTIONS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_every_form_is_a_route_with_its_schema_and_its_refusals(process: Process, form: type[Form]) -> None:
    path = f"/v1/{process}" if form.action.starts else f"/v1/{process}/{{case_id}}/{form.action.name}"
    operation = SCHEMA["paths"][path]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": f"#/components/schemas/{form.__name__}"}
    assert resolved(body["$ref"])["additionalProperties"] is False
    assert {"401", "403", "409", "422", "503"} <= set(operation["responses"])
    headers = {parameter["name"]: parameter["required"] for parameter in operation["parameters"]}
    assert headers["Idempotency-Key"] is form.action.starts


@pytest.mark.parametrize(
    ("kind", "form"),
    [pytest.param(kind, form, id=kind.event_type(form)) for kind in RECORD_KINDS for form in kind.forms],
)
def test_every_form_of_a_record_beside_cases_is_one_route_with_its_schema(kind: RecordKind, form: type[Form]) -> None:
    asked = {"$ref": f"#/components/schemas/{form.__name__}"}
    routes = [(method, path) for method, path, operation in OPERATIONS if asked in bodies(operation)]
    ((method, path),) = routes
    assert method == ("post" if form.action.sent_to else "put")
    assert path.endswith(form.action.sent_to)
    headers = {each["name"] for each in SCHEMA["paths"][path][method]["parameters"]}
    assert ("if-match" in headers) is is_of_what_was_read(form)
    assert kind_of(kind.example) is kind, "an example of another kind"
    assert kind.prefix.rstrip("-") not in {process.prefix for process in Process}


def bodies(operation: dict[str, Any]) -> list[Any]:
    return [each["schema"] for each in operation.get("requestBody", {}).get("content", {}).values()]


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [item for item in OPERATIONS if item[1].startswith("/v1/")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_error_is_declared_as_a_problem(method: str, path: str, operation: dict[str, Any]) -> None:
    errors = {code: answer for code, answer in operation["responses"].items() if code == "default" or code >= "400"}
    assert {"401", "403", "422", "503", "default"} <= set(errors)
    assert {media for answer in errors.values() for media in answer["content"]} == {MEDIA_TYPE}


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [item for item in OPERATIONS if item[1].startswith("/v1/")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_all_but_the_sign_in_the_schemas_and_secret_addresses_need_a_token(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    open_to_all = path in {"/v1/token", "/v1/forms/{process}/{action}", "/v1/calendar-feed/{token}.ics"}
    assert ("security" in operation) is not open_to_all


def test_swagger_can_sign_in() -> None:
    (scheme,) = SCHEMA["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["flows"]["password"]["tokenUrl"]) == ("oauth2", "/v1/token")
