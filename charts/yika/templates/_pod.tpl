{{/* What the pods of servers, migrations and tests share. */}}

{{- define "yika.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "yika.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* One variable whose value comes from a Secret. Called with a dict: name, secret, key. */}}
{{- define "yika.secretVariable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end -}}

{{/* Volume and folder of a Secret that is read as a file, from the name of its setting. */}}
{{- define "yika.secretVolume" -}}
{{ . | lower | replace "_" "-" }}
{{- end -}}
{{- define "yika.secretFolder" -}}
/run/secrets/{{ include "yika.secretVolume" . }}
{{- end -}}

{{/* Variables that both the server and the migration of a service need. */}}
{{- define "yika.databaseEnvironment" -}}
{{- if .service.database.enabled -}}
{{ include "yika.secretVariable" (dict "name" "YIKA_DATABASE_URL" "secret" .service.database.secretName "key" .service.database.secretKey) }}
{{- end }}
- name: YIKA_LOG_LEVEL
  value: {{ .root.Values.logLevel | quote }}
{{- end -}}

{{/* The settings of a server: names are the fields of its settings.py with the prefix YIKA_. */}}
{{- define "yika.environment" -}}
{{- $values := .root.Values -}}
{{ include "yika.databaseEnvironment" . }}
- name: YIKA_LISTEN_HOST
  value: "0.0.0.0"
- name: YIKA_OPS_PORT
  value: {{ $values.ports.ops | quote }}
{{- if .service.grpc }}
- name: YIKA_GRPC_PORT
  value: {{ $values.ports.grpc | quote }}
{{- end }}
{{- if .service.http }}
- name: YIKA_HTTP_PORT
  value: {{ $values.ports.http | quote }}
{{- end }}
- name: YIKA_SHUTDOWN_GRACE_SECONDS
  value: {{ $values.shutdownGraceSeconds | quote }}
{{- if .service.database.enabled }}
- name: YIKA_DATABASE_POOL_SIZE
  value: {{ .service.database.poolSize | quote }}
{{- if $values.nats.secretName }}
{{ include "yika.secretVariable" (dict "name" "YIKA_NATS_URL" "secret" $values.nats.secretName "key" $values.nats.secretKey) }}
{{- else }}
- name: YIKA_NATS_URL
  value: {{ $values.nats.url | quote }}
{{- end }}
- name: YIKA_STREAM_REPLICAS
  value: {{ $values.nats.streamReplicas | quote }}
{{- end }}
{{- if .service.redis }}
{{- if $values.redis.secretName }}
{{ include "yika.secretVariable" (dict "name" "YIKA_REDIS_URL" "secret" $values.redis.secretName "key" $values.redis.secretKey) }}
{{- else }}
- name: YIKA_REDIS_URL
  value: {{ $values.redis.url | quote }}
{{- end }}
{{- end }}
- name: YIKA_JWKS
  value: {{ $values.tokens.jwks | quote }}
- name: YIKA_TOKEN_ISSUER
  value: {{ $values.tokens.issuer | quote }}
- name: YIKA_TOKEN_AUDIENCE
  value: {{ $values.tokens.audience | quote }}
{{- range $variable, $from := .service.secretFiles }}
- name: {{ $variable }}
  value: {{ include "yika.secretFolder" $variable }}/{{ $from.secretKey }}
{{- end }}
{{- if $values.otlpEndpoint }}
- name: YIKA_OTLP_ENDPOINT
  value: {{ $values.otlpEndpoint | quote }}
{{- end }}
{{- range $peer := .service.peers }}
- name: {{ printf "YIKA_%s_ADDRESS" (upper $peer) }}
  value: {{ get $values.peerAddresses $peer | default (printf "%s:%v" (include "yika.fullname" (dict "root" $.root "name" $peer)) $values.ports.grpc) | quote }}
{{- end }}
{{- range $variable, $value := .service.environment }}
- name: {{ $variable }}
  value: {{ $value | quote }}
{{- end }}
{{- range $variable, $from := .service.secretEnvironment }}
{{ include "yika.secretVariable" (dict "name" $variable "secret" $from.secretName "key" $from.secretKey) }}
{{- end }}
{{- end -}}
