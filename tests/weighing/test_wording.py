"""Words in the form in which they are compared."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from reportedly.weighing.wording import base_form


def test_many_threads_get_the_forms_that_one_gets():
    words = [
        f"{stem}{end}" for stem in ("hop", "rais", "plan", "ferr", "warn") for end in ("ing", "ed", "ies")
    ]
    words = [f"{word}{k}ing" for k in "abcdefghijklmnopqrst" for word in words]
    alone = []
    for word in words:
        base_form.cache_clear()
        alone.append(base_form(word))
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(base_form.__wrapped__, words)) == alone
    finally:
        sys.setswitchinterval(before)
