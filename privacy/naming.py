"""Hospitals that a text names, so that nothing written for one of them tells of another (BA-29 of SECURITY 4.6)."""

import re
from collections.abc import Iterable


# What many hospitals are called besides: left alone it names nobody.
COMMON = frozenset(
    {
        *(
            "the",
            "of",
            "and",
            "at",
            "for",
            "hospital",
            "hospitals",
            "medical",
            "medicine",
            "clinic",
            "clinics",
            "center",
        ),
        *("centre", "infirmary", "general", "regional", "memorial", "community", "county", "district", "university"),
        *("health", "healthcare", "system", "surgical", "children's"),
    }
)


def hospitals_named(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Names of hospitals that stand in the text, in the order given.

    In full, or without the words that many hospitals share: "Birchgrove" names Birchgrove General Hospital. Case,
    punctuation and white space make no difference.

    Parameters
    ----------
    text
        What somebody wrote.
    names
        Full names of the hospitals that its readers must not find.

    Examples
    --------
    >>> hospitals_named("As at BIRCHGROVE, use version 2.", ["Birchgrove General Hospital", "Elm Street Clinic"])
    ('Birchgrove General Hospital',)
    >>> hospitals_named("Ask the general hospital.", ["Birchgrove General Hospital"])
    ()
    """
    written = f" {' '.join(_words(text))} "
    return tuple(name for name in names if any(f" {each} " in written for each in _spellings(name)))


def _spellings(name: str) -> set[str]:
    words = _words(name)
    own = [word for word in words if word not in COMMON]
    return {" ".join(each) for each in (words, own) if each and own}


def _words(text: str) -> list[str]:
    return re.findall("[^\\W_]+(?:['\u2019][^\\W_]+)*", text.casefold())
