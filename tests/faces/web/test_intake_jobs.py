"""Reports that are sent as a file, and the page on which that can be watched."""

from __future__ import annotations

import json
import re
import shutil
import time

import pytest
from fastapi.testclient import TestClient

from reportedly.faces.web.app import create_app


@pytest.fixture
def client(desk_file, tmp_path):
    with TestClient(create_app(shutil.copy(desk_file, tmp_path / "desk.db"))) as found:
        yield found


def test_a_file_is_taken_in_and_can_be_watched(client):
    line = json.dumps(
        {"id": "tide-1", "text": "The bridge will close, Mayor Ola Reck said.", "outlet": "Tide"}
    )
    token = re.search(r'name="csrf" value="([^"]*)"', client.get("/jobs").text)[1]
    page = client.post("/jobs", data={"csrf": token}, files={"file": ("more.jsonl", line + "\n")})
    assert page.status_code == 200
    job = page.url.path
    for _ in range(300):
        page = client.get(job)
        if "data-again" not in page.text:
            break
        time.sleep(0.1)
    assert "1 filed" in page.text
    assert client.get("/reports/tide-1").status_code == 200
    assert job.rsplit("/", 1)[1] in client.get("/jobs").text


def test_an_empty_form_is_explained(client):
    token = re.search(r'name="csrf" value="([^"]*)"', client.get("/jobs").text)[1]
    page = client.post("/jobs", data={"csrf": token}, files={"file": ("x.jsonl", b"")})
    assert page.status_code == 422
    assert "choose a file" in page.text


def test_a_job_that_is_not_there(client):
    assert client.get("/jobs/j-none").status_code == 404
