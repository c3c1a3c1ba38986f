{{- /* What pods of every kind have in common. */ -}}
{{- define "batch-gpt.podDefaults" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
serviceAccountName: {{ include "batch-gpt.serviceAccountName" . }}
automountServiceAccountToken: false
# Variables like GATEWAY_PORT=tcp://… would be taken for settings.
enableServiceLinks: false
{{- if not (kindIs "invalid" .Values.hostUsers) }}
hostUsers: {{ .Values.hostUsers }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- end -}}

{{- define "batch-gpt.probes" -}}
startupProbe:
  {{- /* Liveness, not readiness: a database that is away while a pod starts is no reason to start it again. */}}
  {{- with .startup }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  httpGet: { path: /livez, port: ops }
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 60
  {{- end }}
livenessProbe:
  {{- with .liveness }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  httpGet: { path: /livez, port: ops }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
  {{- end }}
readinessProbe:
  {{- with .readiness }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  httpGet: { path: /readyz, port: ops }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
  {{- end }}
{{- end -}}

{{- /* Takes {root, component}. */ -}}
{{- define "batch-gpt.topologySpread" -}}
{{- $values := index .root.Values .component -}}
{{- with $values.topologySpreadConstraints -}}
{{- toYaml . -}}
{{- else -}}
{{- $context := . -}}
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "batch-gpt.selectorLabels" $context | nindent 6 }}
{{- end }}
{{- end -}}
{{- end -}}

{{- /* How many replicas there are at least. Takes a workload's values. */ -}}
{{- define "batch-gpt.leastReplicas" -}}
{{- ternary .replicas .autoscaling.minReplicas (eq .autoscaling.mode "none") -}}
{{- end -}}
