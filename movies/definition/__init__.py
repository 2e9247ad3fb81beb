"""What a movie is, said once: the tables from which columns, constraints, serializers, forms and importers derive."""
