from django.db import migrations

from tenancy.operations import ReadOnly


KNOWN = ("id", "public_id", "email", "full_name", "is_active", "date_joined", "release_mail", "last_login")


class Migration(migrations.Migration):
    """Nobody inside a place reads a digest of a password, not of themselves either (ADR 20)."""

    dependencies = [
        ("accounts", "0005_when_release_mail"),
    ]
    operations = [
        ReadOnly("accounts_user", KNOWN, ("member", "hospital", "centre", "observer", "compute")),
    ]
