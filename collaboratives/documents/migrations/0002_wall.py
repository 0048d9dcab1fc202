from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("collaboratives", "0005_comparison_group"),
    ]
    operations = [
        Protect("documents_document", {"hospital": Rule("own_or_shared", READ), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", READ)}),
        Protect("documents_documentversion", {"hospital": Rule("own_or_shared", READ), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", READ)}),
        Protect("documents_acknowledgement", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", READ)}),
        TenantForeignKey("documents_document", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("documents_documentversion", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("documents_documentversion", "document_id", "documents_document", tenant="collaborative_id"),
        TenantForeignKey("documents_acknowledgement", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("documents_acknowledgement", "version_id", "documents_documentversion", tenant="collaborative_id"),
    ]
