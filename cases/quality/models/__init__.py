from cases.quality.models.anomaly import Anomaly
from cases.quality.models.figures import ProgrammeMedians, QualityFigures


__all__ = ["Anomaly", "ProgrammeMedians", "QualityFigures"]
