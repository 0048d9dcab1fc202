from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_wall'),
    ]

    operations = [
        migrations.RenameField(model_name='pooledreport', old_name='content', new_name='said'),
    ]
