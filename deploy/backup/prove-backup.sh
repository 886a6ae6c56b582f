#!/bin/sh
# Restores a dump into a Postgres that is thrown away, counts what is in it, and looks for the objects that its rows name:
# a sample of each kind must be there, with the SHA-256 that stands in the row.
#
#   deploy/backup/prove-backup.sh /var/backups/thumbnails [objects of each kind, 100]
#
# Needs Docker and nothing of the running service. Exit 1 when there is no job, or an object is missing or other.
set -eu
folder=$(cd "${1:?which folder?}" && pwd)
sample=${2:-100}

scratch=$(docker run --detach --network none --env POSTGRES_PASSWORD=scratch --volume "$folder:/backup:ro" \
  "${POSTGRES_IMAGE:-postgres:18}")
trap 'docker rm --force --volumes "$scratch" >/dev/null' EXIT
within() { docker exec --env PGPASSWORD=scratch --env PGHOST=127.0.0.1 --env PGUSER=postgres "$scratch" "$@"; }
ask() { within psql --no-align --tuples-only --quiet --dbname postgres --command "$1"; }

tries=0
until within pg_isready --quiet; do
  tries=$((tries + 1))
  [ "$tries" -lt 120 ] || { echo "prove-backup: the scratch Postgres does not start" >&2; docker logs "$scratch" >&2; exit 1; }
  sleep 1
done
within pg_restore --dbname postgres --no-owner --single-transaction /backup/rows.dump

jobs=$(ask 'SELECT count(*) FROM jobs')
ask "SELECT format('prove-backup: %s jobs %s', count(*), status) FROM jobs GROUP BY status ORDER BY status"
ask "SELECT format('prove-backup: %s images, %s thumbnails', (SELECT count(*) FROM images), (SELECT count(*) FROM thumbnails))"
[ "$jobs" -gt 0 ] || { echo "prove-backup: no job is in the dump" >&2; exit 1; }

# In the form that sha256sum reads.
named=$(ask "
  (SELECT sha256 || '  originals/' || id FROM images WHERE deleted_at IS NULL ORDER BY random() LIMIT $sample)
  UNION ALL
  (SELECT sha256 || '  ' || key FROM thumbnails JOIN jobs ON jobs.id = job_id WHERE deleted_at IS NULL
   ORDER BY random() LIMIT $sample)")
if ! (cd "$folder/objects" && printf '%s\n' "$named" | sha256sum --check --quiet --strict); then
  echo "prove-backup: objects are missing, or are not what their rows say" >&2
  exit 1
fi
echo "prove-backup: $(printf '%s\n' "$named" | wc -l) objects looked at, each with the bytes that its row names"
