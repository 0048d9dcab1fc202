import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

import riskstats


MODULES = sorted(module.name for module in pkgutil.walk_packages(riskstats.__path__, "riskstats."))


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    results = doctest.testmod(importlib.import_module(name))

    assert results.failed == 0


def test_every_public_function_has_an_example():
    without = []
    for name in MODULES:
        module = importlib.import_module(name)
        if not name.rpartition(".")[2].startswith("_"):
            without += [
                f"{name}.{test.name}"
                for function in vars(module).values()
                if callable(function) and getattr(function, "__module__", "") == name and not isinstance(function, type)
                for test in doctest.DocTestFinder(exclude_empty=False, recurse=False).find(function)
                if not test.examples and not test.name.startswith("_")
            ]

    assert without == []


def test_importing_every_module_loads_no_slow_part_of_scipy():
    code = (
        f"import importlib, sys; [importlib.import_module(name) for name in {MODULES!r}]; "
        "print([name for name in ('scipy.special', 'scipy.stats', 'scipy.optimize', 'scipy.linalg', 'django') if name in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"
