"""Gives every name of an expression its variable, and every part its kind."""

from collections.abc import Sequence
from decimal import Decimal

from measures.definition.errors import did_you_mean
from measures.definition.expression.coerce import (
    KIND_NAMES,
    KINDS,
    as_number,
    checked_code,
    code_constant,
    constant,
    own_constant,
)
from measures.definition.expression.errors import ExpressionError, UnknownVariableError
from measures.definition.expression.functions import FUNCTIONS, MISSING_TESTS, SUGGESTIONS, unit
from measures.definition.expression.nodes import (
    Absolute,
    Aggregate,
    Arithmetic,
    Compare,
    Constant,
    DateDifference,
    If,
    In,
    IsMissing,
    Kind,
    Logic,
    Negate,
    Node,
    Not,
    Nothing,
    Round,
    Selected,
    Variable,
)
from measures.definition.expression.parser import parse
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
from measures.definition.spec import FormSpec, VariableSpec, VariableType


ORDERED = ("<", "<=", ">", ">=")
MOMENTS = (Kind.DATE, Kind.TIME, Kind.DATETIME)
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}


def condition(text: str, form: FormSpec) -> Node:
    """`text` as a condition over the answers of `form`."""
    return _Resolver(form).condition(parse(text))


def calculation(text: str, form: FormSpec, kind: Kind) -> Node:
    """`text` as a formula that gives a value of `kind`."""
    return _Resolver(form).of_kind(parse(text), kind)


