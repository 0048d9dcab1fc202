from django.db import migrations

from tenancy.operations import PREDICATES


# Somebody of two hospitals passes once: whoever signs in may look through the certificates of all their hospitals.
OWN = PREDICATES["own"]
SHOWN = f"""
    GRANT SELECT ON training_certificate TO colloquy_member;
    CREATE POLICY member_p ON training_certificate TO colloquy_member USING ({OWN}) WITH CHECK ({OWN});
"""
HIDDEN = """
    DROP POLICY member_p ON training_certificate;
    REVOKE SELECT ON training_certificate FROM colloquy_member;
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0002_wall")]
    operations = [migrations.RunSQL(sql=SHOWN, reverse_sql=HIDDEN)]
