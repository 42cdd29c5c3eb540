"""A server on a desk of the demo's reports, and a browser that says what it was refused.

Needs ``playwright``, ``axe-playwright-python`` and a Chromium (``apt-get install chromium``, or its path in
``REPORTEDLY_CHROMIUM``); without them these tests are skipped. ``REPORTEDLY_CHROMIUM`` can name another one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import uvicorn

from reportedly.desk import open_desk
from reportedly.desk.book import weigh_all
from reportedly.desk.filing import Filer
from reportedly.desk.ingest import ingest
from reportedly.faces import demo
from reportedly.faces.web.app import create_app
from reportedly.records import Attribution, Reading, Report, Source, passage

CHROMIUM = (
    os.environ.get("REPORTEDLY_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
HUGE = 5000  # claims of the report that is two megabytes long
HOSTILE = {
    "id": "hostile",
    "title": "Mayor <script>window.wrong = 1</script> speaks",
    "outlet": '"><script>window.wrong = 2</script>',
    "published": "2026-03-20T10:00:00+00:00",
    "url": "javascript:window.wrong=3",
    "text": "Mayor <script>window.wrong = 1</script> speaks\n\n"
    'Mayor Ilse <img src=x onerror="window.wrong = 4"> Orn said the \u202eegdirb\u202c was safe.\n\n'
    "قال العمدة إن الجسر آمن. “It is [[ ]] {{ 1 }} safe,” Orn said.\n\n" + "W" * 3000,
}


def pytest_collection_modifyitems(items):
    """Skip what needs a browser where there is none, and say why."""
    try:
        import axe_playwright_python  # noqa: F401
        import playwright  # noqa: F401

        reason = "" if CHROMIUM else "there is no chromium (apt-get install chromium)"
    except ImportError as error:
        reason = f"{error.name} is not installed"
    if reason:
        for item in items:
            if "e2e" in item.path.parts:
                item.add_marker(pytest.mark.skip(reason=f"no browser tests: {reason}"))


def huge():
    """A report of two megabytes that makes very many claims."""
    claims, lines, at = [], [], 0
    for k in range(HUGE):
        who = f"Official number {k}"
        line = (
            f"{who} said that tank {k} on the northern quay would be moved before the {'cold ' * 60}winter."
        )
        start = at + len(who) + 6
        claims.append(
            (f"a{k}", (at, at + len(who)), (at + len(who) + 1, start - 1), (start, at + len(line) - 1))
        )
        lines.append(line)
        at += len(line) + 2
    text = "\n\n".join(lines)
    report = Report(
        id="huge",
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        title="Very many officials speak",
        outlet="Valley Echo",
        published="2026-03-21T10:00:00+00:00",
    )
    attributions = tuple(
        Attribution(
            id=name,
            source=Source(text=text[slice(*source)], spans=(source,), kind="official"),
            cue=passage(text, cue),
            content=passage(text, content),
            quotation="indirect",
            stance="assert",
            factuality="CT+",
            confidence=0.9,
            decided_by="by hand",
        )
        for name, source, cue, content in claims
    )
    return Reading(report=report, attributions=attributions)


def copied(path, folder):
    """Copy a desk's file through SQLite, so that what others write to it meanwhile does no harm."""
    old, new = sqlite3.connect(f"file:{path}?mode=ro", uri=True), sqlite3.connect(folder / "desk.db")
    with closing(old), closing(new):
        old.backup(new)
    return folder / "desk.db"


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory):
    """A desk with the demo's reports and one that is hostile."""
    folder = tmp_path_factory.mktemp("e2e")
    source = folder / "reports.jsonl"
    rows = [demo.row(entry) for entry in demo.index()] + [HOSTILE]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with open_desk(folder / "desk.db") as desk:
        assert {o.state for o in ingest(desk, [str(source)])} == {"filed"}
        for _ in weigh_all(desk):
            pass
    return folder / "desk.db"


@pytest.fixture(scope="session")
def desk_file(demo_file, tmp_path_factory):
    """The same with a report that is huge, and not weighed."""
    path = copied(demo_file, tmp_path_factory.mktemp("huge"))
    with open_desk(path) as desk:
        filer = Filer(desk)
        with filer.writing() as connection:
            filer.file(connection, huge(), seen=datetime.now(UTC), raw_sha256=None)
    return path


@contextmanager
def serving(path, **how):
    """Run a server on a desk; gives its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(path, **how), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    assert server.started
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture(scope="session")
def site(desk_file):
    """The address of a server on that desk."""
    with serving(desk_file) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """A Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield made
        made.close()


def violations(page):
    """What axe finds that is serious or worse."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        (v["id"], [n["target"] for n in v["nodes"]][:3])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


@contextmanager
def visiting(browser, site):
    """Give a function that opens a page: ``opened("/", width=360, scheme="dark", script=False)``.

    At the end no page may have logged an error, been refused something by its policy, asked another host
    for anything, or opened a dialogue.
    """
    wrong, contexts = [], []

    def opened(path, *, width=1280, scheme="light", script=True, expect=200, ratio=1):
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=script,
            device_scale_factor=ratio,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)

        def logged(message):
            if message.type in ("error", "warning") and "status of 4" not in message.text:
                wrong.append(f"{path}: {message.text}")

        page.on("console", logged)
        page.on("pageerror", lambda error: wrong.append(f"{path}: {error}"))
        page.on("dialog", lambda dialog: wrong.append(f"{path}: dialogue {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                None
                if urlsplit(request.url).netloc == urlsplit(site).netloc
                else wrong.append(f"{path}: asked for {request.url}")
            ),
        )
        answer = page.goto(site + path)
        assert answer.status in (expect if isinstance(expect, tuple) else (expect,))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture
def open_page(browser, site):
    """Open a page of the shared desk; see :func:`visiting`."""
    with visiting(browser, site) as opened:
        yield opened
