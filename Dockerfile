# One Dockerfile, seven images: docker build --build-arg SERVICE=points --tag yika-points .
# An image holds one service, what it imports, and the part of the lock that its extra needs.
ARG PYTHON_IMAGE=python:3.11.14-slim-bookworm

FROM ${PYTHON_IMAGE} AS packages
ARG SERVICE
RUN test -n "${SERVICE}" || { echo "give --build-arg SERVICE=<one of services/>" >&2; exit 1; }
# pyscard has no wheel for Linux and compiles against libpcsclite; Python's headers are in the base.
RUN if [ "${SERVICE}" = devices ]; then \
        apt-get update \
        && apt-get install --yes --no-install-recommends gcc libc6-dev libpcsclite-dev \
        && rm -rf /var/lib/apt/lists/*; \
    fi
WORKDIR /build
COPY pyproject.toml requirements.lock ./
COPY tools/lock.py tools/lock.py
# Compiled here, not where it runs: there the root file system is read-only. Unchecked, so that no
# copy that changes the times of files can make Python compile everything again at every start.
RUN python tools/lock.py subset "${SERVICE}" > subset.lock \
    && python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-cache-dir --no-compile --no-deps \
        --require-hashes --requirement subset.lock \
    && python -m compileall -q --invalidation-mode unchecked-hash /venv/lib

FROM ${PYTHON_IMAGE} AS image
ARG SERVICE
RUN if [ "${SERVICE}" = devices ]; then \
        apt-get update \
        && apt-get install --yes --no-install-recommends libpcsclite1 \
        && rm -rf /var/lib/apt/lists/*; \
    fi \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin yika \
    && install --directory --owner yika --group yika /var/lib/yika
WORKDIR /app
COPY --from=packages /venv /venv
COPY chassis chassis
COPY pricing pricing
COPY protos/gen protos/gen
COPY services/${SERVICE} services/${SERVICE}
RUN python -m compileall -q --invalidation-mode unchecked-hash /app
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app:/app/protos/gen \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SERVICE=${SERVICE}
USER 10001:10001
# A shell, because the exec form expands no variable; exec hands the signals on to Python.
ENTRYPOINT ["/bin/sh", "-c", "exec python -m services.$SERVICE \"$@\"", "yika"]
CMD ["serve"]
