"""Taking many reports in through the page: a file is sent, and the work can be watched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ...desk.jobs import Job, Jobs, SameKey, TooManyJobs
from ...desk.uploads import Kind
from ...errors import IntakeError, ReportedlyError
from ..api.asking import the_user
from ..api.jobs import MOST
from .deps import page

router = APIRouter()

_LISTED = 30
_ENDINGS: dict[str, Kind] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".html": "html", ".htm": "html"}
_Id = Annotated[str, Path(max_length=80)]


async def _sent(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=1, max_fields=10, max_part_size=MOST + 1) as form:
        yield form


def _jobs(request: Request) -> Jobs:
    found: Jobs = request.app.state.api.jobs
    return found


@router.get("/jobs", response_class=HTMLResponse)
def jobs(request: Request) -> HTMLResponse:
    """Show what is being taken in, and the form to send more."""
    return _list(request)


@router.post("/jobs", response_class=HTMLResponse, max_body_size=MOST + 100_000)
async def start(request: Request, form: Annotated[FormData, Depends(_sent)]) -> Response:
    """Take a file in; its name's ending tells what it holds, and is used for nothing else."""
    file = form.get("file")
    body = await file.read(MOST + 1) if isinstance(file, UploadFile) else b""
    name = (file.filename or "") if isinstance(file, UploadFile) else ""
    return await to_thread.run_sync(_start, request, body, name)


def _start(request: Request, body: bytes, name: str) -> Response:
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    try:
        if not body:
            raise IntakeError("choose a file with reports: JSON lines, a text or an HTML page")
        if len(body) > MOST:
            raise IntakeError(f"the file is larger than {MOST // 1_000_000} MB: use reportedly ingest")
        job, _ = _jobs(request).add(body, _ENDINGS.get(ending, "text"), who=the_user(request).name)
    except (IntakeError, SameKey, TooManyJobs) as error:
        return _list(request, error)
    return RedirectResponse(f"/jobs/{job.id}", 303)


def _list(request: Request, error: ReportedlyError | None = None) -> HTMLResponse:
    found = _jobs(request).page(_LISTED)
    return page(request, "jobs.html", status=422 if error else 200, jobs=found, error=error, share=share)


@router.get("/jobs/{job}", response_class=HTMLResponse)
def job(request: Request, job: _Id) -> HTMLResponse:
    """Show how far a job is; the page asks again by itself until it has ended."""
    found = _jobs(request).get(job)
    return page(request, "job.html", job=found, share=share, going=found.state in ("waiting", "running"))


@router.post("/jobs/{job}/cancel")
def cancel(request: Request, job: _Id) -> Response:
    """Stop a job after the report that it is at."""
    _jobs(request).cancel(job)
    return RedirectResponse(f"/jobs/{job}", 303)


@router.post("/jobs/{job}/resume")
def resume(request: Request, job: _Id) -> Response:
    """Go on with an interrupted job."""
    _jobs(request).resume(job)
    return RedirectResponse(f"/jobs/{job}", 303)


def share(job: Job) -> int:
    """Return how much of a job is done, in percent."""
    return min(100, round(100 * job.done / job.total)) if job.total else 0
