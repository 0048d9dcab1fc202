from pathlib import Path

from django.db import migrations


FOLDER = Path(__file__).resolve().parents[1] / "sql"
FUNCTIONS = ("ctx_user", "ctx_collaboratives", "ctx_participations", "ctx_sites", "ctx_users", "ctx_releases")
CAPACITIES = ", ".join(f"colloquy_{kind}" for kind in ("member", "hospital", "centre", "observer", "compute", "platform"))
GRANTS = [
    f"GRANT USAGE ON SCHEMA app TO {CAPACITIES}, colloquy_app, colloquy_work, colloquy_dataops",
    *(f"GRANT EXECUTE ON FUNCTION app.{name}() TO {CAPACITIES}" for name in FUNCTIONS),
]


class Migration(migrations.Migration):
    initial = True
    dependencies = ()
    operations = [
        migrations.RunSQL(
            [(FOLDER / "context.sql").read_text(), (FOLDER / "lookups.sql").read_text(), *GRANTS],
            "DROP SCHEMA app CASCADE; DROP SCHEMA app_private CASCADE",
        ),
    ]
