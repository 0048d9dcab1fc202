from collaboratives.agreements.models.agreements import Agreement, AgreementReminder, AgreementScan
from collaboratives.agreements.models.texts import AgreementNeed, AgreementText


__all__ = ["Agreement", "AgreementNeed", "AgreementReminder", "AgreementScan", "AgreementText"]
