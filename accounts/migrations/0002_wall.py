from django.db import migrations

from tenancy.operations import WRITE, Protect, Rule, Share


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("tenancy", "0001_context"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        Protect("accounts_user", {"app": Rule("everything", WRITE), "member": Rule("own_user"), "hospital": Rule("own_user"), "centre": Rule("own_user"), "observer": Rule("own_user"), "compute": Rule("everything"), "platform": Rule("everything", WRITE)}, owner_reads=True),
        Share("account_emailaddress", {"app": "SELECT, INSERT, UPDATE, DELETE", "work": "SELECT"}),
        Share("account_emailconfirmation", {"app": "SELECT, INSERT, UPDATE, DELETE", "work": "SELECT"}),
        Share("mfa_authenticator", {"app": "SELECT, INSERT, UPDATE, DELETE", "work": "SELECT"}),
        Share("usersessions_usersession", {"app": "SELECT, INSERT, UPDATE, DELETE", "work": "SELECT"}),
        Share("django_session", {"app": "SELECT, INSERT, UPDATE, DELETE", "work": "SELECT"}),
        Share("django_content_type", {"app": "SELECT", "work": "SELECT"}),
        Share("django_migrations", {"app": "SELECT", "work": "SELECT"}),
    ]
