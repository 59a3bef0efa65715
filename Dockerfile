# Retorsion as an image: `docker build -t retorsion .`, then see docker-compose.yml.
FROM python:3.11-slim AS build
ENV PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/retorsion
# The dependencies first: they change less often than the code and stay cached.
COPY constraints.txt pyproject.toml ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
        > /tmp/dependencies.txt \
    && /opt/retorsion/bin/pip install -r /tmp/dependencies.txt
COPY . .
RUN /opt/retorsion/bin/pip install --no-deps .

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin retorsion \
    && install --directory --owner=retorsion --group=retorsion --mode=0750 /var/lib/retorsion
COPY --from=build /opt/retorsion /opt/retorsion
ENV PATH=/opt/retorsion/bin:$PATH PYTHONUNBUFFERED=1
# The signing key and the newest checkpoint live outside the database, and so does SQLite's file, if it is used.
WORKDIR /var/lib/retorsion
VOLUME /var/lib/retorsion
USER retorsion
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", \
    "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=4); c.request('GET', '/readyz'); exit(c.getresponse().status != 200)"]
CMD ["retorsion", "serve", "--host", "0.0.0.0"]
