# By digest, which is the same bytes for ever; for another: --build-arg NODE_IMAGE=… (docs/security.md).
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package's own code runs here; the one script that is needed is run by name (scripts/bootstrap.cjs).
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY scripts/bootstrap.cjs scripts/bundle-libraries.mjs scripts/
COPY migrations migrations
COPY src src
COPY web web
# The image has its own Node. Maps, types and the compiler, which @nestjs/swagger asks for at build time, are for developers.
RUN npm run -s build \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node node_modules/.cache node_modules/typescript \
  && find node_modules dist -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="Sightline" \
      org.opencontainers.image.description="Self-hosted analytics server: events and access logs in over HTTP, durable in PostgreSQL, answers out" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=131072 \
    DATA_DIR=/data
WORKDIR /app
# Nothing of the image is the server's to change but this; it does without npm, too.
RUN install -d -o node -g node -m 0700 /data \
  && ln -s /app/bin/sightline /usr/local/bin/ \
  && rm -rf /usr/local/lib/node_modules /opt/yarn-* /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/yarn /usr/local/bin/yarnpkg /usr/local/bin/corepack
COPY scripts/healthcheck.mjs scripts/
COPY bin bin
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# By number: Kubernetes cannot tell of a name that it is not root's.
USER 1000:1000
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "scripts/healthcheck.mjs"]
# Without these, and what malloc is told above, memory grows to 300 MB before it is used again (docs/decisions/0008-memory.md).
ENTRYPOINT ["node", "--max-semi-space-size=8", "--heap-growing-percent=40", "--no-allocation-site-pretenuring", "dist/src/main.js"]
CMD ["serve"]
