from django.db import migrations

from tenancy.operations import WRITE, Protect, Rule


class Migration(migrations.Migration):
    dependencies = [
        ("sites", "0001_initial"),
        ("tenancy", "0001_context"),
    ]
    operations = [
        Protect("sites_site", {"member": Rule("own_site"), "hospital": Rule("own_site"), "centre": Rule("everything", WRITE), "compute": Rule("everything"), "platform": Rule("everything", WRITE)}),
    ]
