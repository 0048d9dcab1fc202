from django.db import migrations

from tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    """A hospital could name its own participation and another collaborative, and so set that one's worker to work."""

    dependencies = [
        ("events", "0002_wall"),
        ("collaboratives", "0002_wall"),
    ]
    operations = [
        TenantForeignKey("events_event", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("events_accesslog", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("events_job", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
    ]
