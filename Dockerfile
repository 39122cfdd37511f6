# syntax=docker/dockerfile:1
# Three images: `apps` (the last, and the default) runs the `mirliton` command; `edge` is Kamailio with its configuration from
# the settings; `build` compiles. docker build -t mirliton . ; docker build --target edge -t mirliton-edge .
FROM node:20-bookworm-slim AS build
WORKDIR /mirliton
COPY package.json package-lock.json ./
# Not `npm ci`: it refuses where a registry does not carry the optional packages of other platforms.
RUN npm install --no-audit --no-fund
COPY tsconfig.json ./
COPY core core
COPY apps apps
COPY rel rel
COPY couchdb couchdb
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20-bookworm-slim AS runtime
LABEL org.opencontainers.image.title="Mirliton" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production MIRLITON_DATA=/var/lib/mirliton MIRLITON_LOG_FILE=- MIRLITON_DEMO=false
WORKDIR /mirliton
# What is read at run time, and no sources: the program, the views, the prompts, the configurations of the real parts.
COPY --from=build /mirliton/package.json ./
COPY --from=build /mirliton/node_modules node_modules
COPY --from=build /mirliton/dist dist
COPY couchdb/views couchdb/views
COPY apps/media_mgr/prompts/sounds apps/media_mgr/prompts/sounds
COPY apps/crossbar/openapi/page.html apps/crossbar/openapi/
COPY rel/freeswitch/conf rel/freeswitch/conf
COPY rel/kamailio rel/kamailio
RUN groupadd --system --gid 10001 mirliton \
 && useradd --system --uid 10001 --gid mirliton --home-dir /var/lib/mirliton --create-home mirliton \
 && printf '#!/bin/sh\nexec node /mirliton/dist/rel/mirliton/bin.js "$@"\n' > /usr/local/bin/mirliton \
 && chmod +x /usr/local/bin/mirliton
USER mirliton
STOPSIGNAL SIGTERM

FROM runtime AS edge
USER root
RUN apt-get update \
 && apt-get install -y --no-install-recommends kamailio kamailio-extra-modules kamailio-json-modules \
    kamailio-rabbitmq-modules kamailio-sqlite-modules kamailio-tls-modules kamailio-websocket-modules sqlite3 \
 && rm -rf /var/lib/apt/lists/*
USER mirliton
EXPOSE 5060/udp 5060/tcp
ENTRYPOINT ["/mirliton/rel/kamailio/run.sh", "/var/lib/mirliton/kamailio"]

FROM runtime AS apps
EXPOSE 8000 9464 24517
# Whether its apps can do their work now; what they lack stands in the answer.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MIRLITON_METRICS_PORT ?? 9464}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["mirliton"]
CMD ["start"]
