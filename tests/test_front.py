"""The front door."""

import subprocess
import sys

import pytest

import reportedly


def test_a_missing_file_is_not_read_as_a_text():
    with pytest.raises(reportedly.IntakeError, match=r"missing-report\.txt"):
        reportedly.read("missing-report.txt")


@pytest.mark.parametrize("source", [None, 5, b"text", ["a", "b"]])
def test_other_types_are_refused_by_name(source):
    with pytest.raises(TypeError, match=type(source).__name__):
        reportedly.read(source)


def test_known_facts_stand_before_what_the_report_says():
    report = reportedly.read("Rain fell.", title="Rain", outlet="The Gazette", published="2026-03-10").report
    assert (report.title, report.outlet, report.published) == ("Rain", "The Gazette", "2026-03-10")


def test_import_loads_neither_models_nor_the_network_stack():
    heavy = ["onnxruntime", "tokenizers", "trafilatura", "httpx2", "numpy"]
    code = f"import sys, reportedly; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
