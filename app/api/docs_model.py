"""The API's page as data: what the OpenAPI document says of every call, in the order and the words of the page."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Any

from app.api.document import JSON
from app.api.json_schema import Schema, inlined

LIMITS = (("minLength", "maxLength", "characters"), ("minItems", "maxItems", "entries"), ("minimum", "maximum", ""))
KINDS = {str: "string", bool: "boolean", type(None): "null"}
SAMPLES = {
    "string": "…",
    "date-time": "2026-11-21T09:30:00.000Z",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "object": {},
}


@dataclass(frozen=True)
class Field:
    """parent: what stands before the name on the way to it. where: of parameters only."""

    parent: str
    name: str
    kind: str
    required: bool
    about: str
    limits: str
    where: str = ""


@dataclass(frozen=True)
class Operation:
    """sample: the answer in its form, with invented values where the document holds no example."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    parameters: list[Field]
    body: list[Field]
    body_needed: bool
    example: str
    curl: str
    status: str
    answer: list[Field]
    sample: str
    refusals: list[str]


@dataclass(frozen=True)
class Reference:
    about: str
    sections: dict[str, list[Operation]]
    refusals: dict[str, str]
    problem: list[Field]
    problem_example: str


def reference(document: dict[str, Any]) -> Reference:
    """Of the document with all that it refers to in its place."""
    document = inlined(document, document["components"]["schemas"])
    sections: dict[str, list[Operation]] = {}
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            sections.setdefault(told["tags"][0], []).append(_operation(method.upper(), path, told))
    problem = document["components"]["schemas"]["Problem"]
    refusals = document["components"]["responses"]
    return Reference(
        about=document["info"]["description"].partition("\n\n")[0],
        sections=sections,
        refusals={name.removeprefix("Problem-"): refusal["description"] for name, refusal in refusals.items()},
        problem=list(_fields(problem)),
        problem_example=_pretty(_sample(problem)),
    )


def _operation(method: str, path: str, told: dict[str, Any]) -> Operation:
    parameters = told.get("parameters", [])
    body = told["requestBody"]["content"][JSON]["schema"] if "requestBody" in told else {}
    status, *refusals = told["responses"]
    answer = told["responses"][status]["content"][JSON]["schema"]
    return Operation(
        id=told["operationId"],
        method=method,
        path=path,
        summary=told["summary"],
        about=told.get("description", ""),
        parameters=[_parameter(parameter) for parameter in parameters],
        body=list(_fields(body)),
        body_needed=bool(body) and told["requestBody"]["required"],
        example=_pretty(_sample(body)) if body else "",
        curl=_curl(method, path, parameters, body),
        status=status,
        answer=list(_fields(answer)),
        sample=_pretty(_sample(answer)),
        refusals=refusals,
    )


def _parameter(told: dict[str, Any]) -> Field:
    return _field(told["name"], {**told, **told["schema"]}, told.get("required", False), where=told["in"])


def _fields(schema: Schema, parent: str = "") -> Iterator[Field]:
    """With those inside of them: `request.`, then `request.id`; `steps[].kind` for what a list holds."""
    united = _united(schema)
    for name, field in _known(united).items():
        yield _field(name, field, name in united.get("required", []), parent)
        yield from _fields(field.get("items", field), f"{parent}{name}{'[]' if 'items' in field else ''}.")


def _known(schema: Schema) -> dict[str, Schema]:
    """Those that are always there come first."""
    others: Schema = schema.get("additionalProperties", {})
    known: dict[str, Schema] = schema.get("properties", {})
    return dict.fromkeys(schema.get("required", ()), others) | known


def _united(schema: Schema) -> Schema:
    """Alternatives as one object. They are told apart by a field that has one value in each of them."""
    if "anyOf" not in schema:
        return schema
    objects: list[Schema] = [alternative for alternative in schema["anyOf"] if "properties" in alternative]
    if len(objects) == 1:
        return objects[0]
    alternatives = [alternative["properties"] for alternative in objects]
    mark = next(name for name in alternatives[0] if all("const" in fields[name] for fields in alternatives))
    united: dict[str, Schema] = {}
    for name in dict.fromkeys(name for fields in alternatives for name in fields):
        having = [fields for fields in alternatives if name in fields]
        united[name] = dict(having[0][name])
        if len(having) < len(alternatives):
            united[name]["description"] = f"With {mark} {_listed(fields[mark]['const'] for fields in having)}."
    united[mark] = {"enum": [fields[mark]["const"] for fields in alternatives]}
    required = [name for name in united if all(name in one.get("required", []) for one in objects)]
    return {"type": "object", "properties": united, "required": required}


def _field(name: str, schema: Schema, required: bool, parent: str = "", where: str = "") -> Field:
    return Field(
        parent, name, _kind(schema), required, schema.get("description", ""), "; ".join(_limits(schema)), where
    )


def _kind(schema: Schema) -> str:
    if "items" in schema:
        return f"array of {_kind(schema['items'])}"
    return " or ".join(dict.fromkeys(_kinds(schema))).replace("string", schema.get("format", "string"))


def _kinds(schema: Schema) -> list[str]:
    if "enum" in schema or "const" in schema:
        return [KINDS[type(value)] for value in schema.get("enum", [schema.get("const")])]
    if "anyOf" in schema:
        return [kind for alternative in schema["anyOf"] for kind in _kinds(alternative)]
    named: str | list[str] = schema.get("type", "anything")
    return [named] if isinstance(named, str) else named


def _limits(schema: Schema) -> Iterator[str]:
    for low, high, unit in LIMITS:
        if low in schema or high in schema:
            yield f"{_range(schema.get(low), schema.get(high))} {unit}".strip()
    if "exclusiveMinimum" in schema:
        yield f"more than {schema['exclusiveMinimum']:,}"
    if "const" in schema:
        yield f"always {_written(schema['const'])}"
    if "enum" in schema:
        yield f"one of {_listed(schema['enum'])}"
    if "default" in schema:
        yield f"without it {_written(schema['default'])}"
    examples = [example for example in schema.get("examples", []) if not isinstance(example, dict)]
    if examples:
        yield f"such as {_listed(examples)}"
    if "items" in schema:
        yield from (f"each {limit}" for limit in _limits(schema["items"]))


def _range(low: int | None, high: int | None) -> str:
    if high is None:
        return f"{low:,} or more"
    return f"up to {high:,}" if low is None else f"{low:,} to {high:,}"


def _listed(values: Any) -> str:
    return ", ".join(_written(value) for value in values)


def _written(value: Any) -> str:
    return f"{value:,}" if type(value) is int else json.dumps(value)


def _sample(schema: Schema) -> Any:
    known = schema.get("examples") or schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if known:
        return known[0]
    if "items" in schema:
        return [_sample(schema["items"])]
    inner = {name: _sample(field) for name, field in _known(_united(schema)).items()}
    return inner or SAMPLES.get(_kind(schema).partition(" ")[0])


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _curl(method: str, path: str, parameters: list[dict[str, Any]], body: Schema) -> str:
    named = {told["name"]: told["schema"]["examples"][0] for told in parameters if told["in"] == "path"}
    start = "curl" if method == "GET" else f"curl -X {method}"
    lines = [f'{start} "$URL{path.format(**named)}"', '-H "Authorization: Bearer $KEY"']
    if body:
        lines += ["-H 'Content-Type: application/json'", f"-d {quote(json.dumps(_sample(body), ensure_ascii=False))}"]
    return " \\\n  ".join(lines)
