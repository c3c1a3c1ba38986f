# One image for each service, from the root of the repository:
#   docker build -f docker/service.Dockerfile --build-arg APP=gateway -t batch-gpt-gateway:0.1.0 .
# APP is gateway, batcher, results or simulator. Node runs the sources as they are, so nothing is compiled but the dashboard's site.
ARG NODE_IMAGE=node:24-trixie-slim

# What is installed depends on the manifests alone: a change of a source leaves the stages of packages as they were.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete

FROM ${NODE_IMAGE} AS packages
ARG APP
WORKDIR /app
COPY --from=manifests /app .
RUN npm ci --omit=dev --ignore-scripts --include-workspace-root=false --workspace @batch-gpt/${APP}

FROM ${NODE_IMAGE} AS site
WORKDIR /app
COPY --from=manifests /app .
RUN npm ci --ignore-scripts --include-workspace-root=false --workspace @batch-gpt/dashboard
COPY libs libs
COPY apps/dashboard apps/dashboard
COPY tsconfig.base.json .
RUN cd apps/dashboard && npx --no-install vite build --logLevel warn

FROM ${NODE_IMAGE} AS tree
ARG APP
WORKDIR /app
COPY --from=packages /app .
COPY libs libs
COPY apps/${APP} apps/${APP}
COPY docker/health.mjs .
COPY --from=site /app/apps/dashboard/site site
# The gateway looks for the site where its build leaves it.
RUN ln -s apps/${APP}/src/main.ts main.ts \
  && if [ "${APP}" = gateway ]; then mv site apps/dashboard/site; else rm -rf site; fi \
  && chmod -R a+rX,go-w .

FROM ${NODE_IMAGE}
ARG APP
ARG VERSION=0.1.0
ARG REVISION=unknown
# The simulator has no ops port: http://127.0.0.1:9400/simulator there.
ARG HEALTH_URL=http://127.0.0.1:9090/livez
LABEL org.opencontainers.image.title="batch-gpt ${APP}" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production HEALTH_URL=${HEALTH_URL}
WORKDIR /app
COPY --from=tree /app .
# By number: Kubernetes cannot tell that a name is not root.
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "/app/health.mjs"]
# Node is the first process; the service handles its signals by itself and starts no other.
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "/app/main.ts"]
