"""The language of conditions and calculations, as a table for its help page: what to write, and for what."""

LANGUAGE = (
    ("[age]", "the answer to a question"),
    ("[comorbidity(2)]", "whether this code of several was chosen"),
    ("\"3\", '3', 36.5, true, false", "fixed values"),
    ('"2026-01-05", "08:41", "2026-01-05 08:41"', "dates, times, both"),
    ("= <> != < <= > >=", "comparisons, two values at a time"),
    ('[asa] in ("3", "4")', "one of these"),
    ("and, or, not", "conditions together; not binds more than and, and more than or"),
    ("+ - * /, [height]^2", "numbers; only squares of a question or number"),
    ("if(condition, then, otherwise)", 'one value or another; "" is the missing one'),
    ("sum() min() max()", "of what is not missing; min and max also take dates and times"),
    ("round([x], 1), abs([x])", "half away from zero, 0 to 10 decimals"),
    ('datediff(from, to, "d")', "positive when the second is later; y, M, d, h, m or s"),
    ('is_missing([x]), [x] = ""', "no value, for whatever reason"),
    ("is_unknown([x]), is_not_documented([x]), is_not_applicable([x])", "answered so"),
)
