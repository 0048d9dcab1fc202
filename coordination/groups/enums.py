from django.db.models import TextChoices


class MemberRole(TextChoices):
    MEMBER = "member", "Member"
    CHAIR = "chair", "Chair"


class AdmissionState(TextChoices):
    OPEN = "open", "open"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"
    WITHDRAWN = "withdrawn", "withdrawn"
