"""Users for tests: sequences, never random."""

from __future__ import annotations

from typing import Any

import factory
from django.contrib.auth.models import Group

from accounts.models import User


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A user; `role=` is curator, moderator or admin (then also staff)."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")

    @factory.post_generation
    def role(user: User, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805  factory_boy passes the object
        if extracted:
            user.groups.add(Group.objects.get(name=extracted))
            user.is_staff = True
            user.save(update_fields=["is_staff"])
