"""What the interface lists and shows: envelopes, pages, filters, moments, entity tags."""

from __future__ import annotations

import json

import pytest

from reportedly.desk import open_desk
from reportedly.desk.book import weigh_all
from reportedly.desk.ingest import ingest
from reportedly.records import Ledger

from .conftest import REPORTS

LISTS = [
    "/reports", "/stories", "/claims", "/figures", "/sources", "/entities", "/quarantine", "/decisions",
    "/jobs", "/search?q=port", "/reports/herald-1/attributions", "/reports/echo-2/revisions", "/exports",
]  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_the_same_envelope(get, path):
    assert set(get(path)) == {"items", "next"}


def walked(get, path, **query):
    """Return the items of all pages of two."""
    found, cursor = [], None
    for _ in range(100):
        page = get(path, limit=2, **query, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= 2
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("path", [p for p in LISTS if p not in ("/search?q=port", "/exports", "/jobs")])
@pytest.mark.parametrize("as_of", [None, "2026-05-04T12:00"])
def test_pages_give_what_one_list_gives(get, client, path, as_of):
    query = {"as_of": as_of} if as_of else {}
    if client.get(f"/api/v1{path}", params=query).status_code == 404:
        pytest.skip("not there yet")
    assert walked(get, path, **query) == get(path, limit=200, **query)["items"]


def test_search_goes_through_pages(get):
    whole = get("/search", q="port", limit=200)["items"]
    assert [h["report"] for h in walked(get, "/search", q="port")] == [h["report"] for h in whole]
    assert {"herald-1", "courier-1", "echo-1"} == {h["report"] for h in whole}


@pytest.mark.parametrize(("path", "new"), [("/reports", "echo-3"), ("/stories", None), ("/claims", None)])
def test_a_page_holds_still_while_the_desk_grows(get, client, desk_file, tmp_path, path, new):
    def key(item):
        return item["story"]["id"] if path == "/stories" else item["id"]

    before = [key(item) for item in get(path, limit=200)["items"]]
    first = get(path, limit=1)
    text = "Orvane and Selk signed a treaty on herring, the Orvane Gazette reported on Sunday."
    row = {"id": "echo-3", "published": "2026-06-01T09:00:00+00:00", "outlet": "Valley Echo", "text": text}
    (tmp_path / "more.jsonl").write_text(json.dumps(row))
    with open_desk(desk_file) as desk:
        assert [o.state for o in ingest(desk, [str(tmp_path / "more.jsonl")])] == ["filed"]
        for _ in weigh_all(desk):
            pass
    if new:
        assert new in [key(item) for item in get(path, limit=200)["items"]]
    rest = get(path, limit=200, cursor=first["next"])["items"]
    found = [key(item) for item in (*first["items"], *rest)]
    assert [name for name in found if name in before] == before
    assert len(found) == len(set(found))


def test_a_cursor_of_another_list_or_a_made_up_one_is_refused(get, client):
    cursor = get("/reports", limit=1)["next"]
    for path, bad in (("/stories", cursor), ("/reports?outlet=Valley+Echo", cursor), ("/reports", "AAAA")):
        answer = client.get(f"/api/v1{path}", params={**parameters(path), "cursor": bad})
        assert answer.status_code == 422
        assert answer.json()["type"] == "urn:reportedly:problem:cursor"


def parameters(path):
    return {"outlet": "Valley Echo"} if "outlet" in path else {}


def test_reports_are_filtered_by_outlet_story_and_time(get):
    assert [r["id"] for r in get("/reports", outlet="Valley Echo")["items"]] == ["echo-1", "echo-2"]
    story = get("/reports/herald-1")["story"]
    assert {r["id"] for r in get("/reports", story=story)["items"]} == {"herald-1", "courier-1", "echo-1"}
    assert [r["id"] for r in get("/reports", until="2026-05-04T09:00")["items"]] == ["herald-1", "echo-2"]
    assert [r["id"] for r in get("/reports", since="2026-05-04T09:00")["items"]] == ["echo-1", "courier-1"]


def test_a_report_with_its_text_revisions_and_what_was_read(get):
    report = get("/reports/echo-2")
    assert (report["revision"], report["title"]) == (2, "Growers fear frost")
    text = get("/reports/echo-2/text")
    assert text["text"] == REPORTS[3]["text"]
    assert [(r["number"], r["changes"]) for r in get("/reports/echo-2/revisions")["items"]] == [
        (1, 0),
        (2, 2),
    ]
    assert {c["what"] for c in get("/reports/echo-2/diff")["changes"]} == {"title", "updated"}
    assert get("/reports/echo-2/diff", revision=1)["changes"] == []
    reading = get("/reports/echo-2/reading")
    assert reading["report"]["text"] == text["text"]
    quoted = get("/reports/echo-2/attributions", kind="person")["items"]
    assert quoted
    for item in quoted:
        assert item["attribution"]["source"]["kind"] == "person"
        for start, end in item["attribution"]["content"]["spans"]:
            assert text["text"][start:end] in item["attribution"]["content"]["text"]


def test_claims_have_holders_and_origins_and_are_filtered(get):
    everything = get("/claims", limit=200)["items"]
    for claim in everything:
        assert claim["origins"]["low"] <= claim["origins"]["high"]
        assert all("source" in a and a["source"]["kind"] for a in claim["appearances"])
    disputed = get("/claims", disputed=True)["items"]
    assert disputed
    assert all(c["disputed_by"] for c in disputed)
    assert {c["id"] for c in disputed} < {c["id"] for c in everything}
    about = get("/claims", about="close port")["items"]
    assert about
    assert all("port" in " ".join(a["content"]["text"] for a in c["appearances"]) for c in about)
    by = get("/claims", by="saren police")["items"]
    assert by
    assert all(any("Police" in a["source"]["text"] for a in c["appearances"]) for c in by)
    assert all(c["first_seen"] >= "2026-05-05" for c in get("/claims", since="2026-05-05")["items"])
    assert get("/claims", confirmed=True)["items"] == []
    reports = [len({a["report"] for a in c["appearances"]}) for c in everything]
    assert reports == sorted(reports, reverse=True)


def test_a_claim_a_moment_ago_is_what_was_known_then(get):
    claim = get("/claims", disputed=True)["items"][0]
    then = get(f"/claims/{claim['id']}", as_of="2026-05-04T12:00")
    assert not then["disputed_by"]
    assert {a["report"] for a in then["appearances"]} <= {"herald-1", "courier-1"}
    listed = {c["id"]: c for c in get("/claims", as_of="2026-05-04T12:00", limit=200)["items"]}
    assert listed[claim["id"]] == then
    assert "echo-1" not in json.dumps(listed)


def test_a_story_that_takes_long_to_weigh_says_when_to_come_back(client, get):
    story = get("/reports/herald-1")["story"]
    then = {"as_of": "2026-05-04T12:00"}
    client.app.state.api.remembered._patience = 0.0
    answer = client.get(f"/api/v1/stories/{story}", params=then)
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:reportedly:problem:unavailable"
    assert int(answer.headers["retry-after"]) > 0
    client.app.state.api.remembered._patience = 60.0
    assert get(f"/stories/{story}", **then)["story"]["reports"] == ["herald-1", "courier-1"]


def test_a_trace_names_every_report_that_it_leads_through(get):
    claim = max(get("/claims")["items"], key=lambda c: len(c["origins"]["hops"]))
    trace = get(f"/claims/{claim['id']}/trace")
    assert trace["claim"] == claim
    there = {r["id"] for r in trace["reports"]}
    assert {hop["report"] for hop in claim["origins"]["hops"]} <= there


def test_figures_of_a_story_and_of_all(get):
    story = get("/reports/herald-1")["story"]
    own = get(f"/stories/{story}/figures")["items"]
    hurt = [s for s in own if s["series"]["measure"] and len(s["series"]["points"]) > 1]
    assert hurt
    assert all(p["source"] for s in hurt for p in s["series"]["points"])
    everywhere = get("/figures", limit=200)["items"]
    assert all(s in everywhere for s in own)
    measure = hurt[0]["series"]["measure"]
    assert {s["series"]["measure"] for s in get("/figures", measure=measure)["items"]} == {measure}


def test_private_people_and_unnamed_sources_are_not_gathered(get):
    names = {s["name"] for s in get("/sources", limit=200)["items"]}
    assert any("Police" in n for n in names)
    assert not any("Adel" in n or "official" in n for n in names)
    entities = {e["name"]: e["id"] for e in get("/entities", limit=200)["items"]}
    private = next(name for name in entities if "Adel" in name)
    assert get(f"/entities/{entities[private]}")["stories"] is None
    police = next(name for name in entities if "Police" in name)
    assert get(f"/entities/{entities[police]}")["stories"] == [get("/reports/herald-1")["story"]]


def test_stories_are_filtered_by_what_is_claimed_in_them(get):
    assert len(get("/stories")["items"]) == 2
    (one,) = get("/stories", about="frost")["items"]
    assert one["story"]["reports"] == ["echo-2"]
    (other,) = get("/stories", disputed=True)["items"]
    assert "herald-1" in other["story"]["reports"]
    assert get("/stories", since="2026-05-06")["items"] == []


def test_quarantine_says_why(get):
    (row,) = get("/quarantine")["items"]
    assert row["locator"].endswith("#6")
    assert "text" in row["reason"]


@pytest.mark.parametrize(
    "path", ["/stories", "/stories/{story}", "/claims/{claim}", "/claims/{claim}/trace", "/reports/herald-1",
             "/reports/herald-1/reading", "/claims", "/stats"]
)  # fmt: skip
def test_what_has_not_changed_is_not_sent_again(get, client, path):
    story, claim = get("/stories")["items"][0]["story"]["id"], get("/claims")["items"][0]["id"]
    path = "/api/v1" + path.format(story=story, claim=claim)
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = client.get(path, headers={"If-None-Match": '"0"'})
    assert other.status_code == 200


def test_a_decision_changes_the_tag_of_its_story_alone(get, client):
    here = get("/reports/herald-1")["story"]
    there = get("/reports/echo-2")["story"]
    tags = {s: client.get(f"/api/v1/stories/{s}").headers["etag"] for s in (here, there)}
    attribution = get("/reports/herald-1/attributions")["items"][0]["attribution"]
    value = "deny" if attribution["stance"] != "deny" else "assert"
    made = client.post(
        "/api/v1/decisions/correct",
        json={"report": "herald-1", "attribution": attribution["id"], "field": "stance", "value": value},
    )
    assert made.status_code == 201, made.text
    after = {s: client.get(f"/api/v1/stories/{s}").headers["etag"] for s in (here, there)}
    assert after[here] != tags[here]
    assert after[there] == tags[there]


def test_exports_are_files(client, get):
    answer = client.get("/api/v1/exports/ledger?full_text=true")
    assert answer.headers["content-disposition"].startswith("attachment")
    ledger = json.loads(answer.content)
    assert set(ledger) == set(Ledger.__struct_fields__)
    story = get("/reports/echo-2")["story"]
    part = client.get("/api/v1/exports/ledger", params={"story": story}).json()
    assert [s["id"] for s in part["stories"]] == [story]
    assert client.get("/api/v1/exports/none").status_code == 404


def test_counts_and_health(get):
    assert get("/stats")["counts"]["reports"] == 4
    assert get("/health")["status"] == "ok"
