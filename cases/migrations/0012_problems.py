from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_counts_of_the_centre'),
        ('collaboratives', '0004_api_tokens_wall'),
        ('measures', '0007_comment'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('errors__gt', 0), ('warnings__gt', 0), _connector='OR'), fields=['participation', 'event_date'], name='cases_case_with_problems'),
        ),
    ]
