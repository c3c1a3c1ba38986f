{{- /* The user of the official images of Valkey and MongoDB, who owns the volume. */ -}}
{{- define "batch-gpt.devSecurityContext" -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.podSecurityContext) (dict "runAsUser" 999 "runAsGroup" 999 "fsGroup" 999)) -}}
{{- end -}}

{{- /* Takes {root, size}. */ -}}
{{- define "batch-gpt.devVolume" -}}
- metadata:
    name: data
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .root.Values.dev.storageClassName }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests:
        storage: {{ .size }}
{{- end -}}

{{- /* No password: so nobody but this release may come. Takes {root, component, port}. */ -}}
{{- define "batch-gpt.devNetworkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "batch-gpt.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "batch-gpt.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - ports:
        - port: {{ .port }}
      from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: {{ include "batch-gpt.name" .root }}
              app.kubernetes.io/instance: {{ .root.Release.Name }}
  egress: []
{{- end -}}
