#!/bin/sh
# Backs up what `docker-compose up` keeps, while it runs: the rows as <folder>/rows.dump, the objects below <folder>/objects.
#
#   deploy/backup/back-up.sh /var/backups/thumbnails
#
# The rows come first: what a row names was stored before the row was written. Objects that are there already are not
# copied again, and none is taken away. COMPOSE names the program, where it shall be another than the one that is found.
set -eu
umask 077
folder=$(mkdir -p "${1:?which folder?}/objects" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."
: "${COMPOSE:=$(docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)}"

$COMPOSE exec -T db sh -c \
  'PGPASSWORD=$POSTGRES_PASSWORD exec pg_dump --host 127.0.0.1 --username "$POSTGRES_USER" --format custom "$POSTGRES_DB"' \
  </dev/null >"$folder/rows.dump.new"
mv "$folder/rows.dump.new" "$folder/rows.dump"

# As the user who asks, so that the copy is theirs.
$COMPOSE run --rm --no-deps -T --user "$(id -u):$(id -g)" --volume "$folder/objects:/objects" --entrypoint /bin/sh \
  minio-console -euc '
    mc() { "$(command -v mcli || command -v mc)" --config-dir /tmp/client --quiet "$@"; }
    printf "%s\n%s\n" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | mc alias set site "$MINIO_ENDPOINT" >/dev/null
    mc mirror "site/$S3_BUCKET" /objects' </dev/null
echo "back-up: rows and objects are in $folder; next: deploy/backup/prove-backup.sh $folder"
