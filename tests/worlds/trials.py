"""A risk model of readmission that no measure uses: published with age and its square, now drafted by Ben without the square.

His trial of the draft on the cases of the release is the centre's; no member knows of it.
"""

import uuid
from dataclasses import replace

from django.db import transaction

from collaboratives.selectors.places import acting_for
from events.models import Job
from feedback.services.trial_fitting import fit_trial
from feedback.services.trials import request_trial
from measures.definition.spec import Covariate, CovariateKind, RiskModelSpec
from measures.services.review import Publishing
from measures.services.risk_model_review import publish_model, submit_model
from measures.services.risk_models import save_model, start_model, start_model_draft
from tenancy.context import acting
from tests.clock import today
from tests.worlds import programme, releases


AGE = Covariate(variable="age", kind=CovariateKind.LINEAR)
MODEL = RiskModelSpec(
    slug="readmission_risk",
    name="Readmission after colectomy",
    form="colectomy",
    method="pooled_logistic",
    outcome="readmission",
    covariates=(Covariate(variable="age", kind=CovariateKind.SQUARE),),
)
TRIALS: dict[str, uuid.UUID] = {}


def build() -> None:
    ben, dana = programme.viewer("ben"), programme.viewer("dana")
    with acting(acting_for(ben)), transaction.atomic():
        first = submit_model(version=start_model(spec=MODEL, by=ben), note="The first.", by=ben)
    with acting(acting_for(dana)), transaction.atomic():
        publish_model(version=first, publishing=Publishing(today(), "The first."), by=dana)
    with acting(acting_for(ben)), transaction.atomic():
        version = start_model_draft(model=first.risk_model, by=ben)
        spec = replace(version.definition, covariates=(AGE,))
        version = save_model(version=version, spec=spec, shown=version.digest, by=ben)
        trial = request_trial(version=version, window_from=releases.WINDOW[0], window_to=releases.WINDOW[1], by=ben)
    TRIALS["readmission"] = trial.public_id
    with acting(releases.worker()), transaction.atomic():
        fit_trial(Job(subject_id=trial.pk))
