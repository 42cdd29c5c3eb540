"""The guard: each test asks what the application behind it would answer, and is refused."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from reportedly.desk import access, open_desk
from reportedly.desk.access_tables import sessions
from reportedly.errors import DeskError
from reportedly.faces import api, permissions
from reportedly.faces.guard import Guard
from reportedly.faces.limits import Buckets, Limits
from reportedly.faces.web.app import create_app

PASSWORD = "correct horse battery"
HIDE = ("POST", "/api/v1/decisions/hide", {"report": "echo-2"})
LOOK = ("GET", "/api/v1/reports/echo-2", None)


def add(desk_file, name, role, password=None):
    """Add a user and return a token of theirs."""
    with open_desk(desk_file) as desk, desk.writing() as connection:
        access.add_user(connection, name, role, password)
        return access.add_token(connection, name)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def asked(client, request, **headers):
    method, path, body = request
    return client.request(
        method, path, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


@pytest.fixture
def unguarded(desk_file):
    """The same interface with nobody at the door: what the tests ask for would be answered."""
    app = FastAPI()

    @app.middleware("http")
    async def anybody(request, go_on):
        request.state.user = access.LOCAL
        return await go_on(request)

    app.state.desk = open_desk(desk_file, create=False)
    app.include_router(api.router)
    api.install(app)
    return TestClient(app, base_url="http://desk.example")


@pytest.fixture
def local(built):
    return TestClient(built(), base_url="http://localhost:8000")


def wide(built, **how):
    return TestClient(built(bound="wide"), base_url="http://desk.example", **how)


# on one's own machine ---------------------------------------------------------------------------


@pytest.mark.parametrize("request_", [LOOK, HIDE])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "127.0.0.1.evil.example:8000"},
        {"Host": ""},
        {"Host": "[::1"},
        {"Host": "user@evil.example"},
    ],
)
def test_a_name_that_was_bound_anew_is_not_answered(local, unguarded, request_, headers):
    refused = asked(local, request_, **headers)
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:reportedly:problem:not-local"
    assert asked(unguarded, request_).is_success


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_the_names_of_the_machine_itself_are_answered(local, host):
    assert asked(local, LOOK, Host=host).status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.7", "203.0.113.5", "2001:db8::5", "", "::ffff:10.0.0.7"])
def test_other_machines_are_not_answered(built, unguarded, address):
    client = TestClient(built(), base_url="http://localhost", client=(address, 5000))
    assert asked(client, LOOK).status_code == 403
    assert asked(unguarded, LOOK).is_success


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_answered(built, address):
    assert asked(TestClient(built(), base_url="http://localhost", client=(address, 5000)), LOOK).is_success


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site", "Origin": "http://localhost:8000"},
    ],
)
def test_nothing_is_changed_for_a_page_of_another_site(local, unguarded, headers):
    refused = asked(local, HIDE, **headers)
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:reportedly:problem:another-site"
    assert asked(local, LOOK).status_code == 200  # still there
    assert asked(unguarded, HIDE, **headers).is_success


def test_own_pages_and_programs_may_change_things(local):
    assert asked(local, HIDE, Origin="http://localhost:8000", Sec_Fetch_Site="same-origin").status_code == 201


def test_a_token_that_is_no_good_is_refused_even_where_none_is_needed(local):
    assert asked(local, LOOK, Authorization="Bearer rp_000000000000_" + "A" * 43).status_code == 401


def test_without_any_guard_nothing_is_changed(desk_file):
    app = FastAPI()
    app.state.desk = open_desk(desk_file, create=False)
    app.include_router(api.router)
    api.install(app)
    client = TestClient(app, base_url="http://localhost")
    assert asked(client, LOOK).status_code == 200
    assert asked(client, HIDE).status_code == 401


def test_the_safe_bound_is_the_default(desk_file):
    with open_desk(desk_file) as desk:
        guarded = Guard(FastAPI(), desk=desk)
        client = TestClient(guarded, base_url="http://desk.example", client=("203.0.113.5", 1))
        assert client.get("/").status_code == 403


# bound wider: tokens and roles ------------------------------------------------------------------


def test_a_desk_without_users_is_not_bound_wider(built):
    with pytest.raises(DeskError, match="access add-user"):
        built(bound="wide")


@pytest.mark.parametrize("request_", [LOOK, HIDE, ("GET", "/api/v1/nowhere", None)])
def test_without_a_token_nothing_is_answered(built, desk_file, unguarded, request_):
    add(desk_file, "robot", "admin")
    refused = asked(wide(built), request_)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert asked(unguarded, request_).status_code != 401


def test_health_alone_is_open(built, desk_file):
    add(desk_file, "robot", "admin")
    assert wide(built).get("/api/v1/health").status_code == 200


def test_bad_tokens_are_refused(built, desk_file):
    good = add(desk_file, "robot", "admin")
    client = wide(built)
    assert asked(client, LOOK, **bearer(good)).status_code == 200
    bad = ["Bearer", "Bearer ", f"Basic {good}", f"Bearer {good[:-1]}", f"Bearer {good} x", "Bearer ééé",
           f"Bearer {'x' * 9000}"]  # fmt: skip
    for value in bad:
        answer = client.request("GET", LOOK[1], headers={"Authorization": value.encode()})
        assert answer.status_code == 401, value
    with open_desk(desk_file) as desk, desk.writing() as connection:
        access.revoke(connection, good.split("_")[1])
    assert asked(client, LOOK, **bearer(good)).status_code == 401


def test_a_reader_sees_and_cannot_decide_and_a_reviewer_can(built, desk_file, unguarded):
    reader, reviewer = add(desk_file, "rea", "reader"), add(desk_file, "rev", "reviewer")
    client = wide(built)
    assert asked(client, LOOK, **bearer(reader)).status_code == 200
    refused = asked(client, HIDE, **bearer(reader))
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:reportedly:problem:may-not"
    assert asked(client, LOOK, **bearer(reader)).status_code == 200
    done = asked(client, HIDE, **bearer(reviewer))
    assert (done.status_code, done.json()["who"]) == (201, "rev")
    assert asked(unguarded, ("POST", "/api/v1/decisions/1/undo", {})).status_code == 201


def test_a_reader_can_change_nothing(built, desk_file):
    app = built(bound="wide") if add(desk_file, "rea", "reader") else None
    token = add(desk_file, "rea", "reader")
    client = TestClient(app, base_url="http://desk.example")
    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            if method in ("get", "head") or path == "/api/v1/read":
                continue
            place = re.sub(r"\{\w+\}", "1", path)
            assert client.request(method, place, headers=bearer(token)).status_code == 403, path


def test_what_is_in_no_row_is_closed():
    assert permissions.needed("GET", "/some/page") == "see"
    assert permissions.needed("POST", "/some/page") == "administer"
    assert permissions.needed("DELETE", "/api/v1/decisions") == "administer"
    assert permissions.needed("POST", "/api/v1/health") == "administer"


# sessions and forms -----------------------------------------------------------------------------


@pytest.fixture
def browser(desk_file):
    add(desk_file, "mira", "reviewer", PASSWORD)
    app = create_app(desk_file, access="wide")
    with TestClient(app, base_url="http://desk.example", follow_redirects=False) as client:
        yield client


def csrf(client, path="/login"):
    found = re.search(r'name="csrf" value="(\w+)"', client.get(path).text)
    assert found
    return found[1]


def sign_in(client, **changed):
    form = {"name": "mira", "password": PASSWORD, "next": "/search", "csrf": csrf(client), **changed}
    return client.post("/login", data=form)


def test_pages_send_a_browser_to_the_form(browser):
    answer = browser.get("/reports/echo-2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/reports/echo-2")


def test_signing_in_begins_a_session_that_scripts_and_other_sites_cannot_use(browser):
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/search")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("reportedly_session="))
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    page = browser.get("/search")
    assert page.status_code == 200
    assert "mira" in page.text


def test_over_https_cookies_are_secure(desk_file):
    add(desk_file, "mira", "reviewer", PASSWORD)
    app = create_app(desk_file, access="wide")
    with TestClient(app, base_url="https://desk.example", follow_redirects=False) as client:
        answer = sign_in(client)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-reportedly_session=")
        assert "Secure" in cookie.split("; ")


@pytest.mark.parametrize(
    "changed", [{"csrf": ""}, {"csrf": "0" * 64}, {"csrf": access.csrf_token("another browser")}]
)
def test_a_form_without_its_token_is_refused(browser, changed):
    answer = sign_in(browser, **changed)
    assert answer.status_code == 403
    assert "reportedly_session" not in browser.cookies


def test_a_cookie_alone_changes_nothing(browser):
    sign_in(browser)
    assert asked(browser, LOOK).status_code == 200
    refused = asked(browser, HIDE)
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:reportedly:problem:csrf"
    before = {"X_CSRF_Token": access.csrf_token(browser.cookies["reportedly_visit"])}
    assert asked(browser, HIDE, **before).status_code == 403  # that of before signing in
    good = {"X_CSRF_Token": access.csrf_token(browser.cookies["reportedly_session"])}
    assert asked(browser, HIDE, **good).status_code == 201


def test_every_form_of_every_page_needs_its_token(browser):
    sign_in(browser)
    paths = {path for path, methods in posts(browser.app) if not path.startswith("/api/")}
    assert {"/login", "/logout", "/read"} <= paths
    for path in paths:
        place = re.sub(r"\{[^}]+\}", "1", path)
        for body in ({"data": {"x": "1"}}, {"files": {"file": b"x"}}, {"content": b"x"}):
            answer = browser.post(place, **body)
            assert answer.status_code == 403, path


def posts(app):
    from fastapi.openapi.utils import get_openapi

    document = get_openapi(title="", version="", routes=app.routes)
    return [(path, methods) for path, methods in document["paths"].items() if "post" in methods]


def test_signing_out_ends_the_session_itself(browser):
    sign_in(browser)
    secret = browser.cookies["reportedly_session"]
    token = access.csrf_token(secret)
    assert browser.post("/logout", data={"csrf": token}).status_code == 303
    browser.cookies.set("reportedly_session", secret)
    assert asked(browser, LOOK).status_code == 401


def test_a_session_ends_with_time(browser, desk_file):
    sign_in(browser)
    with open_desk(desk_file) as desk, desk.writing() as connection:
        connection.execute(update(sessions).values(used="2020-01-01T00:00:00.000000Z"))
    assert asked(browser, LOOK).status_code == 401


def test_wrong_passwords_are_slowed_down(browser):
    for _ in range(5):
        answer = sign_in(browser, password="wrong horse battery")
        assert answer.status_code == 401
        assert "mira" in answer.text
    answer = sign_in(browser)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb", "/\tx"],
)
def test_the_form_leads_nowhere_else(browser, to):
    assert sign_in(browser, next=to).headers["location"] == "/"


def test_a_page_on_one_s_own_machine_has_a_form_token_too(desk_file):
    with TestClient(create_app(desk_file), base_url="http://localhost", follow_redirects=False) as client:
        token = csrf(client)
        assert client.post("/logout", data={"csrf": "0" * 64}).status_code == 403
        assert client.post("/logout", files={"csrf": (None, token), "x": b"y"}).status_code == 303
        assert client.post("/logout", data={"csrf": token}).status_code == 303


# limits -----------------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_back(built):
    app = built(limits=Limits(rate=0.5, burst=3))
    client = TestClient(app, base_url="http://localhost")
    assert [client.get("/api/v1/health").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = client.get("/api/v1/health")
    assert answer.headers["content-type"] == "application/problem+json"
    assert 1 <= int(answer.headers["retry-after"]) <= 2


def test_what_is_costly_has_a_limit_of_its_own(built):
    client = TestClient(built(limits=Limits(costly_rate=0.01, costly_burst=1)), base_url="http://localhost")
    assert [client.get("/api/v1/exports/ledger").status_code for _ in range(2)] == [200, 429]
    assert client.get("/api/v1/stories").status_code == 200


def test_a_bucket_fills_again():
    clock = [0.0]
    bucket = Buckets(2.0, 2, clock=lambda: clock[0])
    assert [bucket.take("a"), bucket.take("a"), bucket.take("a")] == [0, 0, 0.5]
    assert bucket.take("b") == 0
    clock[0] = 0.5
    assert [bucket.take("a"), bucket.take("a")] == [0, 0.5]


@pytest.mark.parametrize("length", ["99999999999999999999999999", "-1", "abc", "1e9", "²"])
def test_a_length_that_makes_no_sense_is_refused(local, length):
    answer = local.post("/api/v1/read", content=b"", headers={"Content-Length": length.encode()})
    assert answer.status_code in (413, 422)


# the log ----------------------------------------------------------------------------------------


def test_the_log_says_who_did_what_and_no_more(built, desk_file):
    token = add(desk_file, "rea", "reader")
    app = built(bound="wide")
    with TestClient(app, base_url="http://desk.example") as client:
        asked(client, LOOK, **bearer(token))
        client.get("/api/v1/search?q=a+secret+plan", headers=bearer(token))
        asked(client, HIDE, **bearer(token))
        asked(client, LOOK)
        client.get("/api/v1/nowhere/at-all", headers=bearer(token))
        client.get("/api/v1/health")
    with open_desk(desk_file) as desk, desk.reading() as connection:
        found = access.log(connection)
    through = f"token:{token.split('_')[1]}"
    assert [(v.who, v.through, v.method, v.path, v.ids, v.status) for v in found] == [
        ("rea", through, "GET", "/api/v1/reports/{report}", {"report": "echo-2"}, 200),
        ("rea", through, "GET", "/api/v1/search", {}, 200),
        ("rea", through, "POST", "(refused)", {"path": "/api/v1/decisions/hide"}, 403),
        ("nobody", "nobody", "GET", "(refused)", {}, 401),
        ("rea", through, "GET", "(no such path)", {}, 404),
    ]
    assert "secret" not in repr(found)
