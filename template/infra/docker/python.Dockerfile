# The three Python services: docker build --target gateway|model-proxy|workers -f infra/docker/python.Dockerfile .
# infra/docker/pin.sh puts the digest behind each base's tag.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /build
COPY bootstrap.lock ./
RUN python3 -m venv tools \
    && tools/bin/python -m pip install --quiet --no-cache-dir --require-hashes --requirement bootstrap.lock \
    && python3 -m venv --without-pip /opt/venv
COPY runtime/requirements.lock runtime/

FROM packages AS gateway-packages
COPY auth/requirements.lock auth/
COPY gateway/requirements.lock gateway/
RUN tools/bin/uv pip install --quiet --no-cache --python /opt/venv --require-hashes \
    --requirement runtime/requirements.lock --requirement auth/requirements.lock \
    --requirement gateway/requirements.lock

FROM packages AS model-proxy-packages
COPY auth/requirements.lock auth/
COPY model-proxy/requirements.lock model-proxy/
RUN tools/bin/uv pip install --quiet --no-cache --python /opt/venv --require-hashes \
    --requirement runtime/requirements.lock --requirement auth/requirements.lock \
    --requirement model-proxy/requirements.lock

FROM packages AS workers-packages
COPY auth/requirements.lock auth/
COPY workers/requirements.lock workers/
RUN tools/bin/uv pip install --quiet --no-cache --python /opt/venv --require-hashes \
    --requirement runtime/requirements.lock --requirement auth/requirements.lock \
    --requirement workers/requirements.lock

FROM ${PYTHON_IMAGE} AS service
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app/src PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ENVIRONMENT=production
WORKDIR /app
COPY infra/docker/healthcheck.py ./
COPY product.toml flags.yaml ./
COPY contracts/ contracts/
COPY prompts/ prompts/
COPY runtime/src/ src/
# A volume that is mounted here belongs to the service.
RUN install -d -o 10001 -g 10001 /var/lib/audit
USER 10001:10001

FROM service AS model-proxy
COPY --from=model-proxy-packages /opt/venv /opt/venv
COPY models/ models/
COPY auth/policy.yaml auth/
COPY auth/src/ src/
COPY model-proxy/src/ src/
ENV MODEL_PROXY_HOST=0.0.0.0 MODEL_PROXY_PORT=8001
EXPOSE 8001
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "healthcheck.py", "http://127.0.0.1:8001/health"]
CMD ["python", "-m", "model_proxy"]

FROM service AS workers
COPY --from=workers-packages /opt/venv /opt/venv
COPY auth/policy.yaml auth/
COPY auth/src/ src/
COPY workers/src/ src/
ENV WORKERS_HOST=0.0.0.0 WORKERS_PORT=8002
EXPOSE 8002
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "healthcheck.py", "http://127.0.0.1:8002/metrics"]
CMD ["python", "-m", "workers"]

FROM service AS gateway
COPY --from=gateway-packages /opt/venv /opt/venv
COPY seeds/ seeds/
COPY auth/policy.yaml auth/
COPY auth/src/ src/
COPY gateway/src/ src/
ENV GATEWAY_HOST=0.0.0.0 GATEWAY_PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "healthcheck.py", "http://127.0.0.1:8000/health"]
CMD ["python", "-m", "gateway"]
