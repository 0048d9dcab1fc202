"""The statistics of a coordinating centre: numbers in, results with names out.

Pure numpy and scipy: no Django, no input or output, no global state. Import the module that holds the method,
``from riskstats import intervals``; the package itself imports nothing, so that it costs nothing.

Conventions that hold everywhere:

- Arrays are float64, hospitals are coded 0..H-1, rows come in any order.
- Levels are probabilities (0.95, 0.998). P values are two-sided unless their name says otherwise.
- A result is a frozen dataclass; ``warnings`` holds sentences for the statistician, empty when all is well.
- NaN, infinite or empty input raises ``ValueError`` that names the array; nothing is rounded or suppressed here.
"""

__version__ = "1.0.0"
