# The worker's image: `form144` and nothing else, run by a user without rights.
FROM python:3.13.2-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/form144 && python -m venv /opt/form144-build
COPY requirements.lock requirements-build.lock ./
RUN /opt/form144/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
RUN /opt/form144-build/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY worker ./worker
COPY templates ./templates
RUN /opt/form144-build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir wheel .
RUN /opt/form144/bin/pip install --no-cache-dir --no-deps --no-index wheel/form144-*.whl

FROM python:3.13.2-slim-bookworm
COPY --from=build /opt/form144 /opt/form144
RUN useradd --system --uid 10144 --home-dir /data form144 && install -d -o form144 /data
ENV PATH=/opt/form144/bin:$PATH PYTHONUNBUFFERED=1 FORM144_DATA=/data FORM144_WATCHLISTS=/watchlists
USER form144
VOLUME /data
ENTRYPOINT ["form144"]
CMD ["run"]
