from django.db.models import TextChoices

from privacy.roles import Capacity, Role


ROLE_CHOICES = [(role.value, role.label.capitalize()) for role in Role]
CAPACITY_CHOICES = [(capacity.value, capacity.value) for capacity in Capacity]


class Stage(TextChoices):
    INVITED = "invited", "Invited"
    AGREEMENTS = "agreements", "Signing agreements"
    TRAINING = "training", "In training"
    LIVE = "live", "Live"
    LEFT = "left", "Left"


class DateOrder(TextChoices):
    MDY = "mdy", "month day year"
    DMY = "dmy", "day month year"
    YMD = "ymd", "year month day"
