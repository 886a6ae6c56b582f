#!/bin/sh
# Prepares a MinIO for Thumbnail API: the bucket, and a user who may put, get, delete and list in it and nothing else.
# Run it as often as you like: what is there stays, a changed password or policy takes effect.
#
#   MINIO_ENDPOINT=http://localhost:9000 MINIO_ROOT_USER=… MINIO_ROOT_PASSWORD=… \
#   S3_BUCKET=thumbnails S3_ACCESS_KEY=… S3_SECRET_KEY=… ./init-minio.sh
#
# Needs MinIO's client, as `mc` or `mcli`.
set -eu

: "${MINIO_ENDPOINT:=http://localhost:9000}" "${S3_BUCKET:=thumbnails}" "${POLICY:=thumbnail-api-$S3_BUCKET}"
: "${MINIO_ROOT_USER:?}" "${MINIO_ROOT_PASSWORD:?}" "${S3_ACCESS_KEY:?}" "${S3_SECRET_KEY:?}"

client=$(command -v mcli || command -v mc) || { echo "init-minio: neither mcli nor mc is on the PATH" >&2; exit 1; }
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
mc() { "$client" --config-dir "$work" --quiet "$@"; }

# Keys go in by standard input: as arguments every process of the machine could read them.
tries=0
until printf '%s\n%s\n' "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | mc alias set site "$MINIO_ENDPOINT" >"$work/answer" 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 30 ] || { echo "init-minio: no entry to $MINIO_ENDPOINT as root: $(cat "$work/answer")" >&2; exit 1; }
  sleep 1
done

mc mb --ignore-existing "site/$S3_BUCKET"

cat >"$work/policy.json" <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::$S3_BUCKET"] },
    {
      "Effect": "Allow",
      "Action": ["s3:PutObject", "s3:AbortMultipartUpload", "s3:GetObject", "s3:DeleteObject"],
      "Resource": ["arn:aws:s3:::$S3_BUCKET/*"]
    }
  ]
}
JSON
mc admin policy create site "$POLICY" "$work/policy.json"
printf '%s\n%s\n' "$S3_ACCESS_KEY" "$S3_SECRET_KEY" | mc admin user add site >"$work/answer"

has_policy() { mc --json admin user info site "$S3_ACCESS_KEY" | grep -q "\"policyName\": *\"$POLICY\""; }
has_policy || mc admin policy attach site "$POLICY" --user "$S3_ACCESS_KEY"
has_policy || { echo "init-minio: $S3_ACCESS_KEY must have the policy $POLICY and no other" >&2; exit 1; }

echo "init-minio: $S3_ACCESS_KEY may put, get, delete and list in $S3_BUCKET"
