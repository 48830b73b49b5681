{{/* The objects beside a service's Deployment. */}}

{{- define "yika.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "yika.fullname" . }}
  labels:
    {{- include "yika.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end -}}

{{- define "yika.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "yika.fullname" . }}
  labels:
    {{- include "yika.labels" . | nindent 4 }}
spec:
  type: {{ .service.serviceType }}
  selector:
    {{- include "yika.selector" . | nindent 4 }}
  ports:
    {{- if .service.grpc }}
    - {name: grpc, port: {{ .root.Values.ports.grpc }}, targetPort: grpc, appProtocol: grpc}
    {{- end }}
    {{- if .service.http }}
    - {name: http, port: {{ .root.Values.ports.http }}, targetPort: http, appProtocol: http}
    {{- end }}
    {{- if eq .service.serviceType "ClusterIP" }}
    - {name: ops, port: {{ .root.Values.ports.ops }}, targetPort: ops, appProtocol: http}
    {{- end }}
{{- end -}}

{{/* A Service that leaves the cluster must not carry the ops port with it, so that gets its own. */}}
{{- define "yika.opsService" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "yika.fullname" . }}-ops
  labels:
    {{- include "yika.labels" . | nindent 4 }}
spec:
  type: ClusterIP
  selector:
    {{- include "yika.selector" . | nindent 4 }}
  ports:
    - {name: ops, port: {{ .root.Values.ports.ops }}, targetPort: ops, appProtocol: http}
{{- end -}}

{{- define "yika.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "yika.fullname" . }}
  labels:
    {{- include "yika.labels" . | nindent 4 }}
spec:
  # Not minAvailable: with a single replica that would block the drain of a node for ever.
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "yika.selector" . | nindent 6 }}
{{- end -}}

{{- define "yika.persistentVolumeClaim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ include "yika.fullname" . }}
  labels:
    {{- include "yika.labels" . | nindent 4 }}
  annotations:
    # It holds sales that may not have reached headquarters yet.
    helm.sh/resource-policy: keep
spec:
  accessModes: [ReadWriteOnce]
  {{- with .service.persistence.storageClassName }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests:
      storage: {{ .service.persistence.size }}
{{- end -}}

{{- define "yika.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "yika.fullname" . }}
  labels:
    {{- include "yika.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "yika.selector" . | nindent 6 }}
  policyTypes: [Ingress]
  ingress:
    {{- if .service.grpc }}
    - ports:
        - {port: grpc, protocol: TCP}
      from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: yika
              app.kubernetes.io/instance: {{ .root.Release.Name }}
        {{- with .root.Values.networkPolicy.grpcFrom }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- end }}
    {{- if .service.http }}
    - ports:
        - {port: http, protocol: TCP}
    {{- end }}
    - ports:
        - {port: ops, protocol: TCP}
      from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: yika
              app.kubernetes.io/instance: {{ .root.Release.Name }}
        {{- with .root.Values.networkPolicy.opsFrom }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end -}}

{{- define "yika.serviceMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "yika.fullname" . }}
  labels:
    {{- include "yika.labels" . | nindent 4 }}
    {{- with .root.Values.serviceMonitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "yika.selector" . | nindent 6 }}
  endpoints:
    - port: ops
      path: /metrics
      interval: {{ .root.Values.serviceMonitor.interval }}
{{- end -}}
