# The UI as static files, and the door to the gateway: docker build -f infra/docker/ui.Dockerfile .
# infra/docker/pin.sh puts the digest behind each base's tag.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG NGINX_IMAGE=nginxinc/nginx-unprivileged:1.29-alpine-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build/ui
COPY ui/package.json ui/package-lock.json ./
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY contracts/ ../contracts/
COPY ui/ ./
RUN npm run build

FROM ${NGINX_IMAGE} AS ui
COPY infra/docker/ui/nginx.conf infra/docker/ui/headers.conf /etc/nginx/
COPY infra/docker/ui/healthcheck.sh /healthcheck.sh
COPY --from=build /build/ui/dist/ /usr/share/nginx/html/
USER 101:101
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["sh", "/healthcheck.sh"]
