from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.models import User
from collaboratives.models import Participation
from privacy.roles import Capacity, Role


class InviteForm(forms.Form):
    """Ask one person to take one role."""

    full_name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail")
    role = forms.ChoiceField(label="Role")
    hospital = forms.ModelChoiceField(
        Participation.objects.none(),
        label="Hospital",
        required=False,
        to_field_name="public_id",
        help_text="Empty for the centre and for observers.",
    )

    def __init__(self, *args: Any, roles: tuple[Role, ...], hospitals: list[Participation], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label.capitalize()) for role in roles]  # type: ignore[attr-defined]  # ChoiceField
        field = self.fields["hospital"]
        field.queryset = Participation.objects.filter(pk__in=[each.pk for each in hospitals]).select_related("site")  # type: ignore[attr-defined]  # ModelChoiceField
        field.label_from_instance = lambda participation: participation.site.name  # type: ignore[attr-defined]  # ModelChoiceField

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "role" in cleaned:
            role = cleaned["role"] = Role(cleaned["role"])
            at_hospital = role.capacity is Capacity.HOSPITAL
            if at_hospital and not cleaned.get("hospital"):
                self.add_error("hospital", f"Choose the hospital at which they will be {role.label}.")
            if not at_hospital and cleaned.get("hospital"):
                self.add_error("hospital", f"A {role.label} belongs to no hospital. Leave this empty.")
        return cleaned


class NewAccountForm(forms.Form):
    """Somebody invited who has no account yet confirms the name and chooses a password."""

    full_name = forms.CharField(label="Your name", max_length=200)
    password = forms.CharField(
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters; a sentence is best.",
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password"):
            try:
                validate_password(cleaned["password"], User(email=self.email, full_name=cleaned.get("full_name", "")))
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return cleaned
