"""Every mistake has a place, a sentence and a way out."""

import pytest

from measures.definition.expression.errors import ExpressionError, UnknownVariableError
from measures.definition.expression.nodes import Kind
from measures.definition.expression.resolve import always, calculation, condition


MISTAKES = [
    # what is written, what is said, the way out, where
    ("", "The expression is empty.", "Write a condition, or leave the key out.", 1),
    ("   ", "The expression is empty.", "Write a condition, or leave the key out.", 1),
    ("[agee] > 3", 'There is no variable "agee" in the form.', 'Did you mean "age"?', 1),
    ("[died] or [zzz]", 'There is no variable "zzz" in the form.', "Add it to the form first.", 11),
    ("[age", "[ cannot be read here.", "A variable ends with ], as in [age].", 1),
    ("[event_1][age] = 1", '"age" cannot stand here.', "Join conditions with and or or; values with + - * /.", 10),
    (
        "[age:label] = 1",
        "[age:label] is not a variable of a form.",
        "Write [age], or [comorbidity(2)] for one code of several; events and smart variables are not read.",
        1,
    ),
    ('[note] = "x', '" cannot be read here.', 'A text ends with the quote it began with, as in "3".', 10),
    ("[age] == 3", "== cannot be read here.", "Write = to compare.", 7),
    ("[died] && [smoker]", "&& cannot be read here.", "Write and.", 8),
    ("[died] || [smoker]", "|| cannot be read here.", "Write or.", 8),
    ("![died]", "! cannot be read here.", "Write not, or <> for different.", 1),
    ("[age] # 3", "# cannot be read here.", "Remove it.", 7),
    ("[age] >", "The expression stops too early.", "Complete it.", 8),
    ("[age] > > 3", '">" cannot stand here.', "Join conditions with and or or; values with + - * /.", 9),
    (
        '[asa] not in ("1")',
        '"not" cannot stand here.',
        'Put not before the whole condition: not ([asa] in ("3", "4")).',
        7,
    ),
    ("([age] > 3", 'The end stands where ")" is needed.', "Close the parenthesis with ).", 11),
    ("1 < [age] < 3", "This compares three values.", "Compare two values at a time: [x] > 1 and [x] < 3.", 11),
    ("age > 3", '"age" cannot be read here.', 'A variable stands in brackets: [age]; a text in quotes: "age".', 1),
    (
        "[day] < today",
        '"today" is not allowed.',
        "Compare with a date of the case, so that the result stays the same tomorrow.",
        9,
    ),
    (
        "[day] < now()",
        '"now" is not allowed.',
        "Compare with a date of the case, so that the result stays the same tomorrow.",
        9,
    ),
    ("rund([age]) > 1", "There is no function rund().", 'Did you mean "round"?', 1),
    (
        "sqrt([age]) > 1",
        "There is no function sqrt().",
        "There are if, sum, min, max, round, abs, datediff, is_missing, is_unknown, is_not_documented, is_not_applicable.",
        1,
    ),
    ("abs([age], 1) > 1", "abs() does not take 2 values.", "Write abs([x]).", 1),
    ("sum() > 1", "sum() does not take 0 values.", "Write sum([a], [b]).", 1),
    ("if([died], 1) + 1 > 1", "if() does not take 2 values.", 'Write if([asa] = "3", 1, 0).', 1),
    (
        "sum([age] [weight]) > 1",
        '"weight" stands where "," is needed.',
        "Separate what sum() takes by commas, and close it with ).",
        11,
    ),
    ("[asa] in 3", '"3" stands where "(" is needed.', 'List the values in parentheses: [asa] in ("3", "4").', 10),
    ("[asa] in (3", 'The end stands where ")" is needed.', 'Close the list: [asa] in ("3", "4").', 12),
    (
        "[asa] in ([age])",
        "Only fixed values can stand in the list after in.",
        "Write texts in quotes or numbers; compare with a variable by = and or.",
        11,
    ),
    (
        '[age] in (-"1")',
        "Only fixed values can stand in the list after in.",
        "Write texts in quotes or numbers; compare with a variable by = and or.",
        11,
    ),
    ('[asa] = "7"', '"7" is not a code of asa.', "Use 1 I, 2 II, 3 III or 10 X.", 9),
    ("[asa] = 7", '"7" is not a code of asa.', "Use 1 I, 2 II, 3 III or 10 X.", 9),
    ('[asa] = "III"', '"III" is not a code of asa.', 'Write "3".', 9),
    ('[asa] in ("1", "8")', '"8" is not a code of asa.', "Use 1 I, 2 II, 3 III or 10 X.", 16),
    ('[died] = "yes"', '"yes" is not yes or no.', 'Write "1" for yes or "0" for no.', 10),
    ("[age] = 'old'", '"old" is not a number.', "Write a number, such as 36.5.", 9),
    ("[age] = true", "True is not a number.", "Write a number, such as 36.5.", 9),
    ("[note] = 3", "3 is not a text.", "Put it in quotes.", 10),
    ('[day] > "5/1/26"', '"5/1/26" is not a date.', 'Write dates as "2026-01-05".', 9),
    ('[day] > "2026-02-30"', '"2026-02-30" is not a date.', 'Write dates as "2026-01-05".', 9),
    ("[day] > 3", "3 is not a date.", 'Write dates as "2026-01-05".', 9),
    ("[start] > '8:41'", '"8:41" is not a time.', 'Write times as "08:41".', 11),
    ("[in_at] > '08:41'", '"08:41" is not a date with time.', 'Write dates with time as "2026-01-05 08:41".', 11),
    ("[letter] > [age]", "The codes of letter are not all whole numbers, so they have no order.", 'Compare with a code: [letter] = "a".', 1),
    ("[day] + 1 > 3", "[day] is a date, where a number is needed.", "Use datediff() for dates, or another variable.", 1),
    ("if([died], [day], [later]) + 1 > 3", "[day] is a date, where a number is needed.", "Use datediff() for dates, or another variable.", 12),
    ("max([day], [later]) + 1 > 3", "This is a date, where a number is needed.", "Use datediff() for dates, or another variable.", 1),
    ("[note] > 'a'", "A text is neither more nor less than another.", "Compare it with = or <>.", 8),
    ("[died] > [smoker]", "Yes or no is neither more nor less than another.", "Compare it with = or <>.", 8),
    ("[day] > [start]", "This compares a date with a time.", "Compare values of one kind.", 7),
    ("[note] = [day]", "This compares a text with a date.", "Compare values of one kind.", 8),
    ("[age]", "This is no condition.", "Compare it with something, as in [age] > 0.", 1),
    ("[asa]", "This is no condition.", 'Compare it with something, as in [asa] = "1".', 1),
    ("[note]", "This is no condition.", 'Compare it with something, as in [note] <> "".', 1),
    ("[died] and 1", "This is no condition.", 'Compare it with something, as in [age] >= 65; for "always" write true.', 12),
    ("[comorbidity] = '1'", "[comorbidity] has several codes.", "Name the one you mean, as in [comorbidity(1)].", 1),
    ("[comorbidity(9)]", '"9" is not a code of comorbidity.', "Use 1 Diabetes, 2 COPD or 3 Cancer.", 1),
    ("[age(1)] = 1", "[age] is not a variable with several codes.", "Write [age].", 1),
    ("1 = ''", '"" is nothing to compare this with.', "Use is_missing([x]).", 3),
    ("[age] > ''", '"" is nothing to compare this with.', "Use is_missing([x]).", 7),
    ("is_missing(3)", "is_missing() asks about one variable.", "Write is_missing([age]).", 1),
    ("is_unknown([age], [asa])", "is_unknown() asks about one variable.", "Write is_unknown([age]).", 1),
    ("is_missing([nope])", 'There is no variable "nope" in the form.', 'Did you mean "note"?', 12),
    ("[age]^3 > 1", "This power is not read.", "Only a variable or number squared is read, as in [height]^2; write out other products.", 6),
    ("([age] + 1)^2 > 1", "This power is not read.", "Only a variable or number squared is read, as in [height]^2; write out other products.", 12),
    ("round([weight], [age]) > 1", "round() takes a fixed number of decimals.", "Write round([x], 1); 0 to 10 decimals.", 17),
    ("round([weight], 11) > 1", "round() takes a fixed number of decimals.", "Write round([x], 1); 0 to 10 decimals.", 17),
    ("round([weight], 1.5) > 1", "round() takes a fixed number of decimals.", "Write round([x], 1); 0 to 10 decimals.", 17),
    ("datediff([day], [later], 'days') > 1", "This is no unit of datediff().", "Use y, M, d, h, m, s or min.", 26),
    ("datediff([day], [later], 'D') > 1", "This is no unit of datediff().", 'Use "y" years, "M" months, "d" days, "h" hours, "m" or "min" minutes, or "s" seconds.', 26),
    ("datediff([day], [later], [age]) > 1", "This is no unit of datediff().", 'Use "y" years, "M" months, "d" days, "h" hours, "m" or "min" minutes, or "s" seconds.', 26),
    ("datediff([age], [later], 'd') > 1", "datediff() takes dates or times, and this is a number.", 'Write datediff([admission_date], [discharge_date], "d").', 10),
    ("datediff('2026-01-01', '2026-01-02', 'd') > 1", "datediff() takes dates or times, and this is a text.", 'Write datediff([admission_date], [discharge_date], "d").', 10),
    ("datediff([day], [in_at], 'd') > 1", "datediff() cannot take a date from a date with time.", "Give two dates, two times, or two dates with time.", 17),
    ("datediff([day], [later], 'd', 'mdy') > 1", "The fourth value of datediff() is true or false.", "Leave it out.", 1),
    ("1234567890123456 > [age]", "1234567890123456 has more than 15 digits.", "Write fewer digits.", 1),
    ("(" * 33 + "[died]" + ")" * 33, "The expression nests more than 32 levels deep.", "Put a part of it into a calculated variable.", 33),
    ("not " * 33 + "[died]", "The expression nests more than 32 levels deep.", "Put a part of it into a calculated variable.", 129),
    ("[died] or " * 401, "The expression has 4,010 characters.", "Shorten it to 4,000.", 4000),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "remedy", "position"), MISTAKES, ids=lambda part: str(part)[:40])
def test_mistake_is_named_with_its_place_and_a_way_out(form, text, message, remedy, position):
    with pytest.raises(ExpressionError) as caught:
        condition(text, form)

    assert (caught.value.message, caught.value.remedy, caught.value.position) == (message, remedy, position)
    assert str(caught.value) == f"{message} {remedy} (character {position})"


def test_unknown_variable_can_be_told_from_other_mistakes(form):
    with pytest.raises(UnknownVariableError) as caught:
        condition("[agee] > 3", form)

    assert caught.value.name == "agee"


def test_formula_must_give_what_its_variable_holds(form):
    with pytest.raises(ExpressionError) as caught:
        calculation("[day]", form, Kind.TEXT)

    assert str(caught.value) == (
        "This gives a date, where a text is needed. Change the formula, or the type of the variable. (character 1)"
    )


def test_limits_leave_room_for_what_people_write(form):
    condition("(" * 32 + "[died]" + ")" * 32, form)
    condition(" or ".join(["[died]"] * 400), form)
    condition("not " * 31 + "([died])", form)


def test_true_is_known_as_always(form):
    assert always(condition("true", form))
    assert not always(condition("false", form))
    assert not always(condition("[died]", form))
