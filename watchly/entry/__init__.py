"""The way in: an ASGI application on the event loop that reads request bodies, answers probes and hands the rest to
Django's WSGI application in a bounded pool of threads. Why: docs/adr/0024-event-loop-entry.md.
"""
