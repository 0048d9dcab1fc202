from django.db import migrations


class Migration(migrations.Migration):
    """How somebody hears of a release is one of their wishes (notifications 0003, which runs before)."""

    dependencies = [
        ("accounts", "0006_passwords_for_signing_in"),
    ]
    operations = [
        migrations.RemoveField(model_name="user", name="release_mail"),
    ]
