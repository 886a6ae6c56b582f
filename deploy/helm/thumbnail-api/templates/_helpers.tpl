{{- define "thumbnail-api.name" -}}
{{- contains "thumbnail-api" .Release.Name | ternary .Release.Name (printf "%s-thumbnail-api" .Release.Name) | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "thumbnail-api.selector" -}}
app.kubernetes.io/name: thumbnail-api
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "thumbnail-api.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
{{ include "thumbnail-api.selector" . }}
{{- end }}

{{- define "thumbnail-api.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "thumbnail-api.name" .) "default") }}
{{- end }}

{{- define "thumbnail-api.secret" -}}
{{- .Values.secrets.existingSecret | default (include "thumbnail-api.name" .) }}
{{- end }}

{{/* The image of the API or the worker: dict "root" $ "app" "api" */}}
{{- define "thumbnail-api.image" -}}
{{- $image := get .root.Values.image .app -}}
{{- $repository := required (printf "image.%s.repository is not set: set it to the image that you pushed" .app) $image.repository -}}
{{- if $image.digest -}}
{{ $repository }}@{{ $image.digest }}
{{- else -}}
{{ $repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* The settings of every pod. No pod gets a service account token, because none calls the Kubernetes API. */}}
{{- define "thumbnail-api.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
volumes:
  - name: tmp
    emptyDir: { sizeLimit: 512Mi }
{{- end }}

{{- define "thumbnail-api.container" -}}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: tmp, mountPath: /tmp }
envFrom:
  - configMapRef: { name: {{ include "thumbnail-api.name" . }} }
  - secretRef: { name: {{ include "thumbnail-api.secret" . }} }
{{- end }}

{{/* Spreads replicas over nodes: dict "root" $ "component" "api" */}}
{{- define "thumbnail-api.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "thumbnail-api.selector" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Stops the rendering of values that would leave the service open to everybody. */}}
{{- define "thumbnail-api.assertClosed" -}}
{{- if not (or (eq (get .Values.config "AUTH" | default "" | toString) "api-key") .Values.auth.allowAnonymous) }}
{{- fail "config.AUTH is not api-key, so every client that reaches the service could do everything: set config.AUTH to api-key, or set auth.allowAnonymous to true" }}
{{- end }}
{{- if hasKey .Values.secrets.values "POSTGRES_MIGRATE_PASSWORD" }}
{{- fail "secrets.values.POSTGRES_MIGRATE_PASSWORD would reach the API and the worker: put it into the Secret that secrets.migrationSecret names" }}
{{- end }}
{{- if and .Values.postgres.migrateUser (not .Values.secrets.migrationSecret) }}
{{- fail "secrets.migrationSecret is not set: name a Secret with the key POSTGRES_MIGRATE_PASSWORD, the password of postgres.migrateUser" }}
{{- end }}
{{- end }}

{{/* The peers of a network policy: dict "root" $ "name" "postgresTo" */}}
{{- define "thumbnail-api.peers" -}}
{{- $policy := .root.Values.networkPolicy -}}
{{- $peers := get $policy .name -}}
{{- if and (not $peers) (ne .name "apiFrom") -}}
{{- range $policy.dataCidrs }}{{ $peers = append ($peers | default list) (dict "ipBlock" (dict "cidr" .)) }}{{ end -}}
{{- end -}}
{{- if not $peers }}{{ fail (printf "networkPolicy.%s names no peer: list the peers that are meant, or set networkPolicy.enabled to false" .name) }}{{ end -}}
{{- toYaml $peers }}
{{- end }}

{{/* The host names under which the API is called: those of its service, of the ingress and of config.ALLOWED_HOSTS. */}}
{{- define "thumbnail-api.hosts" -}}
{{- $name := include "thumbnail-api.name" . -}}
{{- $service := printf "%s.%s" $name .Release.Namespace -}}
{{- $hosts := list $name $service (printf "%s.svc" $service) (printf "%s.svc.cluster.local" $service) -}}
{{- if .Values.ingress.enabled }}{{ $hosts = append $hosts .Values.ingress.host }}{{ end -}}
{{- append $hosts (.Values.config.ALLOWED_HOSTS | default "") | compact | join "," -}}
{{- end }}

{{/* All variables that are not secret, as a map. */}}
{{- define "thumbnail-api.config" -}}
{{- include "thumbnail-api.assertClosed" . -}}
POSTGRES_HOST: {{ required "postgres.host is not set: set it to the host of your Postgres" .Values.postgres.host | quote }}
POSTGRES_PORT: {{ .Values.postgres.port | quote }}
POSTGRES_DB: {{ .Values.postgres.database | quote }}
POSTGRES_USER: {{ .Values.postgres.user | quote }}
POSTGRES_SSL: {{ .Values.postgres.ssl | quote }}
QUEUE: {{ .Values.queue.kind | quote }}
QUEUE_PROCESS_THUMBNAIL: {{ .Values.queue.name | quote }}
{{- if eq .Values.queue.kind "redis" }}
REDIS_HOST: {{ required "queue.redis.host is not set: set it to the host of your Redis, or set queue.kind to postgres" .Values.queue.redis.host | quote }}
REDIS_PORT: {{ .Values.queue.redis.port | quote }}
REDIS_TLS: {{ .Values.queue.redis.tls | quote }}
{{- end }}
S3_BUCKET: {{ required "s3.bucket is not set: set it to the bucket for the images" .Values.s3.bucket | quote }}
S3_REGION: {{ .Values.s3.region | quote }}
{{- with .Values.s3.endpoint }}
S3_ENDPOINT: {{ . | quote }}
{{- end }}
ALLOWED_HOSTS: {{ include "thumbnail-api.hosts" . | quote }}
{{- range $name, $value := omit .Values.config "ALLOWED_HOSTS" }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end }}

{{/* The port of the object store. */}}
{{- define "thumbnail-api.s3Port" -}}
{{- $url := urlParse (.Values.s3.endpoint | default "https://s3") -}}
{{- regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (eq $url.scheme "http" | ternary "80" "443") }}
{{- end }}

{{/* The scheduling of pods: .Values.api or .Values.worker */}}
{{- define "thumbnail-api.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}
