/** The part of `.env.example` that only docker-compose reads. */
export const composeVariables = {
  head: `# cp .env.example .env
#
# \`bun start\` needs none of these variables: it embeds every dependency that is not set here. docker-compose needs those
# that are set below. Bun and compose both expand $ in values: choose passwords without it.

# --- docker-compose only ---
# Let a plain \`docker-compose up\` find its files, and set the name of the project and of its volumes.
COMPOSE_FILE=.devcontainer/docker-compose.common.yml:docker-compose.yml
COMPOSE_PATH_SEPARATOR=:
COMPOSE_PROJECT_NAME=thumbnail-api
# Image of the MinIO server; see docs/minio-setup.md.
MINIO_IMAGE=pgsty/silo:RELEASE.2026-09-16T00-00-00Z
# Administrator of MinIO (the password needs at least 8 characters).
MINIO_ROOT_USER=minio-root
MINIO_ROOT_PASSWORD=change-me-root
# User that init-minio.sh creates for the API and the worker.
MINIO_APP_USER=thumbnail-api
MINIO_APP_PASSWORD=change-me-app
# MINIO_CONSOLE_PORT=9001
# GRAFANA_PASSWORD=change-me
# GRAFANA_PORT=3000
# Published images to use instead of building them.
# API_IMAGE=
# WORKER_IMAGE=`,
  /** Values for the service's own variables that docker-compose requires. None of them names a dependency. */
  overrides: {
    HOST: '127.0.0.1',
    PORT: '8080',
    POSTGRES_DB: 'thumbnails',
    POSTGRES_USER: 'thumbnails_service',
    POSTGRES_PASSWORD: 'change-me',
    POSTGRES_MIGRATE_USER: 'thumbnails',
    POSTGRES_MIGRATE_PASSWORD: 'change-me-owner',
    REDIS_PASSWORD: 'change-me',
  } as Record<string, string | undefined>,
};
