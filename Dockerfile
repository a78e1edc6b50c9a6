# ECS as one image for every role: `docker run ... start --roles api`. It needs DATABASE_URL; the PostgreSQL that comes
# with the npm package is left out. Nothing is written outside /tmp, so the root file system may be read-only.

FROM node:24-bookworm-slim AS build
WORKDIR /ecs
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs ./scripts/
COPY bin ./bin
COPY src ./src
RUN node scripts/build.mjs
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /ecs
COPY --from=build /ecs/package.json ./
COPY --from=build /ecs/node_modules ./node_modules
COPY --from=build /ecs/bin ./bin
COPY --from=build /ecs/dist ./dist
COPY migrations ./migrations
COPY LICENSE NOTICE ./
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# What a batch or a request makes lives for a moment: with 64 MB instead of 16 to be young in, less of it is copied about
# (a tenth of the processor time of ingest and decisions, for up to 150 MB; docs/operations.md).
# Node 24 remarks on a timer of the Kafka client library, which means "at once" by it.
ENTRYPOINT ["node", "--max-semi-space-size=64", "--enable-source-maps", "--disable-warning=TimeoutNegativeWarning", "bin/ecs.js"]
CMD ["start", "--no-demo"]
