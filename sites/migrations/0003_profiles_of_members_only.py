from django.db import migrations

from tenancy.operations import PREDICATES


class Migration(migrations.Migration):
    """A centre reads the whole directory and adds to it, but corrects the profiles of its own members only."""

    dependencies = [
        ("sites", "0002_wall"),
        ("collaboratives", "0002_wall"),
    ]
    operations = [
        migrations.RunSQL(
            "CREATE POLICY centre_changes_members ON sites_site AS RESTRICTIVE FOR UPDATE TO colloquy_centre "
            f"USING ({PREDICATES['own_site']}) WITH CHECK ({PREDICATES['own_site']})",
            "DROP POLICY centre_changes_members ON sites_site",
        ),
    ]
