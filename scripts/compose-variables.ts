/** What `.env.example` holds for docker-compose, beside the variables of the service. */
export const composeVariables = {
  head: `# cp .env.example .env
#
# \`bun start\` needs none of it: what is not named here is embedded. docker-compose reads what is set.
# Bun and compose both expand $ in values: choose passwords without it.

# --- docker-compose only ---
# With these a plain \`docker-compose up\` finds its files, and its volumes have a name of their own.
COMPOSE_FILE=.devcontainer/docker-compose.common.yml:docker-compose.yml
COMPOSE_PATH_SEPARATOR=:
COMPOSE_PROJECT_NAME=thumbnail-api
# The MinIO server; see docs/minio-setup.md.
MINIO_IMAGE=pgsty/silo:RELEASE.2026-09-16T00-00-00Z
# Its administrator (password: 8 characters or more), and the user that init-minio.sh makes for the API and the worker.
MINIO_ROOT_USER=minio-root
MINIO_ROOT_PASSWORD=change-me-root
MINIO_APP_USER=thumbnail-api
MINIO_APP_PASSWORD=change-me-app
# MINIO_CONSOLE_PORT=9001
# GRAFANA_PASSWORD=change-me
# GRAFANA_PORT=3000
# Published images instead of building them here.
# API_IMAGE=
# WORKER_IMAGE=`,
  /** Variables of the service that compose needs to be set; none of them switches a part on. */
  overrides: {
    HOST: '127.0.0.1',
    PORT: '8080',
    POSTGRES_DB: 'thumbnails',
    POSTGRES_USER: 'thumbnails',
    POSTGRES_PASSWORD: 'change-me',
    REDIS_PASSWORD: 'change-me',
  } as Record<string, string | undefined>,
};
