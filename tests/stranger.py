"""A client that was told nothing: it knows the passwords of its people, reads GET /openapi.json and works off inboxes.

It imports nothing of the program. What it cannot do, a program of somebody else could not do either.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

Json = dict[str, Any]

_NOTHING: Any = object()
_PAGE = 100
_FILE = b"Evidence, as asked for."


class Unanswerable(Exception):
    """A schema does not say enough to fill it in, or OpenAPI does not offer what a form asks for."""


@dataclass(frozen=True)
class Refusal:
    """What a person was told when an answer was not taken."""

    user: str
    case_id: str
    action: str
    status: int
    problem: Json


@dataclass
class Upload:
    """The operation by which evidence is uploaded, as OpenAPI describes it."""

    path: str
    parameters: list[Json]
    answers: frozenset[str]
    """Fields of its answer."""


@dataclass
class Stranger:
    """Does whatever the inboxes of its people ask for."""

    http: httpx2.AsyncClient
    passwords: Mapping[str, str]
    takes: Callable[[Any], Any] = lambda example: example
    """What is written down for an example: its days may be over."""
    states: Callable[[Json], Json] = lambda task: dict(task["prefill"])
    """What its people say to a task, on top of what is known: no program knows it."""
    openapi: Json = field(default_factory=dict)
    answered: list[tuple[str, str, str]] = field(default_factory=list)
    """Who did which action on which case, in order."""
    refusals: list[Refusal] = field(default_factory=list)
    """What was refused in the last round."""
    _headers: dict[str, dict[str, str]] = field(default_factory=dict)

    async def reads_the_api(self) -> None:
        """Read the description of the API; nothing else is known of it."""
        answer = await self.http.get("/openapi.json")
        self.openapi = answer.raise_for_status().json()

    async def works_through_the_inboxes(self) -> int:
        """Answer every task of everybody once. Returns how many answers were taken; the others are in `refusals`."""
        self.refusals, taken = [], 0
        for user in self.passwords:
            headers = await self._signed_in(user)
            async for task in self._inbox(headers):
                taken += await self._answers(user, headers, task)
        return taken

    async def requests(self, user: str, path: str, known: Json) -> Json:
        """Start a case: its form comes from OpenAPI, filled with what the story knows."""
        schema = self._body(path)
        form = await self._filled(schema, known, {}, "")
        headers = await self._signed_in(user) | {"Idempotency-Key": str(uuid4())}
        answer = await self.http.post(path, json=form, headers=headers)
        if answer.status_code >= 400:
            raise Unanswerable(f"{path}: {answer.text}")
        return dict(answer.json())

    # ------------------------------------------------------------------ people

    async def _signed_in(self, user: str) -> dict[str, str]:
        if user in self._headers:
            return self._headers[user]
        schemes = self.openapi["components"]["securitySchemes"].values()
        flow = next(scheme["flows"]["password"] for scheme in schemes if "password" in scheme.get("flows", {}))
        url = "/" + str(flow["tokenUrl"]).lstrip("/")
        answer = await self.http.post(url, data={"username": user, "password": self.passwords[user]})
        headers = {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}
        return self._headers.setdefault(user, headers)

    async def _inbox(self, headers: dict[str, str]) -> AsyncIterator[Json]:
        """Every task that is in the inbox now, each with its form if it is still open when its turn comes."""
        query: Json = {"limit": _PAGE}
        tasks: list[Json] = []
        while True:
            page = (await self.http.get("/v1/tasks", headers=headers, params=query)).raise_for_status().json()
            tasks += page["items"]
            if not page.get("next"):
                break
            query["cursor"] = page["next"]
        for task in tasks:
            answer = await self.http.get(task["url"], headers=headers)
            if answer.status_code == 200:
                yield dict(answer.json())

    # ------------------------------------------------------------------ one task

    async def _answers(self, user: str, headers: dict[str, str], task: Json) -> bool:
        schema = task["form_schema"]
        form = await self._filled(schema, self.states(task), headers, task["case_id"])
        sent = {**headers, "Idempotency-Key": str(uuid4())}
        answer = await self._signs(user, headers, task, form) if task["signature_url"] else None
        if answer is not None and answer.status_code == 201:
            sent["Signature-Token"] = answer.json()["token"]
        if answer is None or answer.status_code == 201:
            answer = await self.http.request(task["method"], task["action_url"], json=form, headers=sent)
        if answer.status_code == 200:
            self.answered.append((user, task["case_id"], task["action"]))
            return True
        refusal = Refusal(user, task["case_id"], task["action"], answer.status_code, answer.json())
        self.refusals.append(refusal)
        return False

    async def _signs(self, user: str, headers: dict[str, str], task: Json, form: Json) -> httpx2.Response:
        known = {
            "password": self.passwords[user],
            "record": task["case_id"],
            "action": task["action"],
            "form": form,
        }
        wanted = self._resolved(self._body(task["signature_url"]))["required"]
        return await self.http.post(task["signature_url"], json={name: known[name] for name in wanted}, headers=headers)

    # ------------------------------------------------------------------ forms

    async def _filled(self, schema: Json, known: Json, headers: dict[str, str], case_id: str) -> Json:
        return dict(await _Filling(self, schema.get("$defs", {}), headers, case_id).value(schema, known))

    async def uploads(self, headers: dict[str, str], case_id: str) -> Json:
        """Upload a file by the operation that takes any file as its body; returns what it answers."""
        upload = self.upload
        params: Json = {}
        for parameter in upload.parameters:
            if parameter["in"] == "query" and parameter["name"] == "case_id":
                params["case_id"] = case_id
            elif parameter["in"] == "query" and parameter.get("required"):
                params[parameter["name"]] = _example(parameter) or _example(parameter["schema"])
        answer = await self.http.post(
            upload.path, params=params, content=_FILE, headers=headers | {"Content-Type": "text/plain"}
        )
        return dict(answer.raise_for_status().json())

    @property
    def upload(self) -> Upload:
        for path, operations in self.openapi["paths"].items():
            operation = operations.get("post", {})
            content = operation.get("requestBody", {}).get("content", {})
            if any(media.get("schema", {}).get("format") == "binary" for media in content.values()):
                answer = operation["responses"]["201"]["content"]["application/json"]["schema"]
                fields = frozenset(self._resolved(answer)["properties"])
                return Upload(path, operation.get("parameters", []), fields)
        raise Unanswerable("OpenAPI offers no way to upload a file.")

    def _body(self, path: str) -> Json:
        content = self.openapi["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        schema = dict(self._resolved(content["schema"]))
        return schema | {"$defs": self.openapi["components"]["schemas"]}

    def _resolved(self, schema: Json) -> Json:
        if "$ref" not in schema:
            return schema
        return dict(self.openapi["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])


@dataclass
class _Filling:
    """Fills one form in: what is known first, then examples, then the first of an enumeration."""

    stranger: Stranger
    definitions: Json
    headers: dict[str, str]
    case_id: str

    async def value(self, schema: Json, known: Any) -> Any:
        if known is None:
            return None
        if known is _NOTHING and (example := _example(schema)) is not _NOTHING:
            return self.stranger.takes(example)
        if "$ref" in schema:
            return await self.value(self.definitions[schema["$ref"].rsplit("/", 1)[1]], known)
        if "anyOf" in schema:
            return await self.value(schema["anyOf"][0], known)
        if schema.get("type") == "object":
            return await self._object(schema, {} if known is _NOTHING else known)
        if schema.get("type") == "array":
            items = [_NOTHING] * schema.get("minItems", 0) if known is _NOTHING else known
            return [await self.value(schema["items"], item) for item in items]
        return _simple(schema) if known is _NOTHING else known

    async def _object(self, schema: Json, known: Json) -> Json:
        if not known and self._is_document(schema):
            answer = await self.stranger.uploads(self.headers, self.case_id)
            return {name: answer[name] for name in schema["required"]}
        form = dict(known)
        for name, part in schema.get("properties", {}).items():
            if name in known:
                form[name] = await self.value(part, known[name])
            elif name in schema.get("required", []) or _is_list_with_example(part):
                form[name] = await self.value(part, _NOTHING)
        return form

    def _is_document(self, schema: Json) -> bool:
        """Whether everything that is required is what an upload answers: then it is a reference to a file."""
        required = set(schema.get("required", []))
        return bool(required) and required <= self.stranger.upload.answers


def _example(schema: Json) -> Any:
    examples = schema.get("examples")
    return examples[0] if examples else schema.get("example", _NOTHING)


def _simple(schema: Json) -> Any:
    """A value without examples: the only one, the default, or the first of an enumeration."""
    for named in ("const", "default"):
        if named in schema:
            return schema[named]
    if "enum" in schema:
        return schema["enum"][0]
    raise Unanswerable(f"nothing says what to put into {schema}")


def _is_list_with_example(schema: Json) -> bool:
    """An optional list that shows by an example what belongs into it."""
    return schema.get("type") == "array" and _example(schema) is not _NOTHING
