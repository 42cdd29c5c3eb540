"""The OpenAPI document: written from the records themselves, so that it says what is answered."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from ... import __version__
from ...records import Reading
from .problems import MEDIA_TYPE
from .shapes import Problem

Responses = dict[int | str, dict[str, Any]]

_HEADERS: dict[str, Any] = {
    "ETag": {"description": "Changes when the answer does.", "schema": {"type": "string"}},
}
_RETRY: dict[str, Any] = {
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer"}},
}
_SAID = {
    304: "What the client has is what there is.",
    401: "No valid token or session came with it.",
    403: "This user may not do this, or the request came from another site.",
    404: "There is no such thing in the desk, or was not at that moment.",
    409: "This cannot be done as the desk stands.",
    413: "The body is too large.",
    415: "The body is of a kind that is not taken here.",
    422: "Something in the request is not as it has to be.",
    429: "Too many requests.",
    500: "Something went wrong in the server.",
    503: "The desk or the reader cannot be used at the moment.",
}
_ALWAYS = (401, 403, 422, 429, 500, 503)
_known: dict[str, type] = {"Problem": Problem, "Reading": Reading}


def ref(shape: type) -> dict[str, Any]:
    """Return the schema that refers to a record, and enter the record into the document."""
    _known[shape.__name__] = shape
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def one(shape: type, *errors: int, status: int = 200) -> Responses:
    """Return the declared answers of an operation that gives one record."""
    return _declared(ref(shape), errors, status, (shape.__doc__ or "").split("\n")[0])


def page_of(shape: type, *errors: int) -> Responses:
    """Return the declared answers of an operation that lists records."""
    schema = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": ref(shape)},
            "next": {"type": ["string", "null"], "description": "The cursor of the next page."},
        },
        "required": ["items", "next"],
        "additionalProperties": False,
    }
    return _declared(schema, errors, 200, "One page.")


def _declared(schema: dict[str, Any], errors: tuple[int, ...], status: int, about: str) -> Responses:
    found: Responses = {status: {"description": about, "content": {"application/json": {"schema": schema}}}}
    if status == 200 and 304 in errors:
        found[200]["headers"] = _HEADERS
    for code in sorted({*errors, *_ALWAYS}):
        found[code] = {"description": _SAID[code]}
        if code != 304:
            found[code]["content"] = {MEDIA_TYPE: {"schema": ref(Problem)}}
        if code in (429, 503):
            found[code]["headers"] = _RETRY
    return found


def body_of(content: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """Return the ``openapi_extra`` of an operation that takes bodies of several kinds.

    ``content`` maps media types to schemas (a pydantic model, or a schema as it is).
    """
    kinds = {
        kind: {"schema": schema if isinstance(schema, dict) else _pydantic(schema)}
        for kind, schema in content.items()
    }
    return {"requestBody": {"required": required, "content": kinds}}


def _pydantic(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = model.model_json_schema(ref_template="#/components/schemas/{model}")
    found.pop("$defs", None)
    return found


def document(router: APIRouter) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of a router's operations."""
    alone = FastAPI(openapi_url=None)
    alone.include_router(router)
    made = get_openapi(
        title="reportedly",
        version=__version__,
        summary="Who said what, by which word, through whom, how firmly, and who disputes it.",
        openapi_version="3.1.0",
        routes=alone.routes,
    )
    _, shapes = msgspec.json.schema_components(_known.values(), ref_template="#/components/schemas/{name}")
    components = made.setdefault("components", {})
    components.setdefault("schemas", {}).update({name: _whole(s) for name, s in shapes.items()})
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "From: reportedly access token."},
        "session": {"type": "apiKey", "in": "cookie", "name": "reportedly_session"},
    }
    made["security"] = [{}, {"token": []}, {"session": []}]
    return made


def _whole(schema: dict[str, Any]) -> dict[str, Any]:
    """Every field of a record is written, but for those of a problem."""
    if schema.get("type") == "object" and "properties" in schema and schema.get("title") != "Problem":
        return {**schema, "required": list(schema["properties"])}
    return schema
