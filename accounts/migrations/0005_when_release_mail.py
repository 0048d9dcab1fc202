from django.db import migrations, models


TABLE = "accounts_user"


class Migration(migrations.Migration):
    """Yes and no become when: at once, with the morning's mail, never."""

    dependencies = [
        ("accounts", "0004_release_mail"),
    ]
    operations = [
        migrations.RunSQL(
            sql=f"""
                ALTER TABLE {TABLE} ALTER COLUMN release_mail DROP DEFAULT;
                ALTER TABLE {TABLE} ALTER COLUMN release_mail TYPE varchar(7)
                  USING CASE WHEN release_mail THEN 'at_once' ELSE 'never' END;
                ALTER TABLE {TABLE} ALTER COLUMN release_mail SET DEFAULT 'at_once';
            """,
            reverse_sql=f"""
                ALTER TABLE {TABLE} ALTER COLUMN release_mail DROP DEFAULT;
                ALTER TABLE {TABLE} ALTER COLUMN release_mail TYPE boolean USING release_mail <> 'never';
                ALTER TABLE {TABLE} ALTER COLUMN release_mail SET DEFAULT true;
            """,
            state_operations=[
                migrations.AlterField(
                    model_name="user",
                    name="release_mail",
                    field=models.CharField(
                        choices=[("at_once", "At once"), ("daily", "In one mail a day, at 7:00"), ("never", "Never")],
                        db_default="at_once",
                        default="at_once",
                        help_text="When to write that a release is there.",
                        max_length=7,
                    ),
                ),
            ],
        ),
    ]
