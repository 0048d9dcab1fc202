"""A good definition file, and what is said of it when this or that in it is wrong."""

GOOD = """\
format: 1
collaborative:
  slug: hip-care
  name: Hip Care
  specialty: Orthopaedics
  time_zone: Europe/London
  date_order: dmy
  confidentiality_footer: Confidential.
forms:
  fracture:
    name: Hip fracture
    case_noun: fracture
    case_noun_plural: fractures
    event_date: admitted
    versions:
      - number: 1
        effective_from: 2025-01-01
        note: First.
    sections:
      - {name: all, label: All}
    variables:
      - name: admitted
        label: Admitted
        type: date
        section: all
        required: true
      - name: asa
        label: ASA class
        type: one_of
        codes: {1: I, 2: II, 3: III}
        section: all
      - name: age
        label: Age
        type: integer
        section: all
      - name: operated
        label: Operated
        type: yes_no
        section: all
      - name: surgeon
        label: Surgeon
        type: text
        section: all
        show_if: '[operated] = "1"'
    rules:
      - name: old
        when: '[age] > 120'
        severity: error
        message: Age {age}.
        remedy: Check it.
        variables: [age]
measures:
  surgery:
    name: Operated
    short_name: Operated
    kind: proportion
    domain: process
    direction: higher
    form: fracture
    numerator: '[operated] = "1"'
risk_models:
  surgery_model:
    name: Model
    form: fracture
    method: pooled_logistic
    outcome: surgery
    covariates:
      - {variable: asa, kind: category, reference: "1"}
"""
MEASURE = "measures.surgery"
VARIABLES = "forms.fracture.variables"


