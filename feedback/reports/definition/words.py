"""How the numbers are made, in words: for the page, and at the end of every file."""

READING_RULES = (
    (
        "Better or worse",
        (
            "A hospital reads as better or worse than the collaborative only when its 95% interval excludes the "
            "collaborative's value. Everything else is within expected variation: chance alone could explain it."
        ),
    ),
    (
        "Too few cases to compare",
        (
            "Below the minimum number of cases a result has no reading, no rank and no colour, and the hospital is not a "
            "dot among its peers."
        ),
    ),
    (
        "Missing is not no",
        (
            "A case whose answers do not tell is neither met nor not met. It is listed as “cannot tell”, and the statement "
            "beside every number says how many there are."
        ),
    ),
    (
        "Comparison comes only from a release",
        (
            "Peers are seen only in a release that the biostatistician approved and the programme director released. A "
            "release never changes; a correction is a new one."
        ),
    ),
    (
        "Blinded peers",
        (
            "Peers are dots: values rounded to whole per cent (other units: to at least a fiftieth of the value), lowest to highest, without name, code, volume or interval. "
            "From a count below 11 a dot is the estimate of a model."
        ),
    ),
    (
        "Results of all hospitals",
        (
            "They are rounded as peers are, and shown only when at least six hospitals have cases and none of them "
            "contributes most. Their counts are not shown."
        ),
    ),
)
GLOSSARY = (
    ("95% interval", "The range in which the true value probably lies. Few cases make it wide."),
    ("Collaborative", "All hospitals together, rounded as peers are."),
    (
        "Achievable benchmark",
        "What the best hospitals, caring for at least a tenth of the cases, reach together.",
    ),
    ("Expected", "How many events the risk model expects for these patients, given who they are."),
    ("O/E ratio", "Observed over expected. Above 1 means more events than expected for these patients."),
    ("Risk-adjusted rate", "The O/E ratio times the rate of all hospitals: comparable between hospitals."),
    ("Gap in patients", "How many patients lie between this hospital's result and the achievable benchmark."),
    (
        "Geometric mean",
        "A typical value that a few very long or costly cases hardly move; hospitals differ by a ratio.",
    ),
    ("Cannot tell", "An answer is missing, so the case counts neither way."),
    ("Excluded", "The measure is not about such cases; the first exclusion that applies is the one that counts."),
    ("Reliability", "How much of what sets a hospital apart is more than chance: 0.7 and more is good."),
)
ON_PEERS = (
    "Peers are blinded and rounded, proportions to whole per cent; from a count below 11 they are the estimate of a model. The gap "
    "is the distance to the achievable benchmark: what the best hospitals, caring for a tenth of the cases, reach "
    "together."
)
ADJUSTED = (
    "One logistic model over the cases of all hospitals says what result to expect for each patient. The expected "
    "results of a hospital's patients add up to its expected number; observed over expected, times the rate of all "
    "hospitals, is its risk-adjusted rate."
)
SUPPLIED = (
    "Risk-adjusted by the supplier: with its figures comes how many events its own model expects of each hospital's "
    "patients. Observed over expected, times the rate of all hospitals, is the risk-adjusted rate; its interval is the "
    "exact Poisson interval of the observed count."
)
NOT_ADJUSTED = "Not risk-adjusted: what the hospital does decides, not who its patients are. The interval is Wilson's."
