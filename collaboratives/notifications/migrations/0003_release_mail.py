from django.db import migrations

from tenancy.operations import DataMigration


COPY = """
    INSERT INTO notifications_notificationwish (user_id, kind, how, chosen_at)
    SELECT id, 'release', CASE release_mail WHEN 'daily' THEN 'digest' ELSE 'product' END, now()
      FROM accounts_user WHERE release_mail <> 'at_once'
"""


def copy(apps, schema_editor):
    schema_editor.execute(COPY)


class Migration(migrations.Migration):
    """What people said of the mails of releases is their wish for that kind. The column goes after this."""

    dependencies = [
        ("notifications", "0002_wall"),
        ("accounts", "0006_passwords_for_signing_in"),
    ]
    run_before = (("accounts", "0007_remove_user_release_mail"),)
    operations = [DataMigration(copy)]
