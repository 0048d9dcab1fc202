from cases.log.models.cycle import Cycle, LockExtension
from cases.log.models.entry import CaseLogEntry, LogUpload
from cases.log.models.follow_up import FollowUp, FollowUpAttempt, FollowUpCount
from cases.log.models.sampling import Draw, SamplingRule, Substitution
from cases.log.models.unlock import UnlockRequest
from cases.log.models.window import WindowCount


__all__ = [
    "CaseLogEntry",
    "Cycle",
    "Draw",
    "FollowUp",
    "FollowUpAttempt",
    "FollowUpCount",
    "LockExtension",
    "LogUpload",
    "SamplingRule",
    "Substitution",
    "UnlockRequest",
    "WindowCount",
]
