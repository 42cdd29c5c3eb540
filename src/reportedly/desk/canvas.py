"""The text of a report of which little is kept: what was read in it, where it stood."""

from __future__ import annotations

from ..records import Reading


def canvas(reading: Reading, kept: str) -> str:
    """Return a text in which what is kept of a report stands where it stood, and blanks everywhere else."""
    passages = [a.content for a in reading.attributions]
    passages += [p for a in reading.attributions for p in (a.source, *([a.cue] if a.cue else []), *a.via)]
    passages += [m for e in reading.entities for m in e.mentions]
    letters = list(kept) + [" "] * max(0, max((p.end for p in passages if p.spans), default=0) - len(kept))
    for passage in passages:
        at = 0
        for start, end in passage.spans:
            letters[start:end] = passage.text[at : at + end - start]
            at += end - start + 1
    return "".join(letters)
