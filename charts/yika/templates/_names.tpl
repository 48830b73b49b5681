{{/* Names and labels. The templates of objects are called with a dict: root, name, service. */}}

{{- define "yika.fullname" -}}
{{- if contains "yika" .root.Release.Name -}}
{{ printf "%s-%s" (.root.Release.Name | trunc 40 | trimSuffix "-") .name }}
{{- else -}}
{{ printf "%s-yika-%s" (.root.Release.Name | trunc 40 | trimSuffix "-") .name }}
{{- end -}}
{{- end -}}

{{/* What never changes in the life of a release, and so may select pods. */}}
{{- define "yika.selector" -}}
app.kubernetes.io/name: yika
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "yika.labels" -}}
{{ include "yika.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: yika
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "yika.image" -}}
{{- $image := .root.Values.image -}}
{{ printf "%s/yika-%s:%s" $image.repository .name ($image.tag | default .root.Chart.AppVersion) }}
{{- end -}}

{{/* What values.schema.json cannot see, because it holds only once the defaults are merged in. */}}
{{- define "yika.refuse" -}}
{{- $values := .root.Values -}}
{{- if and .service.database.enabled (not .service.database.secretName) -}}
{{ fail (printf "services.%s.database.secretName: a Secret with the address of its database is needed" .name) }}
{{- end -}}
{{- if and .service.persistence.enabled (gt (int .service.replicas) 1) -}}
{{ fail (printf "services.%s.replicas: a service with a volume runs once" .name) }}
{{- end -}}
{{- range $variable, $value := .service.environment -}}
{{- if eq (toString $value) "" -}}
{{ fail (printf "services.%s.environment.%s: a value is needed" $.name $variable) }}
{{- end -}}
{{- end -}}
{{- with get .service.environment "YIKA_DOOR_WRITERS" -}}
{{- if ge (int .) (int $.service.database.poolSize) -}}
{{ fail (printf "services.%s.environment.YIKA_DOOR_WRITERS: must be less than database.poolSize" $.name) }}
{{- end -}}
{{- end -}}
{{- $seen := list -}}
{{- range include "yika.environment" . | fromYamlArray -}}
{{- if has .name $seen -}}
{{ fail (printf "services.%s: %s is set twice, by the chart and by environment or secretEnvironment" $.name .name) }}
{{- end -}}
{{- $seen = append $seen .name -}}
{{- end -}}
{{- range $peer := .service.peers -}}
{{- $found := mergeOverwrite (deepCopy $values.serviceDefaults) (get $values.services $peer) -}}
{{- if not (or $found.enabled (get $values.peerAddresses $peer)) -}}
{{ fail (printf "peerAddresses.%s: %s calls it, and this release does not run it" $peer $.name) }}
{{- end -}}
{{- end -}}
{{- end -}}
