"""Tests compute as workers do: with one thread. A thread more for small matrices waits longer than it works."""

import os


for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # read when NumPy is first imported
