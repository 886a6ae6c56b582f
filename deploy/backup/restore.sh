#!/bin/sh
# Restores a backup of back-up.sh into the compose project of this folder. It REPLACES the database and adds the objects of
# the backup to those in the bucket.
#
#   deploy/backup/restore.sh /var/backups/thumbnails --confirm
#
# On a new machine, run it before the first `docker-compose up`. An API that started earlier would already have registered
# its own installation in the bucket (docs/operations/backup.md).
set -eu
folder=$(cd "${1:?usage: restore.sh <folder> --confirm}" && pwd)
[ "${2:-}" = --confirm ] || { echo "restore: this replaces the database of this installation. To continue, add --confirm" >&2; exit 64; }
cd "$(dirname "$0")/../.."
: "${COMPOSE:=$(docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)}"
rows() { $COMPOSE exec -T db sh -euc "export PGHOST=127.0.0.1 PGUSER=\"\${POSTGRES_MIGRATE_USER:-\$POSTGRES_USER}\" PGPASSWORD=\"\${POSTGRES_MIGRATE_PASSWORD:-\$POSTGRES_PASSWORD}\"; $1"; }

$COMPOSE up -d db
$COMPOSE stop api worker
tries=0
until rows 'pg_isready --quiet' </dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 120 ] || { echo "restore: Postgres did not start" >&2; exit 1; }
  sleep 1
done
# The rights of the service are not in the backup: its role may not exist yet. The migration grants them again.
rows 'dropdb --force --if-exists "$POSTGRES_DB"; createdb --maintenance-db postgres "$POSTGRES_DB"' </dev/null
rows 'pg_restore --dbname "$POSTGRES_DB" --no-owner --no-acl --single-transaction' <"$folder/rows.dump"

$COMPOSE run --rm -T minio-console </dev/null
$COMPOSE run --rm -T --user "$(id -u):$(id -g)" --volume "$folder/objects:/objects:ro" --entrypoint /bin/sh minio-console -euc '
  mc() { "$(command -v mcli || command -v mc)" --config-dir /tmp/client --quiet "$@"; }
  printf "%s\n%s\n" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | mc alias set site "$MINIO_ENDPOINT" >/dev/null
  mc mirror --exclude "*.part.minio" /objects "site/$S3_BUCKET"' </dev/null
echo "restore: done. To start the service, run: docker-compose up -d"
