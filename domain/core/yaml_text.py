"""Reading what people keep as YAML: the policy and the questionnaire. A mistake is named, never half read."""

from collections.abc import Hashable
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from domain.core.refusals import Code, Refused

M = TypeVar("M", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """YAML in which no key may appear twice: the second would silently replace the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - as inherited
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.MarkedYAMLError(problem=f"{name} appears twice", problem_mark=key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


def read(text: str, model: type[M], what: str) -> M:
    """Read a model from YAML or JSON. Raises `Refused` (FORM_INVALID) that names each place that is wrong.

    `what` is the thing in words, as in "The policy is not valid."
    """
    try:
        return model.model_validate(yaml.load(text, _Loader))  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        place = f"line {error.problem_mark.line + 1}" if error.problem_mark else "text"
        fields = {place: str(error.problem)}
    except ValidationError as error:
        fields = {".".join(map(str, problem["loc"])) or what: problem["msg"] for problem in error.errors()}
    except (yaml.YAMLError, ValueError) as error:  # characters that YAML refuses; a date that does not exist
        fields = {"text": str(error)}
    raise Refused(Code.FORM_INVALID, f"The {what} is not valid.", fields=fields)
