{{- define "yika.deployment" -}}
{{- $values := .root.Values -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "yika.fullname" . }}
  labels:
    {{- include "yika.labels" . | nindent 4 }}
spec:
  replicas: {{ .service.replicas }}
  revisionHistoryLimit: 3
  strategy:
    {{- if .service.persistence.enabled }}
    # Two pods must never write one volume.
    type: Recreate
    {{- else }}
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
    {{- end }}
  selector:
    matchLabels:
      {{- include "yika.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "yika.labels" . | nindent 8 }}
      {{- with .service.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "yika.fullname" . }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      # The sleep of preStop, the drain of the service, and what uvicorn adds to it.
      terminationGracePeriodSeconds: {{ add $values.drainDelaySeconds $values.shutdownGraceSeconds 10 }}
      {{- with $values.image.pullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- include "yika.podSecurityContext" . | nindent 8 }}
      topologySpreadConstraints:
        {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
        - maxSkew: 1
          topologyKey: {{ $key }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "yika.selector" $ | nindent 14 }}
        {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .name }}
          image: {{ include "yika.image" . }}
          imagePullPolicy: {{ $values.image.pullPolicy }}
          args: [serve]
          env:
            {{- include "yika.environment" . | nindent 12 }}
          ports:
            - name: ops
              containerPort: {{ $values.ports.ops }}
            {{- if .service.grpc }}
            - name: grpc
              containerPort: {{ $values.ports.grpc }}
            {{- end }}
            {{- if .service.http }}
            - name: http
              containerPort: {{ $values.ports.http }}
            {{- end }}
          # Over HTTP for every service: /readyz names the check that fails, gRPC health cannot.
          startupProbe:
            httpGet: {path: /healthz, port: ops}
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet: {path: /healthz, port: ops}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: {path: /readyz, port: ops}
            periodSeconds: 5
            # Each check behind /readyz may take 3 seconds.
            timeoutSeconds: 10
            failureThreshold: 2
          lifecycle:
            # Endpoints forget a pod a moment after it is told to stop.
            preStop:
              sleep:
                seconds: {{ $values.drainDelaySeconds }}
          resources:
            {{- toYaml .service.resources | nindent 12 }}
          securityContext:
            {{- include "yika.containerSecurityContext" . | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- /* The folder, not the key: only then does a renewed Secret reach the running pod. */}}
            {{- range $variable, $_ := .service.secretFiles }}
            - name: {{ include "yika.secretVolume" $variable }}
              mountPath: {{ include "yika.secretFolder" $variable }}
              readOnly: true
            {{- end }}
            {{- if .service.persistence.enabled }}
            - {name: state, mountPath: {{ .service.persistence.mountPath }}}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 256Mi
        {{- range $variable, $from := .service.secretFiles }}
        - name: {{ include "yika.secretVolume" $variable }}
          secret:
            secretName: {{ $from.secretName }}
            defaultMode: 0440
        {{- end }}
        {{- if .service.persistence.enabled }}
        - name: state
          persistentVolumeClaim:
            claimName: {{ include "yika.fullname" . }}
        {{- end }}
{{- end -}}
