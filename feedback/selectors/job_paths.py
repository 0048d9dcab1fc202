"""Pages on which what a worker has done stands."""

from django.urls import reverse

from feedback.models import Release, TrialFit


def release_path(release_id: int) -> str:
    release = Release.objects.select_related("collaborative").get(pk=release_id)
    return reverse("feedback:release-detail", args=[release.collaborative.slug, release.public_id])


def trial_path(trial_id: int) -> str:
    trial = TrialFit.objects.select_related("collaborative", "risk_model_version__risk_model").get(pk=trial_id)
    model = trial.risk_model_version.risk_model.slug
    return reverse("feedback:trial-detail", args=[trial.collaborative.slug, model, trial.public_id])
