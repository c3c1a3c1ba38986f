{{- /* Up at once, down slowly: a pod more costs little, and every pod less takes held connections along. */ -}}
{{- define "batch-gpt.scalingBehavior" -}}
scaleUp:
  stabilizationWindowSeconds: 0
  policies:
    - type: Percent
      value: 100
      periodSeconds: 15
scaleDown:
  stabilizationWindowSeconds: 300
  policies:
    - type: Pods
      value: 1
      periodSeconds: 60
{{- end -}}

{{- /* The metric of a worker's load: {metric, query, field, perReplica}, as YAML. Takes {root, component}. */ -}}
{{- define "batch-gpt.workerLoad" -}}
{{- $scaling := (index .root.Values .component).autoscaling -}}
{{- $namespace := printf "{namespace=%q}" .root.Release.Namespace -}}
{{- if eq .component "batcher" }}
metric: batch_gpt_backlog_requests
query: max(batch_gpt_backlog_requests{{ $namespace }})
field: backlog
perReplica: {{ $scaling.backlogPerReplica | int }}
{{- else }}
metric: batch_gpt_batches_open
# Nothing open is no series at all: a gateway that is seen says zero, and only then.
query: sum(max by (status) (batch_gpt_batches_open{{ $namespace }})) or 0 * max(batch_gpt_backlog_requests{{ $namespace }})
field: open_batches
perReplica: {{ $scaling.openBatchesPerReplica | int }}
{{- end }}
{{- end -}}