def changed(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


# Each of the bad definition files, and every other check: what changes in a good file,
# and all that is said then.
BAD = [
    # --- an unknown variable, in each place that can name one
    (
        [("'[operated] = \"1\"'\nrisk", "'[operatd] = \"1\"'\nrisk")],
        [f'{MEASURE}.numerator: There is no variable "operatd" in the form (character 1). Did you mean "operated"?'],
    ),
    (
        [("show_if: '[operated] = \"1\"'", "show_if: '[oprated]'")],
        [f'{VARIABLES}[4] (surgeon).show_if: There is no variable "oprated" in the form (character 1). Did you mean "operated"?'],
    ),
    (
        [("        show_if", "        required_if: '[agee] > 3'\n        show_if")],
        [f'{VARIABLES}[4] (surgeon).required_if: There is no variable "agee" in the form (character 1). Did you mean "age"?'],
    ),
    (
        [("when: '[age] > 120'", "when: '[agee] > 120'"), ("Age {age}", "Age {agge}"), ("variables: [age]", "variables: [xyz]")],
        [
            'forms.fracture.rules[0] (old).when: There is no variable "agee" in the form (character 1). Did you mean "age"?',
            'forms.fracture.rules[0] (old).message: There is no variable "agge" in the form. Did you mean "age"?',
            'forms.fracture.rules[0] (old).variables: There is no variable "xyz" in the form. Add it to the form first.',
        ],
    ),
    (
        [("    form: fracture\n    numer", "    form: fracture\n    population: '[agge] > 1'\n    stratifiers: [asaa, age]\n    numer")],
        [
            f'{MEASURE}.population: There is no variable "agge" in the form (character 1). Did you mean "age"?',
            f'{MEASURE}.stratifiers[0]: There is no variable "asaa" in form "fracture". Did you mean "asa"?',
            f"{MEASURE}.stratifiers[1]: age is integer, which makes no groups. Use a variable of type one_of or yes_no.",
        ],
    ),
    (
        [("{variable: asa, kind", "{variable: asaa, kind")],
        ['risk_models.surgery_model.covariates[0] (asaa).variable: There is no variable "asaa" in form "fracture". Did you mean "asa"?'],
    ),
    # --- a cycle in skip logic
    (
        [("        type: yes_no\n        section: all\n", "        type: yes_no\n        section: all\n        show_if: is_missing([surgeon])\n")],
        [
            (f"{VARIABLES}[3] (operated).show_if: Skip logic and calculations run in a circle: "
            "operated needs surgeon needs operated. Change one of them so that none depends on itself.")
        ],
    ),
    (
        [("        type: integer\n        section: all\n", "        type: integer\n        section: all\n        calculation: '[age] + 1'\n")],
        [
            (f"{VARIABLES}[2] (age).calculation: Skip logic and calculations run in a circle: "
            "age needs age. Change one of them so that none depends on itself.")
        ],
    ),
    # --- a measure on a form that does not exist
    (
        [("form: fracture\n    numer", "form: fractur\n    numer")],
        [
            f'{MEASURE}.form: There is no form "fractur". Did you mean "fracture"?',
            ('risk_models.surgery_model.outcome: Measure "surgery" is of form "fractur", this model of form "fracture". '
            "Model a measure of the same form."),
        ],
    ),
    (
        [("form: fracture\n    numer", "form: hospital_stay\n    numer"), ("form: fracture\n    method", "form: hospital_stay\n    method")],
        [
            f'{MEASURE}.form: There is no form "hospital_stay". Add it under `forms:`, or remove this.',
            'risk_models.surgery_model.form: There is no form "hospital_stay". Add it under `forms:`, or remove this.',
        ],
    ),
    # --- names twice
    (
        [("      - name: age\n        label: Age\n", "      - name: asa\n        label: Age\n"), ("'[age] > 120'", "'true'"), ("Age {age}", "A"), ("variables: [age]", "variables: [asa]")],
        [
            f'{VARIABLES}[2] (asa).name: "asa" is the name of two variables. Rename one of them.',
            f'{VARIABLES}[2] (asa).type: "asa" is one_of in one version and integer in another. Give the changed variable a new name.',
            "risk_models.surgery_model.covariates[0] (asa).kind: asa is integer, which cannot be a covariate of kind category. Use kind linear.",
        ],
    ),
    (
        [("risk_models:\n", "  surgery:\n    name: Again\nrisk_models:\n")],
        ['measures.surgery: "surgery" is here twice (first on line 53). Rename or remove one of them.'],
    ),
    (
        [("      - {name: all, label: All}", "      - {name: all, label: All}\n      - {name: all, label: Again}")],
        ['forms.fracture.sections[1] (all): Section "all" is here twice. Rename or remove one of them.'],
    ),
    (
        [("measures:\n", "      - {name: old, when: 'true', severity: note, message: m, remedy: r}\nmeasures:\n")],
        ['forms.fracture.rules[1] (old).name: "old" is the name of two rules. Rename one of them.'],
    ),
    (
        [("    numer", "    exclusions:\n      - {name: a, label: A, when: 'true'}\n      - {name: a, label: A, when: 'false'}\n    numer")],
        [f'{MEASURE}.exclusions[1] (a).name: "a" is the name of two exclusions. Rename one of them.'],
    ),
    # --- risk models
    (
        [('kind: category, reference: "1"', "kind: linear")],
        ["risk_models.surgery_model.covariates[0] (asa).kind: asa is one_of, which cannot be a covariate of kind linear. Use kind category."],
    ),
    (
        [('variable: asa, kind: category, reference: "1"', "variable: admitted, kind: linear")],
        ["risk_models.surgery_model.covariates[0] (admitted).kind: admitted is date, which cannot be a covariate of kind linear. Use another variable."],
    ),
    (
        [('reference: "1"', 'reference: "9"')],
        ['risk_models.surgery_model.covariates[0] (asa).reference: "9" is not a code of asa. Use 1, 2 or 3.'],
    ),
    (
        [(', reference: "1"', "")],
        ['risk_models.surgery_model.covariates[0] (asa): Category asa has no reference level. Add `reference: "1"`, or another code.'],
    ),
    (
        [('{variable: asa, kind: category, reference: "1"}', "{variable: age, kind: spline}\n      - {variable: age, kind: spline, knots: [3, 2, 2]}")],
        [
            "risk_models.surgery_model.covariates[0] (age): Spline age has no knots. Add `knots:`, at least three.",
            "risk_models.surgery_model.covariates[1] (age).variable: age is a covariate twice. Remove one of them; square and spline already hold the linear term.",
            "risk_models.surgery_model.covariates[1] (age).knots: Knots must rise from one to the next. Sort them, each once.",
        ],
    ),
    (
        [("outcome: surgery", "outcome: surgry"), ("    numer", "    risk_model: surgery_modl\n    numer")],
        [
            f'{MEASURE}.risk_model: There is no risk model "surgery_modl". Did you mean "surgery_model"?',
            'risk_models.surgery_model.outcome: There is no measure "surgry". Did you mean "surgery"?',
        ],
    ),
    (
        [
            ("risk_models:", "  other:\n    name: O\n    short_name: O\n    kind: continuous\n    domain: outcome\n    direction: lower\n    form: fracture\n    value: '[age]'\n    value_unit: years\nrisk_models:"),
            ("outcome: surgery", "outcome: other"),
            ("    numer", "    risk_model: surgery_model\n    numer"),
        ],
        [
            f'{MEASURE}.risk_model: Risk model "surgery_model" predicts "other", not this measure. Name a risk model whose outcome is this measure.',
            'risk_models.surgery_model.outcome: Measure "other" is of kind continuous; a logistic model predicts yes or no. Model a measure of kind proportion.',
        ],
    ),
    # --- versions
    (
        [("    sections:\n", "      - {number: 2, effective_from: 2025-07-01, note: Second.}\n    sections:\n")],
        [
            ("forms.fracture.versions[1].effective_from: Version 2 begins on 2025-07-01, and version 1 has no end: they overlap. "
            "End version 1 on the day before: effective_to: 2025-06-30.")
        ],
    ),
    (
        [("        note: First.\n", "        effective_to: 2025-07-01\n        note: First.\n      - {number: 1, effective_from: 2025-07-01, note: Second.}\n")],
        [
            ("forms.fracture.versions[1].effective_from: Version 1 begins on 2025-07-01, and version 1 ends on 2025-07-01: they overlap. "
            "End version 1 on the day before: effective_to: 2025-06-30."),
            "forms.fracture.versions[1]: Version 1 is here twice. Number the versions 1, 2, 3.",
        ],
    ),
    (
        [("        note: First.\n", "        effective_to: 2024-12-31\n        note: First.\n")],
        ["forms.fracture.versions[0].effective_to: Version 1 ends (2024-12-31) before it begins (2025-01-01). Correct one of the dates."],
    ),
    (
        [("        show_if", "        from_version: 3\n        show_if"), ("remedy: Check it.\n", "remedy: Check it.\n        to_version: 2\n")],
        [
            f"{VARIABLES}[4] (surgeon).from_version: There is no version 3 of this form. Use 1.",
            "forms.fracture.rules[0] (old).to_version: There is no version 2 of this form. Use 1.",
        ],
    ),
    # --- the event date
    (
        [("event_date: admitted", "event_date: admited")],
        ['forms.fracture.event_date: There is no variable "admited" to be the event date. Did you mean "admitted"?'],
    ),
    (
        [("event_date: admitted", "event_date: age")],
        ["forms.fracture.event_date: age is the event date, and must be a required date. Give age type: date and required: true."],
    ),
    (
        [("        required: true\n", "")],
        ["forms.fracture.event_date: admitted is the event date, and must be a required date. Give admitted type: date and required: true."],
    ),
    # --- aims, policy, reviews, parts of a measure
    (
        [("forms:\n", "  aim: {statement: More., measure: surgry}\nforms:\n"), ("    numer", "    aim: {statement: More., target: 95}\n    numer")],
        [
            'collaborative.aim.measure: There is no measure "surgry". Did you mean "surgery"?',
            f"{MEASURE}.aim.target: 95 is no proportion. Write 0.95 for 95 per cent.",
        ],
    ),
    (
        [("forms:\n", "  policy: {minimum_cases: 0}\nforms:\n"), ("    numer", "    minimum_cases: 0\n    numer")],
        [
            "collaborative.policy.minimum_cases: 0 is too small. Give at least 1.",
            f"{MEASURE}.minimum_cases: 0 is too small. Give at least 1.",
        ],
    ),
    (
        [("    numerator: '[operated] = \"1\"'\n", "    value: '[age]'\n    reviewed_on: 2026-05-01\n    next_review_on: 2026-05-01\n")],
        [
            f"{MEASURE}: A measure of kind proportion needs a numerator. Add `numerator:`.",
            f"{MEASURE}.value: A measure of kind proportion has no value. Remove `value:`, or change the kind.",
            f"{MEASURE}.next_review_on: The next review (2026-05-01) is not after the last (2026-05-01). Correct one of the dates.",
        ],
    ),
    (
        [("kind: proportion", "kind: rate"), ("    numer", "    value: '[asa] + [surgeon]'\n    value_unit: days\n    numer")],
        [
            f"{MEASURE}.value: [surgeon] is a text, where a number is needed (character 9). Use datediff() for dates, or another variable.",
            'risk_models.surgery_model.outcome: Measure "surgery" is of kind rate; a logistic model predicts yes or no. Model a measure of kind proportion.',
        ],
    ),
    (
        [("Europe/London", "Europe/Londn")],
        ['collaborative.time_zone: "Europe/Londn" is no time zone. Did you mean "Europe/London"?'],
    ),
    # --- variables
    (
        [("        section: all\n        required", "        section: al\n        required")],
        [f'{VARIABLES}[0] (admitted).section: There is no section "al". Did you mean "all"?'],
    ),
    (
        [("        codes: {1: I, 2: II, 3: III}\n", ""), ('      - {variable: asa, kind: category, reference: "1"}', "      - {variable: operated, kind: yes_no}")],
        [f'{VARIABLES}[1] (asa): asa is one_of without codes. Add `codes:`, such as {{1: "Yes"}}.'],
    ),
    (
        [("        type: integer\n", "        type: integer\n        codes: {1: a}\n")],
        [f"{VARIABLES}[2] (age).codes: age is integer, which has no codes. Make its type one_of or many_of, or remove the codes."],
    ),
    (
        [("        type: integer\n", "        type: integer\n        range: {hard_min: 5, soft_min: 4, soft_max: x, hard_max: 3}\n")],
        [
            f'{VARIABLES}[2] (age).range.soft_max: "x" is not a number. Enter a whole number.',
            f"{VARIABLES}[2] (age).range.soft_min: hard_min (5) is more than soft_min (4). Correct one of them.",
            f"{VARIABLES}[2] (age).range.hard_max: soft_min (4) is more than hard_max (3). Correct one of them.",
        ],
    ),
    (
        [("        type: integer\n", "        type: integer\n        range: {hard_min: 5, soft_min: 4, hard_max: 3}\n")],
        [
            f"{VARIABLES}[2] (age).range.soft_min: hard_min (5) is more than soft_min (4). Correct one of them.",
            f"{VARIABLES}[2] (age).range.hard_max: soft_min (4) is more than hard_max (3). Correct one of them.",
        ],
    ),
    (
        [("        type: text\n", "        type: text\n        range: {hard_min: a}\n")],
        [f"{VARIABLES}[4] (surgeon).range: surgeon is text, which has no range. Remove the range."],
    ),
    (
        [("        type: integer\n", "        type: integer\n        calculation: '[asa] * 2'\n        required: true\n        missing: [unknown]\n")],
        [
            f"{VARIABLES}[2] (age).required: age is calculated, so nobody answers it. Remove `required:`.",
            f"{VARIABLES}[2] (age).missing: age is calculated, so nobody answers it. Remove `missing:`.",
        ],
    ),
    (
        [("codes: {1: I, 2: II, 3: III}", "codes: {1: I, 2: II, 3: III}\n        calculation: '[age]'")],
        [f"{VARIABLES}[1] (asa).calculation: asa is calculated, and one_of cannot be. Make it an integer, decimal, yes_no, text or date."],
    ),
    (
        [("        type: integer\n", "        type: integer\n        aliases: [ASA, Years Old]\n"), ("    rules:\n", "    import: {hospital_aliases: [years_old, site], case_number_aliases: [site]}\n    rules:\n")],
        [
            f'{VARIABLES}[2] (age).aliases[0]: The column heading "ASA" would mean both asa and age. Remove or change one of them.',
            'forms.fracture.import.hospital_aliases[0]: The column heading "years_old" would mean both age and the hospital. Remove or change one of them.',
            'forms.fracture.import.case_number_aliases[0]: The column heading "site" would mean both the hospital and the case number. Remove or change one of them.',
        ],
    ),
    (
        [("    rules:\n", "    import: {constants: {asaa: 1, asa: 9, operated: maybe, age: unknown}}\n    rules:\n")],
        [
            'forms.fracture.import.constants.asaa: "asaa" is not a variable of this form. Did you mean "asa"?',
            'forms.fracture.import.constants.asa: "9" is not a code of ASA class. Use 1 I, 2 II or 3 III.',
            'forms.fracture.import.constants.operated: "maybe" is neither yes nor no. Enter 1 for yes or 0 for no.',
            ('forms.fracture.import.constants.age: "unknown" means unknown, which is not an answer to Age. '
            "Enter a whole number, or leave it empty until it is known."),
        ],
    ),
    (
        [
            ("        codes: {1: I, 2: II, 3: III}\n", "        codes: {1: I, 2: II, 3: III}\n        missing: [unknown]\n"),
            ("    rules:\n", "    import: {constants: {asa: unknown}}\n    rules:\n"),
        ],
        ['forms.fracture.import.constants.asa: "unknown" is no value. Give a value, or leave the key out.'],
    ),
    # --- shape
    (
        [("        label: ASA class\n", "        lable: ASA class\n")],
        [
            f'{VARIABLES}[1] (asa): "label" is missing. Add `label:`.',
            f'{VARIABLES}[1] (asa).lable: "lable" is not a key that is read here. Did you mean "label"?',
        ],
    ),
    (
        [("type: one_of", "type: oneof"), ("direction: higher", "direction: up"), ("date_order: dmy", "date_order: 7")],
        [
            "collaborative.date_order: 7 is not known here. Use mdy, dmy or ymd.",
            f'{VARIABLES}[1] (asa).type: "oneof" is not known here. Did you mean "one_of"?',
            f'{MEASURE}.direction: "up" is not known here. Use lower or higher.',
        ],
    ),
    (
        [("format: 1", "format: 2"), ("slug: hip-care", "slug: Hip Care"), ("name: Hip Care", "name: 7"), ("effective_from: 2025-01-01", "effective_from: 1/1/25")],
        [
            "format: 2 is not known here. Write 1.",
            'collaborative.slug: "Hip Care" is not written as it must be. Use small letters, digits and -, starting with a letter, at most 63.',
            "collaborative.name: 7 is not text. Put it in quotes.",
            'forms.fracture.versions[0].effective_from: "1/1/25" is not written as it must be. Write dates as year-month-day, such as 2026-01-05.',
        ],
    ),
    (
        [("effective_from: 2025-01-01", "effective_from: 2025-02-30")],
        ['forms.fracture.versions[0].effective_from: "2025-02-30" is not a date. Write it as 2026-01-05.'],
    ),
    (
        [("codes: {1: I, 2: II, 3: III}", 'codes: {"1 2": I}\n        tier: 4\n        missing: [unknown, unknown]\n        scenarios: []\n        range: 3')],
        [
            f'{VARIABLES}[1] (asa).codes.1 2: "1 2" is not written as it must be. A code has letters, digits, _ . + or -, at most 32.',
            f"{VARIABLES}[1] (asa).tier: 4 is too large. Give at most 3.",
            f'{VARIABLES}[1] (asa).missing: ["unknown", "unknown"] names something twice. Remove one of them.',
            f"{VARIABLES}[1] (asa).range: 3 is not a list of `key: value`. Give a list of `key: value`.",
        ],
    ),
    (
        [("codes: {1: I, 2: II, 3: III}", "codes: {}"), ('      - {variable: asa, kind: category, reference: "1"}', "      - {variable: asa, kind: linear, scale: 0, knots: [1]}")],
        [
            f"{VARIABLES}[1] (asa).codes: This is empty or too short. Give at least 1, or leave the key out.",
            "risk_models.surgery_model.covariates[0] (asa).scale: 0 is too small. Give more than 0.",
            "risk_models.surgery_model.covariates[0] (asa).knots: This is empty or too short. Give at least 3, or leave the key out.",
        ],
    ),
    (
        [("    numerator: '[operated] = \"1\"'", "    numerator: " + "'" + "x" * 4001 + "'")],
        [f"{MEASURE}.numerator: This has 4,001 characters. Give at most 4000."],
    ),
    (
        [("    sections:\n      - {name: all, label: All}\n", "    sections: all\n")],
        ['forms.fracture.sections: "all" is not a list. Give a list.'],
    ),
    # --- measures of supplied figures, and those of cases
    (
        [("    form: fracture\n    numerator", "    numerator")],
        [f'{MEASURE}: "form" is missing. Add `form:` with the form whose cases it counts, or write `source: aggregate`.',
         'risk_models.surgery_model.outcome: Measure "surgery" is of form "", this model of form "fracture". Model a measure of the same form.'],
    ),
    (
        [("    form: fracture\n    numerator", "    source: agregate\n    form: fracture\n    numerator")],
        [f'{MEASURE}.source: "agregate" is not known here. Did you mean "aggregate"?'],
    ),
    (
        [("    form: fracture\n    numerator", "    figures: {numerator: Deaths, denominator: Stays}\n    form: fracture\n    numerator")],
        [f"{MEASURE}.figures: A measure that is counted from cases has no figures. Remove `figures:`, or write `source: aggregate`."],
    ),
    (
        [("    kind: proportion", "    kind: rate\n    source: aggregate")],
        [
            f"{MEASURE}: An aggregate measure needs figures. Add `figures:` with `numerator:` and `denominator:`, what is supplied in words.",
            f"{MEASURE}.kind: An aggregate measure cannot be of kind rate yet. Write `kind: proportion`.",
            f"{MEASURE}.form: An aggregate measure has no form: its figures are supplied, not counted from cases. Remove `form:`, or write `source: cases`.",
            f"{MEASURE}.numerator: An aggregate measure has no numerator: its figures are supplied, not counted from cases. Remove `numerator:`, or write `source: cases`.",
            'risk_models.surgery_model.outcome: Measure "surgery" is aggregate: its expected counts are supplied, not modelled here. Model a measure that is counted from cases.',
        ],
    ),
    (
        [("    form: fracture\n    numerator: '[operated] = \"1\"'", "    source: aggregate\n    figures: {numerator: Deaths, expected: maybe}")],
        [
            f'{MEASURE}.figures: "denominator" is missing. Add `denominator:`. Of what, in words.',
            f'{MEASURE}.figures.expected: "maybe" is not true or false. Give true or false.',
        ],
    ),
]  # fmt: skip

# A collaborative that collects no cases at all.
AGGREGATE = """\
format: 1
collaborative:
  slug: claims-care
  name: Claims Care
  specialty: Medicine
  time_zone: America/Detroit
  date_order: mdy
  confidentiality_footer: Confidential.
measures:
  readmission:
    name: Readmission within 30 days
    short_name: Readmission
    kind: proportion
    domain: outcome
    direction: lower
    source: aggregate
    figures:
      numerator: Readmissions within 30 days
      denominator: Discharges
      expected: true
    unit_noun: readmissions
    minimum_cases: 25
    aim: {statement: Fewer readmissions, target: 0.1}
"""
