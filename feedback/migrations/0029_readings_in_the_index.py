from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0028_rows_for_members_wall"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="siteresult",
            name="feedback_siteresult_by_release",
        ),
        migrations.AddIndex(
            model_name="siteresult",
            index=models.Index(
                fields=["collaborative", "release", "measure_version"],
                include=["participation", "reading"],
                name="feedback_siteresult_by_release",
            ),
        ),
    ]
