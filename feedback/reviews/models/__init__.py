from feedback.reviews.models.breakdown import OwnBreakdown
from feedback.reviews.models.contest import Contest
from feedback.reviews.models.own_words import Attestation, Comment, LocalTarget


__all__ = ["Attestation", "Comment", "Contest", "LocalTarget", "OwnBreakdown"]
