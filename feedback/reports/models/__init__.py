from feedback.reports.models.reports import HospitalReport, PooledReport


__all__ = ["HospitalReport", "PooledReport"]
