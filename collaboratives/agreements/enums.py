from django.db.models import TextChoices


class AgreementKind(TextChoices):
    PARTICIPATION = "participation", "Participation agreement"
    DATA_USE = "data_use", "Data-use agreement"
    BUSINESS_ASSOCIATE = "business_associate", "Business associate agreement"
    CONFIDENTIALITY = "confidentiality", "Confidentiality agreement"

    @property
    def in_words(self) -> str:
        """As it stands inside a sentence."""
        return str(self.label).lower()


class SignedHow(TextChoices):
    HERE = "here", "Signed here"
    ON_PAPER = "on_paper", "Signed on paper, scan kept"
