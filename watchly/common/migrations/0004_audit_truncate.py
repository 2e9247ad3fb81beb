from django.db import migrations

# A trigger for each row hears nothing of TRUNCATE, so a statement of its own refuses that.
REFUSE = """
CREATE TRIGGER common_auditevent_never_emptied BEFORE TRUNCATE ON common_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION common_auditevent_refuse();
"""
ALLOW = "DROP TRIGGER common_auditevent_never_emptied ON common_auditevent;"


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0003_jobs'),
    ]

    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
    ]
