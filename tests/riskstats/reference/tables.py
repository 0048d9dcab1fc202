"""Reads the committed reference values: ``quantity,index,value`` lines under a line that says where they come from."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt


FOLDER = Path(__file__).parent


@cache
def reference(name: str) -> dict[str, npt.NDArray[np.float64]]:
    lines = (FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    values: dict[str, list[float]] = {}
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        values.setdefault(row["quantity"], []).append(float(row["value"]))
    return {quantity: np.array(numbers) for quantity, numbers in values.items()}
