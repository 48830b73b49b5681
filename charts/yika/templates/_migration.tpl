{{- define "yika.migration" -}}
{{- $values := .root.Values -}}
{{- $selector := dict "root" .root "name" (printf "%s-migration" .name) -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "yika.fullname" $selector }}
  labels:
    {{- include "yika.labels" $selector | nindent 4 }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "0"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 3
  activeDeadlineSeconds: {{ $values.migration.timeoutSeconds }}
  template:
    metadata:
      labels:
        {{- include "yika.labels" $selector | nindent 8 }}
    spec:
      # The namespace's default account: at the first install this hook runs before the release's
      # own ServiceAccounts exist. No token is mounted.
      automountServiceAccountToken: false
      enableServiceLinks: false
      restartPolicy: Never
      {{- with $values.image.pullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- include "yika.podSecurityContext" . | nindent 8 }}
      {{- with $values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: migrate
          image: {{ include "yika.image" . }}
          imagePullPolicy: {{ $values.image.pullPolicy }}
          args: [migrate]
          env:
            {{- include "yika.databaseEnvironment" . | nindent 12 }}
          resources:
            {{- toYaml $values.migration.resources | nindent 12 }}
          securityContext:
            {{- include "yika.containerSecurityContext" . | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 64Mi
{{- end -}}
