{{- define "batch-gpt.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- /* Short enough for every suffix that the chart appends, and for the hash of a pod's name. */ -}}
{{- define "batch-gpt.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "batch-gpt.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "batch-gpt.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "batch-gpt.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* What selects a component's pods. Never changes: selectors are immutable. Takes {root, component}. */ -}}
{{- define "batch-gpt.selectorLabels" -}}
app.kubernetes.io/name: {{ include "batch-gpt.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- /* Of pods: the chart's version is not among them, which would start them anew. Takes {root, component}. */ -}}
{{- define "batch-gpt.podLabels" -}}
{{ include "batch-gpt.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: batch-gpt
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Takes {root, component}. */ -}}
{{- define "batch-gpt.labels" -}}
{{ include "batch-gpt.podLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- /* Name, namespace and labels of an object. Takes {root, component}, and {suffix} where the name is another one. */ -}}
{{- define "batch-gpt.metadata" -}}
name: {{ include "batch-gpt.fullname" .root }}-{{ default .component .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "batch-gpt.labels" . | nindent 2 }}
{{- end -}}

{{- /* Takes {root, app, image}. A digest goes before every tag. */ -}}
{{- define "batch-gpt.image" -}}
{{- $all := .root.Values.image -}}
{{- $repository := default (printf "%s%s" $all.prefix .app) .image.repository -}}
{{- $path := ternary $repository (printf "%s/%s" (trimSuffix "/" $all.registry) $repository) (empty $all.registry) -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $path .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $path (coalesce .image.tag $all.tag .root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}
