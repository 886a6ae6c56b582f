# Runs inside the MinIO container. Tries each operation as the application user and prints whether it was allowed.
client=$(command -v mcli || command -v mc)
mc() { "$client" --config-dir /tmp/rights --quiet "$@"; }
try() { name=$1; shift; if "$@" >/dev/null 2>&1; then echo "allowed $name"; else echo "denied $name"; fi; }

printf '%s\n%s\n' "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | mc alias set root http://127.0.0.1:9000 >/dev/null
printf '%s\n%s\n' "$S3_ACCESS_KEY" "$S3_SECRET_KEY" | mc alias set app http://127.0.0.1:9000 >/dev/null
echo text >/tmp/file
mc mb --ignore-existing root/foreign >/dev/null
mc cp /tmp/file root/foreign/file >/dev/null

try put mc cp /tmp/file app/thumbnails/rights/file
try list mc ls app/thumbnails/rights/
try get mc cat app/thumbnails/rights/file
try delete mc rm app/thumbnails/rights/file
try put-elsewhere mc cp /tmp/file app/foreign/file2
try list-elsewhere mc ls app/foreign
try get-elsewhere mc cat app/foreign/file
try delete-elsewhere mc rm app/foreign/file
try make-bucket mc mb app/another
try open-to-all mc anonymous set download app/thumbnails
try read-policy mc anonymous get-json app/thumbnails
try set-lifecycle mc ilm rule add --expire-days 1 app/thumbnails
try set-versioning mc version enable app/thumbnails
try tag-object mc tag set app/thumbnails/rights/file key=value
try server-info mc admin info app
try list-users mc admin user list app
try add-user mc admin user add app intruder intruder-secret
try widen-policy mc admin policy attach app readwrite --user "$S3_ACCESS_KEY"

mc rb --force root/foreign >/dev/null
