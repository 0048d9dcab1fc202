from django.db import migrations, models


def _comment():
    return models.TextField(blank=True, db_default="", default="", help_text="Why a reviewer returned the draft.")


class Migration(migrations.Migration):
    dependencies = [("measures", "0006_two_persons")]
    operations = [
        migrations.AddField(model_name="formversion", name="comment", field=_comment()),
        migrations.AddField(model_name="measureversion", name="comment", field=_comment()),
        migrations.AddField(model_name="riskmodelversion", name="comment", field=_comment()),
    ]
