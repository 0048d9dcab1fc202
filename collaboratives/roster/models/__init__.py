from collaboratives.roster.models.hospitals import Merger, OnboardingDate
from collaboratives.roster.models.people import AccessReview, DirectoryEntry, DirectoryWish, InterimCover


__all__ = ["AccessReview", "DirectoryEntry", "DirectoryWish", "InterimCover", "Merger", "OnboardingDate"]
