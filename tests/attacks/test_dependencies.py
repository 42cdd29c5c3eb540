"""No licence comes in with a dependency that does not go with the program's own."""

from __future__ import annotations

import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "dependencies"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = SourceFileLoader("dependencies", str(SCRIPT))
    spec = importlib.util.spec_from_loader("dependencies", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "said",
    ["MIT", "BSD-3-Clause", "Apache-2.0 AND CNRI-Python", "Mozilla Public License 2.0 (MPL 2.0)",
     "MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", "BSD License; Apache Software License"],
)  # fmt: skip
def test_what_goes(script: ModuleType, said: str) -> None:
    assert script.verdict(said, True) == ""


@pytest.mark.parametrize(
    ("said", "why"),
    [("GPL-3.0-or-later", "does not go"), ("AGPL-3.0-only", "does not go"),
     ("MIT AND GPL-2.0-only", "does not go"),
     ("GNU Affero General Public License v3", "does not go"), ("SSPL-1.0", "does not go"),
     ("LGPL-3.0-only", "the core"), ("GNU Lesser General Public License v3 (LGPLv3)", "the core"),
     ("", "no licence"), ("Proprietary", "not known")],
)  # fmt: skip
def test_what_does_not(script: ModuleType, said: str, why: str) -> None:
    assert why in script.verdict(said, True)


def test_an_extra_may_bring_the_lgpl(script: ModuleType) -> None:
    assert script.verdict("LGPL-3.0-only", False) == ""
    assert script.verdict("GPL-3.0-only", False)
