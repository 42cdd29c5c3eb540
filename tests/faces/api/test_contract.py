"""The OpenAPI document holds: what it says is what is answered, whatever is asked."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

CONFORMING = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LOCAL = {"host": "localhost"}


@pytest.fixture(scope="module")
def schema(read_desk, tmp_path_factory):
    from .conftest import build

    folder = tmp_path_factory.mktemp("contract")
    for path in read_desk.parent.glob("desk.db*"):
        shutil.copy(path, folder / path.name)
    app = build(folder / "desk.db")
    loaded = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=LOCAL)
    yield loaded
    app.state.api.close()


def tried(strategy: Any, check: Callable[[Any], None], examples: int) -> None:
    """Run a check on cases that are the same in every run."""

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=strategy)
    def run(case: Any) -> None:
        check(case)

    run()


def operations(schema: Any) -> list[Any]:
    found = [result.ok() for result in schema.get_all_operations()]
    assert len(found) > 30
    return found


def test_whatever_is_asked_the_answer_is_as_declared(schema):
    def check(case: Any) -> None:
        answer = case.call(headers=LOCAL)
        case.validate_response(answer, checks=[*CONFORMING, unsupported_method])

    for operation in operations(schema):
        tried(operation.as_strategy(generation_mode=GenerationMode.POSITIVE), check, 4)


def test_what_breaks_the_rules_is_refused(schema):
    def check(case: Any) -> None:
        answer = case.call(headers=LOCAL)
        case.validate_response(answer, checks=[*CONFORMING, negative_data_rejection])

    for operation in operations(schema):
        if any((*operation.path_parameters, *operation.query, *operation.body)):
            tried(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), check, 4)


def test_answers_about_what_is_there_are_as_declared(schema):
    client = TestClient(schema.app, base_url="http://localhost")

    def items(path: str) -> list[dict[str, Any]]:
        return client.get(f"/api/v1{path}").json()["items"]

    stories, reports = [s["story"] for s in items("/stories")], items("/reports")
    there = {
        "story": [s["id"] for s in stories],
        "claim": [c["id"] for c in items("/claims")],
        "report": [r["id"] for r in reports],
        "source": [s["id"] for s in items("/sources")],
        "entity": [e["id"] for e in items("/entities")],
        "format": [f["name"] for f in items("/exports") if f["name"] in ("ledger", "csv", "jsonl")],
        "attribution": [a["attribution"]["id"] for a in items("/reports/herald-1/attributions")],
        "decision": [1, 2, 3],
    }
    assert all(there.values())
    chosen = random.Random(7)
    statuses: dict[str, set[int]] = {}

    def known(values: Any) -> Any:
        """Put ids that are there in the place of those made up."""
        if isinstance(values, dict):
            return {
                name: chosen.choice(there[name])
                if name in there and isinstance(value, str | int)
                else known(value)
                for name, value in values.items()
            }
        return values

    def check(case: Any) -> None:
        case.path_parameters = known(case.path_parameters)
        case.body = known(case.body)
        case.query = {k: v for k, v in (case.query or {}).items() if k in ("limit", "clock", "full_text")}
        answer = case.call(headers=LOCAL)
        case.validate_response(answer, checks=CONFORMING)
        statuses.setdefault(case.operation.label, set()).add(answer.status_code)

    for operation in operations(schema):
        names = {p.name for p in operation.path_parameters}
        if names - {"job"} or "/decisions" in operation.path:
            tried(operation.as_strategy(generation_mode=GenerationMode.POSITIVE), check, 4)
    seen = {label for label, found in statuses.items() if found & {200, 201}}
    assert {label for label in statuses if label.startswith("GET")} <= seen
    assert "POST /api/v1/decisions/correct" in seen


def test_every_error_and_every_list_is_declared(schema):
    document = schema.raw_schema
    assert document["openapi"].startswith("3.1")
    for path, operations_ in document["paths"].items():
        for operation in operations_.values():
            answers = operation["responses"]
            assert {"401", "403", "422", "429", "500", "503"} <= set(answers), path
            for status, answer in answers.items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"]
            if operation["operationId"].startswith("list"):
                names = {p["name"] for p in operation["parameters"]}
                assert "as_of" in names, path
                one = answers["200"]["content"]["application/json"]["schema"]
                assert set(one["properties"]) == {"items", "next"}


def test_every_claim_is_declared_with_holder_and_origins(schema):
    shapes = schema.raw_schema["components"]["schemas"]
    assert {"appearances", "origins"} <= set(shapes["Claim"]["required"])
    assert "source" in shapes["Appearance"]["required"]
    assert "source" in shapes["Attribution"]["required"]
