from cases.training.models.certificate import Certificate, CertificationRule
from cases.training.models.material import Exam, ExamCase, Module, ModuleVersion, TestCase
from cases.training.models.taking import Attempt, Exercise, ModuleReading


__all__ = [
    "Attempt",
    "Certificate",
    "CertificationRule",
    "Exam",
    "ExamCase",
    "Exercise",
    "Module",
    "ModuleReading",
    "ModuleVersion",
    "TestCase",
]
