{{- /* Not empty where an entry of `secrets:` is given. Takes {root, entry}. */ -}}
{{- define "batch-gpt.hasSecret" -}}
{{- $given := index .root.Values.secrets .entry -}}
{{- if or $given.value $given.key -}}yes{{- end -}}
{{- end -}}

{{- define "batch-gpt.ownSecretName" -}}
{{ include "batch-gpt.fullname" . }}-secrets
{{- end -}}

{{- /* Name of the Secret that an entry is in. Takes {root, entry}. */ -}}
{{- define "batch-gpt.secretName" -}}
{{- $given := index .root.Values.secrets .entry -}}
{{- if $given.value -}}
{{- include "batch-gpt.ownSecretName" .root -}}
{{- else -}}
{{- default .root.Values.secrets.existingSecret $given.existingSecret -}}
{{- end -}}
{{- end -}}

{{- /* Key of an entry in that Secret. Takes {root, entry}. */ -}}
{{- define "batch-gpt.secretKey" -}}
{{- $given := index .root.Values.secrets .entry -}}
{{- $known := .root.Files.Get "files/settings.json" | fromJson -}}
{{- if $given.value -}}
{{- (index $known.secrets .entry).file -}}
{{- else -}}
{{- $given.key -}}
{{- end -}}
{{- end -}}

{{- /* Sources of the projected volume that holds a workload's secrets. Takes {root, component}. */ -}}
{{- define "batch-gpt.secretSources" -}}
{{- $root := .root -}}
{{- $component := .component -}}
{{- $known := $root.Files.Get "files/settings.json" | fromJson -}}
{{- range $entry, $secret := $known.secrets -}}
{{- $which := dict "root" $root "entry" $entry -}}
{{- if and (has $component $secret.workloads) (include "batch-gpt.hasSecret" $which) }}
- secret:
    name: {{ include "batch-gpt.secretName" $which }}
    items:
      - key: {{ include "batch-gpt.secretKey" $which }}
        path: {{ $secret.file }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Changes with every secret of the chart's own that a service reads only at its start. */ -}}
{{- define "batch-gpt.secretsChecksum" -}}
{{- $root := . -}}
{{- $known := .Files.Get "files/settings.json" | fromJson -}}
{{- $values := dict -}}
{{- range $entry, $secret := $known.secrets -}}
{{- $given := index $root.Values.secrets $entry -}}
{{- if and $given.value (not $secret.followed) -}}
{{- $_ := set $values $entry $given.value -}}
{{- end -}}
{{- end -}}
{{- toJson $values | sha256sum -}}
{{- end -}}
