#!/bin/sh
# Lints the chart, renders it with the values in ci/ and validates the manifests against the Kubernetes schemas.
# Needs helm, kubeconform (or Go to install it) and network access for the schemas.
# If KUBECONFIG names a cluster, its API server validates the manifests instead, in a dry run.
set -eu
cd "$(dirname "$0")"

kubernetes=1.36.0
crds='https://raw.githubusercontent.com/datreeio/CRDs-catalog/main/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json'
conform() {
  if command -v kubeconform >/dev/null; then kubeconform "$@"; else go run github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0 "$@"; fi
}

for values in thumbnail-api/ci/*-values.yaml; do
  echo "== $values"
  helm lint --strict --kube-version $kubernetes thumbnail-api --values "$values"
  render() { helm template check thumbnail-api --kube-version $kubernetes --values "$values" "$@"; }
  if [ -n "${KUBECONFIG:-}" ]; then
    render | kubectl apply --server-side --dry-run=server --validate=strict --filename -
  else
    render | conform -strict -summary -kubernetes-version $kubernetes -schema-location default -schema-location "$crds"
  fi
done

# Values that would leave the service open, or a network policy without peers, must be rejected with a reason.
refuses() { # reason, argument …
  reason=$1
  shift
  if said=$(helm template check thumbnail-api --kube-version $kubernetes --values thumbnail-api/ci/minimal-values.yaml "$@" 2>&1 >/dev/null) ||
    ! printf %s "$said" | grep -q "$reason"; then
    echo "check-chart: $* is not rejected with: $reason" >&2
    exit 1
  fi
}
refuses 'config.AUTH is not api-key' --set config.AUTH=none
refuses 'config.AUTH is not api-key' --set config.AUTH=
refuses 'networkPolicy.postgresTo names no peer' --set networkPolicy.dataCidrs=null
refuses 'networkPolicy.apiFrom names no peer' --set networkPolicy.apiFrom=null
refuses 'would reach the API and the worker' --set secrets.values.POSTGRES_MIGRATE_PASSWORD=x
refuses 'secrets.migrationSecret is not set' --set postgres.migrateUser=owner

# A misspelt value must be rejected.
if helm template check thumbnail-api --kube-version $kubernetes --values thumbnail-api/ci/minimal-values.yaml \
  --set worker.concurency=3 >/dev/null 2>&1; then
  echo "check-chart: the chart accepts an unknown value" >&2
  exit 1
fi
echo "check-chart: the chart is valid"
