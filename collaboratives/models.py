import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.enums import CAPACITY_CHOICES, ROLE_CHOICES, DateOrder, Stage
from privacy.disclosure import DisclosureRules
from privacy.fields import FieldClass
from privacy.roles import Capacity, Role, roles_of
from sites.models import Site


class Collaborative(models.Model):
    """A programme of hospitals that improve care together."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    specialty = models.CharField(max_length=100, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    date_order = models.CharField(max_length=3, choices=DateOrder.choices, default=DateOrder.MDY)
    confidentiality_footer = models.CharField(
        max_length=300, default="Confidential peer-review and quality-improvement information."
    )
    contact_name = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True)
    aim = models.CharField(max_length=200, blank=True, help_text="The common goal, in the members' words.")
    aim_measure = models.SlugField(max_length=60, blank=True)
    aim_target = models.DecimalField(max_digits=9, decimal_places=5, null=True, blank=True)
    aim_date = models.DateField(null=True, blank=True)
    minimum_peers = models.PositiveSmallIntegerField(default=5)
    minimum_cases = models.PositiveSmallIntegerField(default=11)
    largest_share = models.FloatField(default=0.5)
    largest_two_share = models.FloatField(default=0.8)
    due_days = models.PositiveSmallIntegerField(default=60, help_text="Days after the event by which a case is due.")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "slug"), FieldClass.KEY),
        **dict.fromkeys(
            (
                "name",
                "specialty",
                "time_zone",
                "date_order",
                "confidentiality_footer",
                "contact_name",
                "contact_email",
                "aim",
                "aim_measure",
                "aim_target",
                "aim_date",
                "minimum_peers",
                "minimum_cases",
                "largest_share",
                "largest_two_share",
                "due_days",
            ),
            FieldClass.PROGRAMME,
        ),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum_peers__gte=5, minimum_cases__gte=11), name="collaboratives_collaborative_floors"
            ),
            models.CheckConstraint(
                condition=Q(
                    largest_share__gt=0, largest_share__lte=0.5, largest_two_share__gt=0, largest_two_share__lte=0.8
                ),
                name="collaboratives_collaborative_ceilings",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def disclosure_rules(self) -> DisclosureRules:
        return DisclosureRules(
            minimum_peers=self.minimum_peers,
            minimum_cases=self.minimum_cases,
            largest_share=self.largest_share,
            largest_two_share=self.largest_two_share,
        )


class Participation(models.Model):
    """A hospital in a collaborative: the unit that owns cases and results, and the tenant of the wall."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="participations")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="participations")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.LIVE)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    comparison_group = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="Similar hospitals it is also compared with, such as «Large teaching hospitals»; the centre says which.",
    )

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative"), FieldClass.KEY),
        **dict.fromkeys(("site", "stage", "joined_on", "left_on", "comparison_group"), FieldClass.HOSPITAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "public_id"], name="collaboratives_participation_public_id"
            ),
            models.UniqueConstraint(
                fields=["collaborative", "site"],
                condition=Q(left_on=None),
                name="collaboratives_participation_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="collaboratives_participation_joined_before_left",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.LEFT, left_on__isnull=False) | (~Q(stage=Stage.LEFT) & Q(left_on=None)),
                name="collaboratives_participation_left_and_date_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} in {self.collaborative}"


def _role_belongs_to_capacity() -> Q:
    allowed = Q()
    for capacity in Capacity:
        roles = [role.value for role in roles_of(capacity)]
        hospital = Q(participation__isnull=capacity is not Capacity.HOSPITAL)
        allowed |= Q(capacity=capacity.value, role__in=roles) & hospital
    return allowed


class Grant(models.Model):
    """Somebody holds a role from a moment until another. Ending it acts at the next statement."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="grants")
    participation = models.ForeignKey(
        Participation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grants",
        help_text="Null: the centre or an observer.",
    )
    role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    capacity = models.CharField(
        max_length=8, choices=CAPACITY_CHOICES, help_text="Follows from the role; the wall looks it up."
    )
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "participation", "capacity", "starts_at", "ends_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("user", "role", "granted_by", "ended_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="collaboratives_grant_public_id"),
            models.CheckConstraint(
                condition=_role_belongs_to_capacity(), name="collaboratives_grant_role_fits_capacity"
            ),
            models.UniqueConstraint(
                fields=["collaborative", "participation", "user", "role"],
                condition=Q(ends_at=None),
                nulls_distinct=None,
                name="collaboratives_grant_once_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["user", "collaborative"], name="collaboratives_grant_by_user")]

    def __str__(self) -> str:
        return f"{self.user}: {Role(self.role).label}"


class Invitation(models.Model):
    """One person is asked to take one role. The link is signed, works once, and expires."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="invitations")
    participation = models.ForeignKey(
        Participation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations",
        help_text="Null: the centre or an observer.",
    )
    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    capacity = models.CharField(max_length=8, choices=CAPACITY_CHOICES)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "capacity",
                "created_at",
                "expires_at",
                "accepted_at",
                "revoked_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("email", "full_name", "role", "invited_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_role_belongs_to_capacity(), name="collaboratives_invitation_role_fits_capacity"
            ),
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="collaboratives_invitation_public_id"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="collaboratives_invitation_accepted_or_revoked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {Role(self.role).label}"


class ApiToken(models.Model):
    """A key with which a program acts for one person in one hospital. It dies with that person's role there."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100, help_text="The program that uses it.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the secret part; the secret itself is shown once.")
    scopes = models.JSONField(default=list, help_text="What it may do: values of privacy.roles.Permission.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "scopes",
                "created_at",
                "expires_at",
                "revoked_at",
                "last_used_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("user", "name", "revoked_by"), FieldClass.PERSON),
        "digest": FieldClass.SECRET,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="collaboratives_apitoken_public_id"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="collaboratives_apitoken_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name
