"""Questions of hospitals and queries about their cases, until the answer is in the manual or the value is right.

A *question* goes from a hospital to the centre; a *query* from the centre, or from a rule, to a hospital. Both carry
the variable, the version of the form and the case they are about. The text of a thread is clinical: it is in no
e-mail, event or log.

For the packages around it (the core of `cases` must not import this one):

- `cases.models.QuestionCount`, at `case.question_count`, holds `open` (not closed) and `queries` (ever raised) of a
  case. Only the services here write it; a case never asked about has no row. The work list filters by
  `question_count__open__gt=0` and shows `question_count.open`; queries per case are the sum of
  `question_count__queries` over the cases.
  A case with such a row is spoken about, so undoing its import must leave it (the database refuses to delete it).
- `{% include "questions/partials/of_case.html" with case=… slug=… only %}` is the box of a case page: a link, and,
  with htmx, the questions that are not closed.
- `questions:question-ask` (public id of the case, `?variable=…`) is the page behind Alt-Q and "Ask about this field":
  the hospital asks the centre there, the centre raises a query.
- `cases.questions.services.asking.raise_queries_by_rule` is for workers; running it again raises nothing twice.
"""
