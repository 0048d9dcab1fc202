from feedback.models.aggregate import AggregateFigure, FigureUpload
from feedback.models.baselines import BaselineChange
from feedback.models.decisions import DecidedExclusion
from feedback.models.governance import (
    PrivateNotice,
    ReleaseCheck,
    ReleaseCheckReason,
    ReleaseMail,
    ReleasePolicy,
    ReleaseProof,
)
from feedback.models.outcomes import CaseOutcome, SiteMonth
from feedback.models.peers import PeerDistribution, PooledResult
from feedback.models.releases import ModelFit, Release
from feedback.models.results import MeasureResult, SiteResult
from feedback.models.snapshots import Snapshot, SnapshotSlice
from feedback.models.statements import DataQualityStatement, PooledStatement
from feedback.models.told import GroupPeers, MemberFit
from feedback.models.trend_notes import HospitalNote, ProgrammeNote
from feedback.models.trials import TrialFit, TrialHospital


__all__ = [
    "AggregateFigure",
    "BaselineChange",
    "CaseOutcome",
    "DataQualityStatement",
    "DecidedExclusion",
    "FigureUpload",
    "GroupPeers",
    "HospitalNote",
    "MeasureResult",
    "MemberFit",
    "ModelFit",
    "PeerDistribution",
    "PooledResult",
    "PooledStatement",
    "PrivateNotice",
    "ProgrammeNote",
    "Release",
    "ReleaseCheck",
    "ReleaseCheckReason",
    "ReleaseMail",
    "ReleasePolicy",
    "ReleaseProof",
    "SiteMonth",
    "SiteResult",
    "Snapshot",
    "SnapshotSlice",
    "TrialFit",
    "TrialHospital",
]
