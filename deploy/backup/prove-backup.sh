#!/bin/sh
# Checks a backup: restores the dump into a temporary Postgres, counts its rows, and compares a random sample of originals
# and thumbnails with the SHA-256 in their rows.
#
#   deploy/backup/prove-backup.sh /var/backups/thumbnails [sample size, default 100]
#
# Needs Docker, but not the running service. Exits with 1 if there are no jobs, or if an object is missing or differs.
set -eu
folder=$(cd "${1:?usage: prove-backup.sh <folder> [sample size]}" && pwd)
sample=${2:-100}

scratch=$(docker run --detach --network none --env POSTGRES_PASSWORD=scratch --volume "$folder:/backup:ro" \
  "${POSTGRES_IMAGE:-postgres:18}")
trap 'docker rm --force --volumes "$scratch" >/dev/null' EXIT
within() { docker exec --env PGPASSWORD=scratch --env PGHOST=127.0.0.1 --env PGUSER=postgres "$scratch" "$@"; }
ask() { within psql --no-align --tuples-only --quiet --dbname postgres --command "$1"; }

tries=0
until within pg_isready --quiet; do
  tries=$((tries + 1))
  [ "$tries" -lt 120 ] || { echo "prove-backup: the temporary Postgres did not start" >&2; docker logs "$scratch" >&2; exit 1; }
  sleep 1
done
within pg_restore --dbname postgres --no-owner --no-acl --single-transaction /backup/rows.dump

jobs=$(ask 'SELECT count(*) FROM jobs')
ask "SELECT format('prove-backup: %s jobs %s', count(*), status) FROM jobs GROUP BY status ORDER BY status"
ask "SELECT format('prove-backup: %s images, %s thumbnails', (SELECT count(*) FROM images), (SELECT count(*) FROM thumbnails))"
[ "$jobs" -gt 0 ] || { echo "prove-backup: the dump contains no jobs" >&2; exit 1; }

# The input format of sha256sum.
checksums=$(ask "
  (SELECT sha256 || '  originals/' || id FROM images WHERE deleted_at IS NULL ORDER BY random() LIMIT $sample)
  UNION ALL
  (SELECT sha256 || '  ' || key FROM thumbnails JOIN jobs ON jobs.id = job_id WHERE deleted_at IS NULL
   ORDER BY random() LIMIT $sample)")
if ! (cd "$folder/objects" && printf '%s\n' "$checksums" | sha256sum --check --quiet --strict); then
  echo "prove-backup: objects are missing or differ from their checksums" >&2
  exit 1
fi
echo "prove-backup: $(printf '%s\n' "$checksums" | wc -l) objects checked, all match their checksums"
