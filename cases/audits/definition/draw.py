"""Which cases of a hospital are abstracted again: a simple random sample that anybody can draw again from seed and frame."""

import hashlib
from collections.abc import Sequence

from cases.log.definition.sampling import random_number


def frame_digest(frame: Sequence[str]) -> str:
    """SHA-256 of the sorted ids, one a line: whoever has the frame can show that it is the same."""
    return hashlib.sha256("\n".join(sorted(frame)).encode()).hexdigest()


def draw_sample(frame: Sequence[str], seed: str, size: int) -> tuple[str, ...]:
    """The `size` ids with the smallest random numbers, or all of them; the order of the frame does not matter."""
    ordered = sorted(set(frame), key=lambda each: (random_number(seed, each), each))
    return tuple(sorted(ordered[:size]))
