"""Mails, as jobs. A job holds the name of a letter and ids, and nothing that a reader of the queue could use.

An app writes its letters in its `letters.py`: a function that finds, from ids, who gets the letter and what it says.
It is called when the job runs, so a secret is made at the last moment and an address is the one of that moment.

    @letter("welcome")
    def welcome(user_id: int) -> Letter | None: ...

The words are in `templates/email/<template>.txt` (its first line is the subject) and `<template>.html`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.module_loading import autodiscover_modules

from watchly.common.jobs import task


@dataclass(frozen=True, slots=True)
class Letter:
    """Who gets it, in which words, and what these need to know."""

    to: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


Writer = Callable[..., Letter | None]
_writers: dict[str, Writer] = {}


def letter(name: str) -> Callable[[Writer], Writer]:
    """Registers what writes the letter of this name. Raises ValueError for a name that is taken."""

    def register(writer: Writer) -> Writer:
        if _writers.get(name, writer) is not writer:
            raise ValueError(f"There is a letter {name!r} already.")
        _writers[name] = writer
        return writer

    return register


@task(queue="mail")
def send_letter(*, letter: str, ids: dict[str, int | None]) -> None:
    """Writes the letter of this name from these ids and sends it; a writer that returns None sends nothing.

    Run twice it is sent twice: a mail that came twice is better than one that did not come.
    """
    if letter not in _writers:
        autodiscover_modules("letters")
    written = _writers[letter](**ids)
    if written is None or not written.to:
        return
    text = render_to_string(f"email/{written.template}.txt", dict(written.context))
    subject, _, body = text.lstrip().partition("\n")
    message = EmailMultiAlternatives(subject=subject.strip(), body=body.lstrip(), to=[written.to])
    html = render_to_string(f"email/{written.template}.html", {**written.context, "subject": subject.strip()})
    message.attach_alternative(html, "text/html")
    message.send()
