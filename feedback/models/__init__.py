from feedback.models.decisions import DecidedExclusion
from feedback.models.outcomes import CaseOutcome, SiteMonth
from feedback.models.peers import PeerDistribution, PooledResult
from feedback.models.releases import ModelFit, Release
from feedback.models.results import MeasureResult, SiteResult
from feedback.models.snapshots import Snapshot, SnapshotSlice
from feedback.models.statements import DataQualityStatement, PooledStatement


__all__ = [
    "CaseOutcome",
    "DataQualityStatement",
    "DecidedExclusion",
    "MeasureResult",
    "ModelFit",
    "PeerDistribution",
    "PooledResult",
    "PooledStatement",
    "Release",
    "SiteMonth",
    "SiteResult",
    "Snapshot",
    "SnapshotSlice",
]
