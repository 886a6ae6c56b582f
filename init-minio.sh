#!/bin/sh
# Prepares MinIO for Thumbnail API: creates the bucket, and a user that may only put, get, delete and list objects in it.
# It can be run again at any time: it keeps the bucket and applies a changed password or policy.
#
#   MINIO_ENDPOINT=http://localhost:9000 MINIO_ROOT_USER=… MINIO_ROOT_PASSWORD=… \
#   S3_BUCKET=thumbnails S3_ACCESS_KEY=… S3_SECRET_KEY=… ./init-minio.sh
#
# Needs the MinIO client, `mc` or `mcli`.
set -eu

: "${MINIO_ENDPOINT:=http://localhost:9000}" "${S3_BUCKET:=thumbnails}" "${POLICY:=thumbnail-api-$S3_BUCKET}"
: "${MINIO_ROOT_USER:?}" "${MINIO_ROOT_PASSWORD:?}" "${S3_ACCESS_KEY:?}" "${S3_SECRET_KEY:?}"

client=$(command -v mcli || command -v mc) || { echo "init-minio: found neither mcli nor mc on the PATH" >&2; exit 1; }
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
mc() { "$client" --config-dir "$work" --quiet "$@"; }

# Secrets are passed on standard input: every process of the machine can read arguments.
tries=0
until printf '%s\n%s\n' "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | mc alias set site "$MINIO_ENDPOINT" >"$work/answer" 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 30 ] || { echo "init-minio: cannot log in to $MINIO_ENDPOINT as MINIO_ROOT_USER: $(cat "$work/answer")" >&2; exit 1; }
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
has_policy || { echo "init-minio: the user $S3_ACCESS_KEY has other policies than $POLICY. Detach them and run this again" >&2; exit 1; }

echo "init-minio: done. $S3_ACCESS_KEY may put, get, delete and list objects in $S3_BUCKET"
