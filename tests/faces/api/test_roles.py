"""What readers, reviewers and administrators may see and do where that differs; redactions and ratings."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient

from reportedly.desk import access, alerts, open_desk
from reportedly.faces.web.app import create_app

ROLES = ("reader", "reviewer", "admin")
BASE = "http://desk.example"


@pytest.fixture
def tokens(desk_file):
    """A token for each role."""
    found = {}
    with open_desk(desk_file) as desk, desk.writing() as connection:
        for role in ROLES:
            access.add_user(connection, f"the-{role}", role)
            found[role] = {"Authorization": f"Bearer {access.add_token(connection, f'the-{role}')}"}
    return found


@pytest.fixture
def wide(built, tokens):
    return TestClient(built(bound="wide"), base_url=BASE)


def post(client, what, body, headers=None):
    return client.post(f"/api/v1/decisions/{what}", json=body, headers=headers or {})


def test_who_decided_is_told_to_those_who_decide_alone(wide, tokens):
    assert post(wide, "hide", {"report": "echo-2", "why": "x"}, tokens["reviewer"]).status_code == 201
    for role in ROLES:
        answer = wide.get("/api/v1/decisions", headers=tokens[role])
        assert [d["who"] for d in answer.json()["items"]] == [None if role == "reader" else "the-reviewer"]
        assert ("the-reviewer" in answer.text) == (role != "reader")


def test_what_names_users_and_paths_is_exported_to_administrators(wide, tokens):
    for role in ROLES:
        listed = wide.get("/api/v1/exports", headers=tokens[role]).json()["items"]
        assert ("jsonl" in [f["name"] for f in listed]) == (role == "admin")
        answer = wide.get("/api/v1/exports/jsonl?full_text=true", headers=tokens[role])
        assert answer.status_code == (200 if role == "admin" else 403)
        assert wide.get("/api/v1/exports/ledger", headers=tokens[role]).status_code == 200


def test_no_other_export_names_a_user_or_a_path(wide, tokens, desk_file):
    assert post(wide, "hide", {"report": "echo-2"}, tokens["reviewer"]).status_code == 201
    found = wide.get("/api/v1/exports", headers=tokens["reader"]).json()["items"]
    story = wide.get("/api/v1/stories", headers=tokens["reader"]).json()["items"][0]["story"]["id"]
    for one in found:
        chosen = {} if "desk" in one["covers"] else {"story": story}
        answer = wide.get(
            f"/api/v1/exports/{one['name']}", params=chosen | {"full_text": True}, headers=tokens["reader"]
        )
        assert answer.status_code == 200, one["name"]
        assert b"the-reviewer" not in answer.content, one["name"]
        assert str(desk_file.parent).encode() not in answer.content, one["name"]


def test_redacting_is_for_reviewers_and_can_be_undone(wide, tokens):
    body = {"report": "echo-1", "quote": "Oda Fenn", "why": "an exercise"}
    assert post(wide, "redact", body, tokens["reader"]).status_code == 403
    made = post(wide, "redact", body, tokens["reviewer"])
    assert made.status_code == 201
    assert made.json()["body"]["spans"]
    assert "Fenn" not in json.dumps(made.json()["body"])
    text = wide.get("/api/v1/reports/echo-1/text", headers=tokens["reader"]).json()["text"]
    assert "Oda Fenn" not in text
    assert "████████" in text
    assert wide.get("/api/v1/search?q=%22Oda+Fenn%22", headers=tokens["admin"]).json()["items"][0][
        "report"
    ] == ("courier-1")
    undo = post(wide, f"{made.json()['id']}/undo", {"why": ""}, tokens["reviewer"])
    assert undo.status_code == 201
    text = wide.get("/api/v1/reports/echo-1/text", headers=tokens["reader"]).json()["text"]
    assert "Oda Fenn" in text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"report": "echo-1", "quote": "Fenn", "why": ""}, 422),
        ({"report": "echo-1", "why": "x"}, 422),
        ({"report": "echo-1", "why": "x", "whole": True, "quote": "Fenn"}, 422),
        ({"report": "echo-1", "why": "x", "quote": "Fenn", "who": "somebody else"}, 422),
        ({"report": "echo-1", "why": "x", "quote": "not there"}, 409),
        ({"report": "echo-1", "why": "x", "spans": [[5, 5]]}, 409),
        ({"report": "echo-1", "why": "x", "spans": [[0, 99999]]}, 409),
        ({"report": "echo-1", "why": "x", "field": "authors", "whole": True}, 409),
        ({"report": "nothing", "why": "x", "whole": True}, 404),
    ],
)
def test_a_redaction_that_cannot_be_meant_is_refused(client, get, body, status):
    assert post(client, "redact", body).status_code == status
    assert get("/decisions")["items"] == []


def test_a_whole_field_is_redacted(client, get):
    for field in ("title", "url"):
        body = {"report": "echo-1", "field": field, "whole": True, "why": "x"}
        assert post(client, "redact", body).status_code == 201
    report = get("/reports/echo-1")
    assert set(report["title"]) == {"█"}
    assert report["url"] is None
    assert get("/reports/echo-1/text")["text"].startswith("Transport Minister")
    assert post(client, "redact", {**body, "field": "text"}).status_code == 201
    assert get("/reports/echo-1/attributions")["items"] == []


def _graph(client, claim):
    return client.get("/api/v1/exports/schemaorg", params={"claim": claim}).json()["@graph"]


def test_only_a_persons_rating_makes_a_claim_review(client, get):
    claim = get("/claims")["items"][0]
    assert [n["@type"] for n in _graph(client, claim["id"])] == ["Claim"]
    body = {"claim": claim["id"], "rating": "unproven", "organisation": "Norden Fact Desk",
            "url": "https://facts.example/port", "value": 2, "worst": 1, "best": 5}  # fmt: skip
    made = post(client, "rate", body)
    assert made.status_code == 201
    kind, review = _graph(client, claim["id"])
    assert review["@type"] == "ClaimReview"
    assert review["itemReviewed"]["@id"] == kind["@id"]
    assert review["author"] == {"@type": "Organization", "name": "Norden Fact Desk"}
    assert review["url"] == "https://facts.example/port"
    assert review["reviewRating"] == {
        "@type": "Rating", "alternateName": "unproven", "ratingValue": 2.0, "bestRating": 5.0,
        "worstRating": 1.0,
    }  # fmt: skip
    holder = claim["appearances"][0]["source"]["text"]
    assert holder in review["claimReviewed"]
    later = {"claim": claim["id"], "rating": "false", "organisation": "norden fact desk"}
    assert post(client, "rate", later).status_code == 201
    assert [n["reviewRating"]["alternateName"] for n in _graph(client, claim["id"])[1:]] == ["false"]
    after = get(f"/claims/{claim['id']}")
    assert after == claim  # a rating counts nothing
    assert post(client, "2/undo", {}).status_code == 201
    assert post(client, "1/undo", {}).status_code == 201
    assert [n["@type"] for n in _graph(client, claim["id"])] == ["Claim"]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"rating": " "}, 409),
        ({"organisation": "\u00a0"}, 409),
        ({"url": "javascript:alert(1)"}, 422),
        ({"url": "https://a:b@facts.example/"}, 409),
        ({"value": 3}, 409),
        ({"value": 9, "best": 5, "worst": 1}, 409),
        ({"value": 1, "best": 1, "worst": 1}, 409),
        ({"claim": "c000000000000"}, 404),
    ],
)
def test_a_rating_that_cannot_be_meant_is_refused(client, get, said, status):
    body = {"claim": get("/claims")["items"][0]["id"], "rating": "unproven", "organisation": "Fact Desk"}
    assert post(client, "rate", body | said).status_code == status
    assert get("/decisions")["items"] == []


def test_alerts_show_addresses_to_administrators_and_forms_to_those_who_may_send_them(desk_file, tokens):
    with open_desk(desk_file) as desk, desk.writing() as connection:
        found, _ = alerts.add(
            connection, "ports", webhook="https://hooks.example/secret-path", mail="ed@news.example"
        )
    app = create_app(desk_file, access="wide")
    with TestClient(app, base_url=BASE) as client:
        for role in ROLES:
            page = client.get("/alerts", headers=tokens[role])
            assert page.status_code == 200
            assert ("secret-path" in page.text) == ("ed@news.example" in page.text) == (role == "admin")
            assert ("Save a search" in page.text) == ("/remove" in page.text) == (role == "admin")
            feed = client.get(f"/alerts/{found.id}.atom", headers=tokens[role])
            assert feed.status_code == 200
            assert "secret-path" not in feed.text
            for where in ("/alerts", f"/alerts/{found.id}/remove"):
                sent = client.post(where, data={"name": "x", "on": "claim"}, headers=tokens[role])
                assert (sent.status_code == 403) == (role != "admin"), (role, where)
            log = client.get("/decisions", headers=tokens[role])
            assert log.status_code == 200
    assert client.get("/alerts", follow_redirects=False).status_code in (303, 401)
