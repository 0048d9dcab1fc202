from feedback.models.decisions import DecidedExclusion
from feedback.models.outcomes import CaseOutcome, SiteMonth
from feedback.models.peers import PeerDistribution, PooledResult
from feedback.models.releases import ModelFit, Release
from feedback.models.results import MeasureResult, SiteResult
from feedback.models.snapshots import Snapshot, SnapshotSlice
from feedback.models.statements import DataQualityStatement, PooledStatement
from feedback.models.trend_notes import HospitalNote, ProgrammeNote


__all__ = [
    "CaseOutcome",
    "DataQualityStatement",
    "DecidedExclusion",
    "HospitalNote",
    "MeasureResult",
    "ModelFit",
    "PeerDistribution",
    "PooledResult",
    "PooledStatement",
    "ProgrammeNote",
    "Release",
    "SiteMonth",
    "SiteResult",
    "Snapshot",
    "SnapshotSlice",
]
