from django.db import migrations


SIGN_IN = ("account_emailaddress", "account_emailconfirmation", "mfa_authenticator", "usersessions_usersession", "django_session")


class Migration(migrations.Migration):
    """Workers sign nobody in: sessions and second factors are none of their business."""

    dependencies = [
        ("accounts", "0002_wall"),
    ]
    operations = [
        migrations.RunSQL(f"REVOKE ALL ON {table} FROM colloquy_work", f"GRANT SELECT ON {table} TO colloquy_work")
        for table in SIGN_IN
    ]
