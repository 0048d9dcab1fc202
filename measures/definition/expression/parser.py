"""A Pratt parser: from tokens to syntax.

Binding, weakest first: or; and; not; comparisons and in; + and -; * and /; a leading -; ^.
"""

from decimal import Decimal

from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.syntax import (
    Call,
    Chain,
    Comparison,
    Junction,
    Literal,
    Membership,
    Prefix,
    Reference,
    Syntax,
)
from measures.definition.expression.tokens import Token, TokenKind, tokenize


# How far parentheses, functions, `not` and `-` may nest.
MAXIMUM_DEPTH = 32
MAXIMUM_DIGITS = 15
_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _NEGATE, _POWER = range(10, 90, 10)
_BINDING = {
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">=", "in"), _COMPARE),
    **dict.fromkeys(("+", "-"), _ADD),
    **dict.fromkeys(("*", "/"), _MULTIPLY),
    "or": _OR,
    "and": _AND,
    "^": _POWER,
}


def parse(text: str) -> Syntax:
    """The syntax of an expression; what its names mean is for `resolve` to say."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = tokenize(text)
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def advance(self) -> Token:
        token = self.token
        self.place += 1
        return token

    def whole(self) -> Syntax:
        if self.at_end():
            raise ExpressionError("The expression is empty.", "Write a condition, or leave the key out.", 1)
        syntax = self.expression(0)
        if not self.at_end():
            raise self.unexpected()
        return syntax

    def at_end(self) -> bool:
        return self.token.kind is TokenKind.END

    def expression(self, binding: int) -> Syntax:
        """All that binds more strongly than `binding`, from here on."""
        left = self.operand()
        while (found := self.binding()) > binding:
            left = self.joined(left, found)
        return left

    def binding(self) -> int:
        is_operator = self.token.kind in (TokenKind.SYMBOL, TokenKind.NAME)
        return _BINDING.get(self.token.text, 0) if is_operator else 0

    def joined(self, left: Syntax, binding: int) -> Syntax:
        if binding == _POWER:
            return self.square(left)
        if self.token.is_name("in"):
            return self.membership(left)
        if binding == _COMPARE:
            return self.comparison(left)
        operators, operands, position = [], [left], self.token.position
        while self.binding() == binding:
            operators.append(self.advance().text)
            operands.append(self.expression(binding))
        if binding in (_OR, _AND):
            return Junction(operators[0], tuple(operands), position)
        return Chain(tuple(operators), tuple(operands), position)

    def comparison(self, left: Syntax) -> Syntax:
        operator = self.advance()
        right = self.expression(_COMPARE)
        if self.binding() == _COMPARE:
            remedy = "Compare two values at a time: [x] > 1 and [x] < 3."
            raise ExpressionError("This compares three values.", remedy, self.token.position)
        return Comparison(operator.text, left, right, operator.position)

    def membership(self, left: Syntax) -> Syntax:
        position = self.advance().position
        self.expect("(", 'List the values in parentheses: [asa] in ("3", "4").')
        items = [self.literal()]
        while self.token.is_symbol(","):
            self.advance()
            items.append(self.literal())
        self.expect(")", 'Close the list: [asa] in ("3", "4").')
        return Membership(left, tuple(items), position)

    def literal(self) -> Literal:
        token = self.token
        sign = self.advance() if token.is_symbol("-") else None
        found = self.primary()
        if not isinstance(found, Literal) or (sign and not isinstance(found.value, Decimal)):
            remedy = "Write texts in quotes or numbers; compare with a variable by = and or."
            raise ExpressionError("Only fixed values can stand in the list after in.", remedy, token.position)
        return Literal(-found.value, token.position) if sign and isinstance(found.value, Decimal) else found

    def square(self, left: Syntax) -> Syntax:
        position = self.advance().position
        exponent = self.primary()
        plain = isinstance(left, Reference | Literal)
        if not plain or not isinstance(exponent, Literal) or exponent.value != 2:
            remedy = "Only a variable or number squared is read, as in [height]^2; write out other products."
            raise ExpressionError("This power is not read.", remedy, position)
        return Chain(("*",), (left, left), position)

    def operand(self) -> Syntax:
        if self.token.is_name("not"):
            return self.prefix(_NOT)
        if self.token.is_symbol("-", "+"):
            return self.prefix(_NEGATE)
        return self.primary()

    def prefix(self, binding: int) -> Syntax:
        operator = self.advance()
        self.enter(operator)
        operand = self.expression(binding)
        self.depth -= 1
        return operand if operator.text == "+" else Prefix(operator.text, operand, operator.position)

    def primary(self) -> Syntax:
        token = self.token
        if token.kind is TokenKind.NUMBER:
            self.advance()
            return Literal(_number(token), token.position)
        if token.kind is TokenKind.TEXT:
            self.advance()
            return Literal(token.text, token.position)
        if token.kind is TokenKind.VARIABLE:
            self.advance()
            return Reference(token.text, token.code, token.position)
        if token.is_symbol("("):
            return self.group()
        if token.kind is TokenKind.NAME and token.text not in ("and", "or", "not", "in"):
            return self.named()
        raise self.unexpected()

    def group(self) -> Syntax:
        self.enter(self.advance())
        syntax = self.expression(0)
        self.expect(")", "Close the parenthesis with ).")
        self.depth -= 1
        return syntax

    def named(self) -> Syntax:
        name = self.advance()
        if name.text in ("true", "false"):
            return Literal(name.text == "true", name.position)
        if name.text in ("today", "now"):
            remedy = "Compare with a date of the case, so that the result stays the same tomorrow."
            raise ExpressionError(f'"{name.text}" is not allowed.', remedy, name.position)
        if not self.token.is_symbol("("):
            remedy = f'A variable stands in brackets: [{name.text}]; a text in quotes: "{name.text}".'
            raise ExpressionError(f'"{name.text}" cannot be read here.', remedy, name.position)
        return Call(name.text, self.arguments(name), name.position)

    def arguments(self, name: Token) -> tuple[Syntax, ...]:
        self.enter(self.advance())
        arguments: list[Syntax] = []
        while not self.token.is_symbol(")"):
            if arguments:
                self.expect(",", f"Separate what {name.text}() takes by commas, and close it with ).")
            arguments.append(self.expression(0))
        self.advance()
        self.depth -= 1
        return tuple(arguments)

    def enter(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            message = f"The expression nests more than {MAXIMUM_DEPTH} levels deep."
            raise ExpressionError(message, "Put a part of it into a calculated variable.", token.position)

    def expect(self, symbol: str, remedy: str) -> None:
        if not self.token.is_symbol(symbol):
            found = f'"{self.token.text}"' if self.token.text else "The end"
            raise ExpressionError(f'{found} stands where "{symbol}" is needed.', remedy, self.token.position)
        self.advance()

    def unexpected(self) -> ExpressionError:
        token = self.token
        if token.kind is TokenKind.END:
            return ExpressionError("The expression stops too early.", "Complete it.", token.position)
        if token.is_name("not"):
            remedy = 'Put not before the whole condition: not ([asa] in ("3", "4")).'
        else:
            remedy = "Join conditions with and or or; values with + - * /."
        return ExpressionError(f'"{token.text}" cannot stand here.', remedy, token.position)


def _number(token: Token) -> Decimal:
    if len(token.text.replace(".", "")) > MAXIMUM_DIGITS:
        message = f"{token.text[:20]} has more than {MAXIMUM_DIGITS} digits."
        raise ExpressionError(message, "Write fewer digits.", token.position)
    return Decimal(token.text)
