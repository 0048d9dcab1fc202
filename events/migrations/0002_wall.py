from django.db import migrations

from tenancy.operations import ADD, WRITE, Protect, Rule


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0001_initial"),
        ("tenancy", "0001_context"),
    ]
    operations = [
        Protect("events_event", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", WRITE), "platform": Rule("everything", WRITE)}),
        Protect("events_accesslog", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", ADD)}),
        Protect("events_job", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", WRITE), "platform": Rule("everything")}),
    ]
