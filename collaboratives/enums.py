from django.db.models import TextChoices

from privacy.roles import Capacity, Permission, Role


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


class KeyScope(TextChoices):
    """What a program may be allowed; each stands for permissions, of which it gets those its owner holds."""

    READ_CASES = "read_cases", "Read cases and their findings"
    SUBMIT_CASES = "submit_cases", "Submit cases: enter, change, complete and re-open them"
    READ_DICTIONARY = "read_dictionary", "Read the data dictionary"
    READ_RESULTS = "read_results", "Read the hospital's results of releases"

    @property
    def permissions(self) -> frozenset[Permission]:
        return SCOPE_PERMISSIONS[self]


SCOPE_PERMISSIONS = {
    KeyScope.READ_CASES: frozenset({Permission.CASE_VIEW}),
    KeyScope.SUBMIT_CASES: frozenset({Permission.CASE_EDIT, Permission.CASE_COMPLETE, Permission.CASE_REOPEN}),
    KeyScope.READ_DICTIONARY: frozenset({Permission.DICTIONARY_VIEW}),
    KeyScope.READ_RESULTS: frozenset({Permission.COMPARISON_VIEW}),
}
