# Etapa in one image; which roles a container has is said by its command: etapa start --only engine
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM node:20-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# PostgreSQL is another container: the embedded one is not needed.
RUN npm ci --omit=dev --omit=optional

FROM node:20-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8686 METRICS_LISTEN=0.0.0.0:9464 DRAIN_SECONDS=5
# A process that stays below 300 MB: its heap is swept before it grows, and native memory has few arenas ("Sizing" in
# docs/operations.md).
ENV NODE_OPTIONS="--max-old-space-size=1024" MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY migrations ./migrations
# The project's files; mount your own here, or deploy them by "etapa deploy".
COPY etapa.yaml /project/
COPY workflows /project/workflows
COPY templates /project/templates
RUN mkdir /project/.etapa && chown node:node /project/.etapa
USER node
WORKDIR /project
EXPOSE 8686 9464
# Each role answers here.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["start"]
