"""Users, tokens, sessions and the log: forged, expired and revoked ones are refused."""

from __future__ import annotations

import sqlite3

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from reportedly.desk import access, open_desk
from reportedly.desk.access import TooManyAttempts, User, Visit
from reportedly.desk.access_tables import attempts, sessions, tokens
from reportedly.desk.store import now
from reportedly.desk.visits import VisitLog
from reportedly.errors import DeskError, NotInDesk

PASSWORD = "correct horse battery"
LONG_AGO = "2020-01-01T00:00:00.000000Z"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Hashes that take no time; that of a password says itself how it was made."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(access, "_hasher", lambda: quick)
    access._nobody.cache_clear()
    yield
    access._nobody.cache_clear()


@pytest.fixture
def desk(tmp_path):
    with open_desk(tmp_path / "desk.db") as opened:
        with opened.writing() as connection:
            access.add_user(connection, "Mira", "reviewer", PASSWORD)
            access.add_user(connection, "robot", "reader")
        yield opened


def token_of(desk, user="robot", **how):
    with desk.writing() as connection:
        return access.add_token(connection, user, **how)


def whose(desk, token):
    with desk.reading() as connection:
        return access.by_token(connection, token)


def of_session(desk, secret):
    with desk.reading() as connection:
        return access.by_session(connection, secret)


def change(desk, statement):
    with desk.writing() as connection:
        connection.execute(statement)


# tokens -----------------------------------------------------------------------------------------


def test_a_token_says_who_it_is(desk):
    token = token_of(desk, "mira", label="nightly")
    found = whose(desk, token)
    assert found == User(name="mira", role="reviewer", through=f"token:{token.split('_')[1]}")
    assert found.may("decide")
    assert not found.may("administer")


def test_a_token_may_be_less_than_its_user_and_never_more(desk):
    assert whose(desk, token_of(desk, "mira", role="reader")).role == "reader"
    with pytest.raises(DeskError, match="no more than that"):
        token_of(desk, "robot", role="admin")


def test_forged_expired_and_revoked_tokens_are_nobodys(desk):
    token = token_of(desk)
    head, name, secret = token.split("_", 2)
    other = ("A" if secret[0] != "A" else "B") + secret[1:]
    for forged in (
        "",
        "x",
        f"{head}_{name}_{other}",
        f"{head}_{'0' * 12}_{secret}",
        token + "A",
        token.upper(),
    ):
        assert whose(desk, forged) is None
    assert whose(desk, token) is not None
    change(desk, update(tokens).where(tokens.c.id == name).values(expires=LONG_AGO))
    assert whose(desk, token) is None
    fresh = token_of(desk)
    with desk.writing() as connection:
        assert access.revoke(connection, fresh.split("_")[1]) == "token"
    assert whose(desk, fresh) is None


def test_who_is_revoked_has_no_tokens_or_sessions(desk):
    token, secret = token_of(desk, "mira"), access.sign_in(desk, "mira", PASSWORD, "10.0.0.1")
    assert of_session(desk, secret)
    with desk.writing() as connection:
        assert access.revoke(connection, "MIRA") == "user"
    assert whose(desk, token) is None
    assert of_session(desk, secret) is None
    assert access.sign_in(desk, "mira", PASSWORD, "10.0.0.1") is None
    with pytest.raises(NotInDesk):
        token_of(desk, "mira")


def test_a_new_role_ends_what_was_given_under_the_old_one(desk):
    token = token_of(desk, "mira")
    with desk.writing() as connection:
        access.add_user(connection, "mira", "reader", PASSWORD)
    assert whose(desk, token) is None
    assert whose(desk, token_of(desk, "mira")).role == "reader"


# passwords and sessions -------------------------------------------------------------------------


def test_a_password_begins_a_session(desk):
    secret = access.sign_in(desk, " MIRA", PASSWORD, "10.0.0.1")
    assert of_session(desk, secret) == User(name="mira", role="reviewer", through="session")
    assert of_session(desk, secret[:-1] + "x") is None
    with desk.reading() as connection:
        assert not connection.execute(select(attempts)).all()


@pytest.mark.parametrize("name", ["mira", "robot", "nobody", "", "x" * 5000])
def test_a_wrong_password_begins_none(desk, name):
    assert access.sign_in(desk, name, "wrong horse battery", "10.0.0.1") is None
    assert access.sign_in(desk, name, "", "10.0.0.1") is None


@pytest.mark.parametrize("column", ["used", "created"])
def test_a_session_ends_when_it_lies_idle_and_in_any_case(desk, column):
    secret = access.sign_in(desk, "mira", PASSWORD, "10.0.0.1")
    change(desk, update(sessions).values({column: LONG_AGO}))
    assert of_session(desk, secret) is None


