"""Jobs: reports are posted, and taken in while the client goes on."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Query, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from ...desk import jobs as desk_jobs
from ...desk.shelf import Retention
from ...desk.uploads import Kind
from ...errors import DeskError, NotInDesk
from .answers import Cursor, answer, cut, listed
from .asking import AnAsked, APage, AService, AUser, id_of
from .bodies import body_of_kind
from .contract import body_of, one, page_of
from .models import Addresses
from .problems import Refused, invalid
from .shapes import Job, JobState

router = APIRouter(prefix="/jobs", tags=["jobs"])
MOST = 32_000_000  # bytes that are posted at once
_KINDS: dict[str, Any] = {
    "application/x-ndjson": {"type": "string", "minLength": 1, "description": "A report a line, as JSON."},
    "text/plain": {"type": "string", "minLength": 1, "description": "One report."},
    "text/html": {"type": "string", "minLength": 1, "description": "One page."},
    "application/json": Addresses,
}
_NAMES: dict[str, Kind] = {
    "application/x-ndjson": "jsonl",
    "text/plain": "text",
    "text/html": "html",
    "application/json": "urls",
}
JobId = Annotated[str, id_of("job", "j-1a2b3c4d5e6f7a8b")]
_LOCATION = {"Location": {"description": "The job's path.", "schema": {"type": "string"}}}
_STARTED = one(Job, 409, 413, 415, status=202)
_STARTED[202]["headers"] = _LOCATION


@router.post(
    "",
    operation_id="startJob",
    summary="Take reports in",
    status_code=202,
    response_class=Response,
    responses=_STARTED,
    openapi_extra=body_of(_KINDS),
)
async def start(
    request: Request,
    service: AService,
    user: AUser,
    retention: Annotated[Retention, Query(description="How much of each text to keep.")] = "full",
    idempotency_key: Annotated[
        str | None,
        Header(max_length=200, pattern=r"^[!-~]+$", description="The same key again starts nothing anew."),
    ] = None,
) -> Response:
    """Post JSON lines, a text or a page. Addresses are fetched only by a server that was told that it may.

    Ask for the job to see how far it is. The same posted again with the same `Idempotency-Key` gives the job
    that is there already.
    """
    kind, body = await body_of_kind(request, tuple(_KINDS), MOST)
    if kind == "application/json":
        body = _addresses(body, service.fetch)

    def add() -> tuple[desk_jobs.Job, bool]:
        try:
            return service.jobs.add(
                body, _NAMES[kind], who=user.name, retention=retention, key=idempotency_key
            )
        except desk_jobs.SameKey as error:
            raise Refused(409, "same-key", str(error)) from None
        except desk_jobs.TooManyJobs as error:
            raise Refused(503, "unavailable", str(error), {"Retry-After": "60"}) from None

    job, _ = await run_in_threadpool(add)
    found = answer(request, _job(job), status=202)
    found.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return found


def _addresses(body: bytes, allowed: bool) -> bytes:
    try:
        posted = Addresses.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error.errors()) from None
    if not allowed:
        raise Refused(403, "no-fetching", "this server fetches no addresses: post the reports themselves")
    return msgspec.json.encode(posted.urls)


def _job(job: desk_jobs.Job) -> Job:
    return Job(
        id=job.id, state=job.state, phase=job.phase, kind=job.kind, who=job.who, retention=job.retention,
        created=job.created, started=job.started, finished=job.finished,
        total=None if job.kind == "urls" else job.total, done=job.done, counts=job.counts, rate=job.rate,
        seconds_left=None if job.kind == "urls" else job.seconds_left, reason=job.reason,
        resumable=job.resumable,
    )  # fmt: skip


@router.get(
    "",
    operation_id="listJobs",
    summary="List jobs, the latest first",
    response_class=Response,
    responses=page_of(Job, 304),
)
def jobs(
    asked: AnAsked,
    page: APage,
    service: AService,
    state: Annotated[JobState | None, Query(description="In this state.")] = None,
) -> Response:
    """With how far each is."""
    cursor = Cursor(("jobs", state, asked.as_of), page.cursor, str, str)
    rows = service.jobs.page(page.limit + 1, after=cursor.keys, as_of=asked.as_of, state=state)
    found, more = cut(rows, page.limit)
    after = cursor.after((found[-1].created, found[-1].id)) if more else None
    return listed(asked.request, [_job(j) for j in found], after)


@router.get(
    "/{job}",
    operation_id="getJob",
    summary="Show how far a job is",
    response_class=Response,
    responses=one(Job, 304, 404),
)
def job(request: Request, service: AService, job: JobId) -> Response:
    """State, counts, reports a second, seconds left."""
    return answer(request, _job(service.jobs.get(job)))


@router.post(
    "/{job}/cancel",
    operation_id="cancelJob",
    summary="Stop a job",
    response_class=Response,
    responses=one(Job, 404, 409),
)
def cancel(request: Request, service: AService, job: JobId) -> Response:
    """It stops after the report that it is at; what was filed stays."""
    try:
        return answer(request, _job(service.jobs.cancel(job)))
    except DeskError as error:
        raise _conflict(error) from None


@router.post(
    "/{job}/resume",
    operation_id="resumeJob",
    summary="Go on with a job that was interrupted",
    response_class=Response,
    responses=one(Job, 404, 409),
)
def resume(request: Request, service: AService, job: JobId) -> Response:
    """What was filed is passed over."""
    try:
        return answer(request, _job(service.jobs.resume(job)))
    except DeskError as error:
        raise _conflict(error) from None


def _conflict(error: DeskError) -> Exception:
    known = isinstance(error, NotInDesk) or error.__cause__ is not None
    return error if known else Refused(409, "cannot-be-done", str(error))