class _Resolver:
    def __init__(self, form: FormSpec) -> None:
        self.form = form

    def variable(self, reference: Reference) -> VariableSpec:
        found = self.form.by_name.get(reference.name)
        if found is None:
            remedy = did_you_mean(reference.name, list(self.form.by_name), otherwise="Add it to the form first.")
            raise UnknownVariableError(reference.name, remedy, reference.position)
        return found

    def condition(self, syntax: Syntax) -> Node:
        node = self.value(syntax)
        if node.kind is Kind.BOOLEAN:
            return node
        raise ExpressionError("This is no condition.", self._comparison_for(syntax, node), syntax.position)

    def _comparison_for(self, syntax: Syntax, node: Node) -> str:
        if not isinstance(syntax, Reference):
            return 'Compare it with something, as in [age] >= 65; for "always" write true.'
        codes = self.variable(syntax).codes
        example = f'= "{codes[0].value}"' if codes else "> 0" if node.kind is Kind.NUMBER else '<> ""'
        return f"Compare it with something, as in [{syntax.name}] {example}."

    def of_kind(self, syntax: Syntax, kind: Kind) -> Node:
        if isinstance(syntax, Literal):
            return Nothing(kind) if syntax.value == "" else constant(syntax, kind)
        if kind is Kind.NUMBER:
            return self.number(syntax)
        node = self.value(syntax)
        if node.kind is not kind:
            message = f"This gives {KIND_NAMES[node.kind]}, where {KIND_NAMES[kind]} is needed."
            raise ExpressionError(message, "Change the formula, or the type of the variable.", syntax.position)
        return node

    def number(self, syntax: Syntax) -> Node:
        if isinstance(syntax, Literal):
            return constant(syntax, Kind.NUMBER)
        if isinstance(syntax, Call) and syntax.function == "if":
            return self.choice(self.checked(syntax), Kind.NUMBER)
        variable = self.variable(syntax) if isinstance(syntax, Reference) and syntax.code is None else None
        return as_number(self.value(syntax), variable, syntax.position)

    def value(self, syntax: Syntax) -> Node:  # noqa: PLR0911 - one a kind of syntax
        match syntax:
            case Literal():
                return own_constant(syntax)
            case Reference():
                return self.reference(syntax)
            case Prefix("not", operand):
                return Not(self.condition(operand))
            case Prefix(_, operand):
                return Negate(self.number(operand))
            case Chain(operators, operands):
                return Arithmetic(operators, tuple(map(self.number, operands)))
            case Junction(operator, operands):
                return Logic(operator, tuple(map(self.condition, operands)))
            case Comparison():
                return self.comparison(syntax)
            case Membership():
                return self.membership(syntax)
        return self.call(syntax)

    def reference(self, reference: Reference) -> Node:
        variable = self.variable(reference)
        if variable.type is VariableType.MANY_OF:
            if reference.code is not None:
                return Selected(variable.name, checked_code(variable, reference.code, reference.position))
            message = f"[{variable.name}] has several codes."
            example = f"[{variable.name}({variable.codes[0].value})]"
            raise ExpressionError(message, f"Name the one you mean, as in {example}.", reference.position)
        if reference.code is not None:
            message = f"[{variable.name}] is not a variable with several codes."
            raise ExpressionError(message, f"Write [{variable.name}].", reference.position)
        return Variable(variable.name, KINDS[variable.type])

    def comparison(self, syntax: Comparison) -> Node:
        if isinstance(syntax.left, Literal) and not isinstance(syntax.right, Literal):
            turned = Comparison(_TURNED[syntax.operator], syntax.right, syntax.left, syntax.position)
            return self.comparison(turned)
        if isinstance(syntax.right, Literal):
            return self.with_literal(syntax, syntax.right)
        left, right = self._pair(syntax)
        self._check_order(syntax, left)
        return Compare(syntax.operator, left, right)

    def _pair(self, syntax: Comparison) -> tuple[Node, Node]:
        left, right = self.kind(syntax.left), self.kind(syntax.right)
        both_codes = left is right is Kind.TEXT and syntax.operator in ORDERED
        if both_codes or (left is not right and Kind.NUMBER in (left, right)):
            return self.number(syntax.left), self.number(syntax.right)
        if left is not right:
            message = f"This compares {KIND_NAMES[left]} with {KIND_NAMES[right]}."
            raise ExpressionError(message, "Compare values of one kind.", syntax.position)
        return self.value(syntax.left), self.value(syntax.right)

    def with_literal(self, syntax: Comparison, literal: Literal) -> Node:
        if literal.value == "":
            return self.blank(syntax)
        variable = self._one_of(syntax.left)
        if variable is not None and syntax.operator in ORDERED:
            return Compare(syntax.operator, self.number(syntax.left), constant(literal, Kind.NUMBER))
        left = self.value(syntax.left)
        self._check_order(syntax, left)
        if variable is not None:
            return Compare(syntax.operator, left, code_constant(variable, literal))
        return Compare(syntax.operator, left, constant(literal, left.kind))

    def blank(self, syntax: Comparison) -> Node:
        """REDCap's way to ask whether there is a value: [x] = "" and [x] <> ""."""
        if not isinstance(syntax.left, Reference) or syntax.operator not in ("=", "<>"):
            raise ExpressionError('"" is nothing to compare this with.', "Use is_missing([x]).", syntax.position)
        if syntax.left.code is not None:
            self.reference(syntax.left)
        missing = IsMissing(self.variable(syntax.left).name, None)
        return missing if syntax.operator == "=" else Not(missing)

    def _one_of(self, syntax: Syntax) -> VariableSpec | None:
        variable = self.variable(syntax) if isinstance(syntax, Reference) else None
        return variable if variable is not None and variable.type is VariableType.ONE_OF else None

    def _check_order(self, syntax: Comparison, left: Node) -> None:
        if syntax.operator in ORDERED and left.kind in (Kind.TEXT, Kind.BOOLEAN):
            message = f"{KIND_NAMES[left.kind].capitalize()} is neither more nor less than another."
            raise ExpressionError(message, "Compare it with = or <>.", syntax.position)

    def membership(self, syntax: Membership) -> Node:
        variable = self._one_of(syntax.operand)
        left = self.value(syntax.operand)
        if variable is not None:
            return In(left, tuple(code_constant(variable, item) for item in syntax.items))
        return In(left, tuple(constant(item, left.kind) for item in syntax.items))

    def call(self, call: Call) -> Node:
        if call.function in MISSING_TESTS:
            return self.missing_test(call)
        match self.checked(call):
            case Call("if"):
                return self.choice(call, self.kind(call))
            case Call("abs", (operand,)):
                return Absolute(self.number(operand))
            case Call("round", (operand, *decimals)):
                return Round(self.number(operand), self._decimals(decimals))
            case Call("datediff", arguments):
                return self.difference(call, arguments)
        kind = self.kind(call)
        return Aggregate(call.function, tuple(self.of_kind(item, kind) for item in call.arguments), kind)

    def checked(self, call: Call) -> Call:
        """`call`, of a function that exists, with as many values as it takes."""
        if call.function not in FUNCTIONS:
            remedy = did_you_mean(call.function, [*FUNCTIONS, *MISSING_TESTS], otherwise=SUGGESTIONS)
            raise ExpressionError(f"There is no function {call.function}().", remedy, call.position)
        usage = FUNCTIONS[call.function]
        if not usage.least <= len(call.arguments) <= usage.most:
            message = f"{call.function}() does not take {len(call.arguments)} values."
            raise ExpressionError(message, f"Write {usage.example}.", call.position)
        return call

    def kind(self, syntax: Syntax) -> Kind:  # noqa: PLR0911 - one a kind of syntax
        """What `value(syntax)` will be, found without going through all of it."""
        match syntax:
            case Literal():
                return own_constant(syntax).kind
            case Reference():
                return self.reference(syntax).kind
            case Chain() | Prefix("-"):
                return Kind.NUMBER
            case Call("if", (_, *branches)):
                return self._common_kind(branches)
            case Call("min" | "max", arguments):
                found = self._common_kind(arguments)
                return found if found in MOMENTS else Kind.NUMBER
            case Call(function) if function not in MISSING_TESTS:
                return Kind.NUMBER
        return Kind.BOOLEAN

    def _common_kind(self, arguments: Sequence[Syntax]) -> Kind:
        """What the first that is no fixed value is; fixed values follow it."""
        written = [item for item in arguments if not isinstance(item, Literal)]
        fixed = [item for item in arguments if isinstance(item, Literal) and item.value != ""]
        candidates = written or fixed
        return self.kind(candidates[0]) if candidates else Kind.TEXT

    def missing_test(self, call: Call) -> Node:
        match call.arguments:
            case (Reference(name, None) as reference,):
                self.variable(reference)
                return IsMissing(name, MISSING_TESTS[call.function])
        message = f"{call.function}() asks about one variable."
        raise ExpressionError(message, f"Write {call.function}([age]).", call.position)

    def choice(self, call: Call, kind: Kind) -> Node:
        test, then, otherwise = call.arguments
        return If(self.condition(test), self.of_kind(then, kind), self.of_kind(otherwise, kind), kind)

    def _decimals(self, written: Sequence[Syntax]) -> int:
        if not written:
            return 0
        found = written[0]
        number = found.value if isinstance(found, Literal) and isinstance(found.value, Decimal) else Decimal(-1)
        if number not in range(11):
            message = "round() takes a fixed number of decimals."
            raise ExpressionError(message, "Write round([x], 1); 0 to 10 decimals.", found.position)
        return int(number)

    def difference(self, call: Call, arguments: Sequence[Syntax]) -> Node:
        first, second, third, *signed = arguments
        kind = self._common_kind((first, second))
        if kind not in MOMENTS:
            message = f"datediff() takes dates or times, and this is {KIND_NAMES[kind]}."
            raise ExpressionError(message, f"Write {FUNCTIONS['datediff'].example}.", first.position)
        node = DateDifference(self.moment(first, kind), self.moment(second, kind), unit(third))
        match signed:
            case [] | [Literal(True)]:
                return node
            case [Literal(False)]:
                return Absolute(node)
        raise ExpressionError("The fourth value of datediff() is true or false.", "Leave it out.", call.position)

    def moment(self, syntax: Syntax, kind: Kind) -> Node:
        node = constant(syntax, kind) if isinstance(syntax, Literal) else self.value(syntax)
        if node.kind is not kind:
            message = f"datediff() cannot take {KIND_NAMES[kind]} from {KIND_NAMES[node.kind]}."
            raise ExpressionError(message, "Give two dates, two times, or two dates with time.", syntax.position)
        return node


def always(node: Node) -> bool:
    """Whether the expression is just `true`."""
    return isinstance(node, Constant) and node.value is True
