from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_keys_inside_the_tenant'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('collaborative_created', 'Collaborative Created'), ('hospital_created', 'Hospital Created'), ('hospital_changed', 'Hospital Changed'), ('hospital_joined', 'Hospital Joined'), ('hospital_left', 'Hospital Left'), ('role_granted', 'Role Granted'), ('role_ended', 'Role Ended'), ('invitation_created', 'Invitation Created'), ('invitation_revoked', 'Invitation Revoked'), ('invitation_accepted', 'Invitation Accepted'), ('definition_published', 'Definition Published'), ('case_saved', 'Case Saved'), ('case_completed', 'Case Completed'), ('case_reopened', 'Case Reopened'), ('import_uploaded', 'Import Uploaded'), ('import_committed', 'Import Committed'), ('import_discarded', 'Import Discarded'), ('release_drafted', 'Release Drafted'), ('release_approved', 'Release Approved'), ('release_published', 'Release Published'), ('release_discarded', 'Release Discarded')], max_length=40),
        ),
    ]
