#!/bin/sh
# Backs up a running docker-compose installation: the database to <folder>/rows.dump, the objects to <folder>/objects.
#
#   deploy/backup/back-up.sh /var/backups/thumbnails
#
# The database is dumped first: an object is stored before the row that refers to it. Objects that are already in the
# folder are not copied again, and none is removed. COMPOSE sets the compose program; the default is the installed one.
set -eu
umask 077
folder=$(mkdir -p "${1:?usage: back-up.sh <folder>}/objects" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."
: "${COMPOSE:=$(docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)}"

$COMPOSE exec -T db sh -c \
  'PGPASSWORD=${POSTGRES_MIGRATE_PASSWORD:-$POSTGRES_PASSWORD} exec pg_dump --host 127.0.0.1 \
    --username "${POSTGRES_MIGRATE_USER:-$POSTGRES_USER}" --format custom "$POSTGRES_DB"' \
  </dev/null >"$folder/rows.dump.new"
mv "$folder/rows.dump.new" "$folder/rows.dump"

# Runs as the calling user, who then owns the copy.
$COMPOSE run --rm --no-deps -T --user "$(id -u):$(id -g)" --volume "$folder/objects:/objects" --entrypoint /bin/sh \
  minio-console -euc '
    mc() { "$(command -v mcli || command -v mc)" --config-dir /tmp/client --quiet "$@"; }
    printf "%s\n%s\n" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | mc alias set site "$MINIO_ENDPOINT" >/dev/null
    mc mirror "site/$S3_BUCKET" /objects' </dev/null
echo "back-up: saved the database and the objects to $folder. To check them, run: deploy/backup/prove-backup.sh $folder"
