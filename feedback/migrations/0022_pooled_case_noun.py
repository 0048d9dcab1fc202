from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0021_aggregate_wall'),
    ]

    operations = [
        migrations.AddField(
            model_name='pooledresult',
            name='case_noun',
            field=models.CharField(blank=True, db_default='', default='', help_text='What the cases are, in the plural; observers do not read forms.', max_length=60),
        ),
    ]
