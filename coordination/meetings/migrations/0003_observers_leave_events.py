from django.db import migrations

from tenancy.operations import ADD, Admit, Rule


class Migration(migrations.Migration):
    """Observers answer invitations and make calendar addresses; like every change, that is an event."""

    dependencies = [
        ("meetings", "0002_wall"),
        ("events", "0002_wall"),
    ]
    operations = [Admit("events_event", "observer", Rule("own_deed", ADD))]
