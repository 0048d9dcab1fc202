from feedback.models.results import (
    CaseOutcome,
    MeasureResult,
    ModelFit,
    PeerDistribution,
    PooledResult,
    Release,
    SiteMonth,
    SiteResult,
    Snapshot,
    SnapshotSlice,
)
from feedback.models.statements import DataQualityStatement, PooledStatement


__all__ = [
    "CaseOutcome",
    "DataQualityStatement",
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
