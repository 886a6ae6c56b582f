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

# A misspelt value must be rejected.
if helm template check thumbnail-api --kube-version $kubernetes --values thumbnail-api/ci/minimal-values.yaml \
  --set worker.concurency=3 >/dev/null 2>&1; then
  echo "check-chart: the chart accepts an unknown value" >&2
  exit 1
fi
echo "check-chart: the chart is valid"
