FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY scripts/bootstrap.cjs scripts/
COPY migrations migrations
COPY src src
# The image has its own Node.
RUN npm run -s build \
  && npm prune --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node node_modules/.cache

FROM node:24-slim
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/tmp/node-compile-cache \
    DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY scripts/healthcheck.mjs scripts/
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["node", "scripts/healthcheck.mjs"]
# Without these V8 lets garbage pile up to 300 MB before it looks for it (docs/decisions/0008-memory.md).
ENTRYPOINT ["node", "--max-semi-space-size=16", "--heap-growing-percent=40", "dist/src/main.js"]
CMD ["serve"]
