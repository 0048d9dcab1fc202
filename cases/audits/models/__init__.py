from cases.audits.models.audit import Audit, AuditedCase, Original, SecondAbstraction
from cases.audits.models.findings import Agreement, Disagreement, Response, Ruling


__all__ = [
    "Agreement",
    "Audit",
    "AuditedCase",
    "Disagreement",
    "Original",
    "Response",
    "Ruling",
    "SecondAbstraction",
]
