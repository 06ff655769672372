{{- define "openloop.name" -}}
{{- if contains "openloop" .Release.Name }}{{ .Release.Name | trunc 50 }}{{ else }}{{ printf "%s-openloop" .Release.Name | trunc 50 }}{{ end }}
{{- end }}

{{- define "openloop.selector" -}}
app.kubernetes.io/name: openloop
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "openloop.labels" -}}
{{ include "openloop.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "openloop.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- /* What cannot work is refused before anything is installed. */ -}}
{{- define "openloop.check" -}}
{{- if not (has .Values.mode (list "sqlite" "postgres" "ha")) }}{{ fail "mode must be sqlite, postgres or ha" }}{{ end }}
{{- $database := or .Values.databaseURL.secret .Values.settings.OPENLOOP_DATABASE_URL }}
{{- if and (ne .Values.mode "sqlite") (not $database) }}{{ fail (printf "mode %s needs PostgreSQL: name the Secret that has its URL in databaseURL.secret" .Values.mode) }}{{ end }}
{{- if and (eq .Values.mode "sqlite") $database }}{{ fail "mode sqlite takes no databaseURL: use mode postgres or ha" }}{{ end }}
{{- if and (eq .Values.mode "sqlite") (gt (int .Values.replicas) 1) }}{{ fail "mode sqlite has one replica: use mode ha with PostgreSQL for several" }}{{ end }}
{{- if and (ne .Values.mode "sqlite") (not .Values.encryptionKey.secret) }}{{ fail (printf "mode %s needs one encryption key for all servers: name the Secret that has it in encryptionKey.secret" .Values.mode) }}{{ end }}
{{- end }}

{{- define "openloop.pod" -}}
metadata:
  labels:
    {{- include "openloop.selector" . | nindent 4 }}
    app.kubernetes.io/component: server
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  # For running calls, for clients that go elsewhere, and 5 s.
  terminationGracePeriodSeconds: {{ add .Values.shutdownTimeout .Values.drainDelay 5 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    fsGroup: 65532
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: openloop
      {{- include "openloop.container" . | nindent 6 }}
      args: [serve]
      ports:
        - {name: http, containerPort: 8080}
      startupProbe:
        httpGet: {path: /ready, port: http}
        periodSeconds: 1
        failureThreshold: 300
      readinessProbe:
        httpGet: {path: /ready, port: http}
        periodSeconds: 1
        failureThreshold: 1
      livenessProbe:
        httpGet: {path: /health, port: http}
        periodSeconds: 10
        failureThreshold: 6
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
  volumes:
    - name: tmp
      emptyDir: {}
    {{- if ne .Values.mode "sqlite" }}
    - name: data
      emptyDir: {}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .Values.affinity }}
  affinity:
    {{- toYaml .Values.affinity | nindent 4 }}
  {{- end }}
  {{- if eq .Values.mode "ha" }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "openloop.selector" . | nindent 10 }}
  {{- end }}
{{- end }}

{{- define "openloop.container" -}}
image: {{ include "openloop.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
env:
  - {name: OPENLOOP_SHUTDOWN_TIMEOUT, value: {{ printf "%ds" (int .Values.shutdownTimeout) | quote }}}
  - {name: OPENLOOP_DRAIN_DELAY, value: {{ printf "%ds" (int .Values.drainDelay) | quote }}}
  - {name: GOMEMLIMIT, valueFrom: {resourceFieldRef: {containerName: openloop, resource: limits.memory}}}
  {{- with .Values.databaseURL }}{{ if .secret }}
  - {name: OPENLOOP_DATABASE_URL, valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}}
  {{- end }}{{ end }}
  {{- with .Values.encryptionKey }}{{ if .secret }}
  - {name: OPENLOOP_ENCRYPTION_KEY, valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}}
  {{- end }}{{ end }}
  {{- range $name, $value := .Values.settings }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
{{- with .Values.secrets }}
envFrom:
  {{- range . }}
  - secretRef: {name: {{ . }}}
  {{- end }}
{{- end }}
volumeMounts:
  - {name: data, mountPath: /data}
  - {name: tmp, mountPath: /tmp}
{{- end }}
