"""What the training area tells of a new hospital's way in (settings.ONBOARDING_STEPS)."""

from django.db.models import Min
from django.urls import reverse

from cases.training.models import Certificate, Exercise
from collaboratives.definition.onboarding import OnboardingStep
from collaboratives.models import Participation
from collaboratives.selectors.clock import in_zone


def practice_step(place: Participation) -> OnboardingStep:
    """Done on the day of the first test case that somebody there submitted."""
    first = Exercise.objects.filter(participation=place).aggregate(first=Min("submitted_at"))["first"]
    return OnboardingStep(
        key="test_cases",
        title="Test cases",
        detail="The first test case is abstracted." if first else "Nobody has submitted a test case yet.",
        done_on=in_zone(first, place.collaborative).date() if first else None,
        url=reverse("training:training-area", args=[place.collaborative.slug]),
    )


def training_step(place: Participation) -> OnboardingStep:
    """Done on the day of the first certificate."""
    first = Certificate.objects.filter(participation=place).aggregate(first=Min("issued_on"))["first"]
    return OnboardingStep(
        key="training",
        title="Training",
        detail="An abstractor is certified." if first else "No abstractor is certified yet.",
        done_on=first,
        url=reverse("training:training-area", args=[place.collaborative.slug]),
    )
