"""Just enough XPath 1.0, with the functions of XForms, to say what an expression of ours gives there."""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation


NAN = Decimal("NaN")
_EXACT = Context(prec=200, traps=[])


class Value:
    """A text, a number or a truth value, compared as XPath compares."""

    def __init__(self, value: str | Decimal | bool) -> None:  # noqa: FBT001 - a value of XPath
        self.value = value

    @property
    def number(self) -> Decimal:
        if isinstance(self.value, bool):
            return Decimal(int(self.value))
        try:
            return Decimal(self.value)
        except InvalidOperation:
            return NAN

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, Value)
        if isinstance(self.value, Decimal) or isinstance(other.value, Decimal):
            return self.number == other.number
        return self.value == other.value

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def __lt__(self, other: "Value") -> bool:
        return _known(self, other) and self.number < other.number

    def __le__(self, other: "Value") -> bool:
        return _known(self, other) and self.number <= other.number

    def __gt__(self, other: "Value") -> bool:
        return other < self

    def __ge__(self, other: "Value") -> bool:
        return other <= self

    def __neg__(self) -> "Value":
        return Value(-self.number)

    def __add__(self, other: "Value") -> "Value":
        return Value(_EXACT.add(self.number, other.number))

    def __sub__(self, other: "Value") -> "Value":
        return Value(_EXACT.subtract(self.number, other.number))

    def __mul__(self, other: "Value") -> "Value":
        return Value(_EXACT.multiply(self.number, other.number))

    def __truediv__(self, other: "Value") -> "Value":
        try:
            return Value(_EXACT.divide(self.number, other.number))
        except DivisionByZero:
            return Value(NAN)


def _known(one: Value, other: Value) -> bool:
    return not (one.number.is_nan() or other.number.is_nan())


def _days(value: Value) -> Value:
    text = str(value.value)
    if not text:
        return Value(NAN)
    moment = datetime.fromisoformat(text)
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return Value(Decimal(moment.toordinal()) + _EXACT.divide(Decimal(seconds), Decimal(86400)))


def _time(value: Value) -> Value:
    if value.value == "":
        return Value(NAN)
    clock = time.fromisoformat(str(value.value))
    return Value(_EXACT.divide(Decimal(clock.hour * 3600 + clock.minute * 60 + clock.second), Decimal(86400)))


def _round(value: Value, decimals: Value) -> Value:
    number = value.number
    return Value(
        number if number.is_nan() else number.quantize(Decimal(1).scaleb(-int(decimals.number)), ROUND_HALF_UP)
    )


_FUNCTIONS = {
    "if_": lambda test, then, otherwise: then() if test else otherwise(),
    "not_": lambda test: not test,
    "true": lambda: True,
    "false": lambda: False,
    "number": lambda value: Value(value.number),
    "abs_": lambda value: Value(abs(value.number)),
    "round_": _round,
    "selected": lambda codes, code: code.value in str(codes.value).split(),
    "decimal_date_time": _days,
    "decimal_time": _time,
    "date_": lambda value: value,
    "date_time": lambda value: value,
    "Value": Value,
    "Decimal": Decimal,
}
BRANCH = "branch"
_TOKEN = re.compile(r"""'[^']*'|"[^"]*"|\$\{\w+\}|[0-9]+(?:\.[0-9]+)?|[a-z][a-z-]*|!=|<=|>=|[-+*()<>=,]|\s+""")
_WORDS = {"div": "/", "=": "==", "not": "not_", "abs": "abs_", "round": "round_", "date": "date_", BRANCH: " lambda: "}


def evaluate(xpath: str, answers: dict[str, str]) -> Value | bool:
    """What `xpath` gives for the answers of a case, as XForms keep them; no answer is a blank."""
    python = "".join(_translated(token) for token in _lazy(_TOKEN.findall(xpath)))
    return eval(python, {**_FUNCTIONS, "answers": answers})  # noqa: S307 - text of our own, made from our own nodes


def _translated(token: str) -> str:
    if token[0] in "'\"":
        return f"Value({token[1:-1]!r})"
    if token[0] == "$":
        return f"Value(answers.get({token[2:-1]!r}, ''))"
    if token[0].isdigit():
        return f"Value(Decimal({token!r}))"
    return _WORDS.get(token, token.replace("-", "_") if len(token) > 1 else token)


def _lazy(words: list[str]) -> list[str]:
    """The branches of each `if` as functions, so that only one of them is computed."""
    found: list[str] = []
    depth, ifs = 0, []
    for place, word in enumerate(words):
        if word == "if" and words[place + 1] == "(":
            found.append("if_")
            ifs.append(depth)
            continue
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word == ")" and ifs and ifs[-1] == depth:
            ifs.pop()
        found.append(word)
        if word == "," and ifs and ifs[-1] == depth - 1:
            found.append(BRANCH)
    return found


def as_xforms(value: object) -> str:
    """A value of ours as an XForm keeps it."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | time) else str(value)
