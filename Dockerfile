# Pages, binary, and a small image that runs as nobody in particular.
FROM node:22-bookworm-slim AS web
WORKDIR /src/api/web
COPY api/web/package.json api/web/package-lock.json api/web/.npmrc ./
RUN npm ci
COPY api/web ./
RUN npm run build

# golang on Debian 12, so that the C library of H3 matches the last stage.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/api/web/dist api/web/dist
RUN CGO_ENABLED=1 go build -trimpath -o /gridmap ./cmd/gridmap

FROM debian:12-slim
COPY --from=build /gridmap /usr/local/bin/gridmap
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin gridmap
USER 10001
EXPOSE 8080
# The slim image has no curl; bash opens the connection.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["gridmap"]
CMD ["serve", "--open", "--listen", ":8080"]
