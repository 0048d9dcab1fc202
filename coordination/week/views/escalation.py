"""When what waits too long is told to the next one: decided by whoever reminds hospitals."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from collaboratives.http import ViewerRequest, needs
from coordination.week.errors import EscalationRuleError
from coordination.week.forms.escalation import RulesForm
from coordination.week.selectors.escalation import rule_page
from coordination.week.services.rules import set_rules
from privacy.roles import Permission


UNPROCESSABLE = 422


@needs(Permission.HOSPITAL_REMIND)
def escalation_rules(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    page = rule_page(request.viewer)
    form = RulesForm(request.POST or None, rows=page.rows)
    if request.method == "POST" and form.is_valid() and _set(request, form):
        messages.success(request, "Kept. It holds from the next hour on.")
        return redirect("week:escalation-rules", collaborative_slug)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "week/escalation_rules.html", {"page": page, "form": form}, status=status)


def _set(request: ViewerRequest, form: RulesForm) -> bool:
    try:
        set_rules(rules=form.changed, by=request.viewer)
    except EscalationRuleError as problem:
        form.add_error(None, str(problem))
    return not form.errors
