FROM python:3.11-slim AS build
RUN python -m venv /opt/vetted
ENV PATH=/opt/vetted/bin:$PATH
WORKDIR /src
COPY requirements.lock .
RUN --mount=type=cache,target=/var/cache/pip \
    pip install --cache-dir /var/cache/pip --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE *.py ./
COPY activities activities
COPY api api
COPY domain domain
COPY embedded embedded
COPY policy policy
COPY records records
COPY workflows workflows
RUN pip install --no-deps --no-build-isolation .

FROM python:3.11-slim
COPY --from=build /opt/vetted /opt/vetted
RUN install -d -o 10001 -g 10001 /var/lib/vetted
ENV PATH=/opt/vetted/bin:$PATH PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/vetted
ENTRYPOINT ["vetted"]