def test_a_session_that_is_used_does_not_lie_idle(desk):
    secret = access.sign_in(desk, "mira", PASSWORD, "10.0.0.1")
    change(desk, update(sessions).values(used=LONG_AGO))
    log = VisitLog(desk)
    log.add(visit(at=now()), access.session_digest(secret))
    log.close()
    assert of_session(desk, secret)


def test_a_session_is_ended_by_signing_out(desk):
    secret = access.sign_in(desk, "mira", PASSWORD, "10.0.0.1")
    with desk.writing() as connection:
        access.end_session(connection, secret)
    assert of_session(desk, secret) is None


def test_failed_sign_ins_slow_the_next_ones_down(desk):
    for _ in range(5):
        assert access.sign_in(desk, "mira", "wrong horse battery", "10.0.0.1") is None
    with pytest.raises(TooManyAttempts) as caught:
        access.sign_in(desk, "mira", PASSWORD, "10.0.0.1")
    assert 0 < caught.value.wait <= 900
    assert access.sign_in(desk, "mira", PASSWORD, "10.0.0.2")  # from elsewhere she still can
    for n in range(15):
        access.sign_in(desk, f"name{n}", "wrong horse battery", "10.0.0.1")
    with pytest.raises(TooManyAttempts):
        access.sign_in(desk, "robot", "wrong horse battery", "10.0.0.1")
    change(desk, update(attempts).values(at=LONG_AGO))
    assert access.sign_in(desk, "mira", PASSWORD, "10.0.0.1")


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        ("", "reader", PASSWORD),
        ("a b", "reader", PASSWORD),
        ("local", "reader", PASSWORD),
        ("x" * 65, "reader", PASSWORD),
        ("nima", "owner", PASSWORD),
        ("nima", "reader", "short"),
        ("nima", "reader", "x" * 2000),
    ],
)
def test_users_that_will_not_do(desk, name, role, password):
    with desk.writing() as connection, pytest.raises(DeskError):
        access.add_user(connection, name, role, password)


def test_no_secret_stands_in_the_file(desk):
    token, secret = token_of(desk), access.sign_in(desk, "mira", PASSWORD, "10.0.0.1")
    with sqlite3.connect(desk.path) as connection:
        dump = "\n".join(connection.iterdump())
    assert "$argon2id$" in dump
    for hidden in (token, token.split("_", 2)[2], secret, PASSWORD):
        assert hidden not in dump


def test_a_desk_is_open_until_somebody_can_sign_in(tmp_path):
    with open_desk(tmp_path / "other.db") as desk, desk.writing() as connection:
        assert access.is_open(connection)
        access.add_user(connection, "robot", "reader")
        assert access.is_open(connection)
        token = access.add_token(connection, "robot")
        assert not access.is_open(connection)
        access.revoke(connection, token.split("_")[1])
        assert access.is_open(connection)
        access.add_user(connection, "mira", "admin", PASSWORD)
        assert not access.is_open(connection)


def test_a_form_token_belongs_to_one_secret():
    assert access.is_csrf_token("one", access.csrf_token("one"))
    assert not access.is_csrf_token("two", access.csrf_token("one"))
    assert not access.is_csrf_token("one", "é")


# the log ----------------------------------------------------------------------------------------


def visit(**changed):
    values = {
        "at": "2026-05-04T08:00:00.000000Z", "who": "mira", "through": "session", "method": "GET",
        "path": "/reports/{report}", "ids": {"report": "r-1"}, "status": 200,
    }  # fmt: skip
    return Visit(**{**values, **changed})


def test_the_log_keeps_who_did_what(desk):
    log = VisitLog(desk)
    log.add(visit())
    log.add(visit(who="robot", at="2026-05-05T08:00:00.000000Z"))
    log.close()
    with desk.reading() as connection:
        assert [v.who for v in access.log(connection)] == ["mira", "robot"]
        assert access.log(connection, who="mira") == [visit()]
        assert [v.who for v in access.log(connection, since="2026-05-05")] == ["robot"]


def test_the_log_waits_while_others_write(desk, monkeypatch):
    monkeypatch.setattr("reportedly.desk.store._PATIENCE", 0.05)
    with open_desk(desk.path) as impatient:
        log = VisitLog(impatient)
        with desk.writing():
            log.add(visit())
            with pytest.raises(DeskError, match="written by another"):
                log.flush()
        log.close()
    with desk.reading() as connection:
        assert access.log(connection) == [visit()]
