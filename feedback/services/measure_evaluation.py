"""Count every case by the version of one measure that is in use now: a worker's work after it was published or retired."""

from dataclasses import replace

from cases.models import Case
from cases.services.progress import Progress
from events.models import Job
from feedback.selectors.evaluation_progress import EVALUATING
from feedback.services.bulk_outcomes import evaluate_measure_of
from feedback.services.evaluation import FormMeasures, form_measures
from measures.models import MeasureVersion


def evaluate_measure(job: Job) -> None:
    """Job: hospital by hospital, so that a page can tell how far it is. Safe to run again."""
    version = MeasureVersion.objects.select_related("measure").get(pk=job.subject_id)
    versions = list(MeasureVersion.objects.filter(measure=version.measure).order_by("pk").values_list("pk", flat=True))
    form = _in_use(job.collaborative_id, version.measure_id)
    found = Case.objects.filter(collaborative_id=job.collaborative_id).order_by("participation_id")
    hospitals = list(found.values_list("participation_id", flat=True).distinct())
    progress = Progress(job.public_id, EVALUATING)
    progress.tell(0, len(hospitals))
    for done, hospital in enumerate(hospitals, start=1):
        evaluate_measure_of(hospital, versions, form)
        progress.tell(done, len(hospitals))


def _in_use(collaborative_id: int, measure_id: int) -> FormMeasures | None:
    """The measure alone, with its form; None where it is retired."""
    for form in form_measures(collaborative_id):
        if own := tuple(each for each in form.versions if each.measure_id == measure_id):
            return replace(form, versions=own)
    return None
