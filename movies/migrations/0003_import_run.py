import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("movies", "0002_search_index")]

    operations = [
        migrations.AddField(
            model_name="importreject",
            name="accepted",
            field=models.BooleanField(default=False, help_text="A remark: the row came in."),
        ),
        migrations.AddField(
            model_name="importrun",
            name="remarks",
            field=models.PositiveBigIntegerField(default=0, help_text="Rows that came in, with something to say about them."),
        ),
        migrations.AddField(
            model_name="importrun",
            name="digest",
            field=models.CharField(blank=True, default="", help_text="SHA-256 of the files, hexadecimal.", max_length=64),
        ),
        migrations.CreateModel(
            name="ImportedMovie",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("movie_id", models.BigIntegerField()),
                ("file", models.CharField(max_length=255)),
                ("line", models.PositiveBigIntegerField()),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="movies.importrun",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("run", "movie_id"), name="movies_importedmovie_once")]
            },
        ),
    ]
