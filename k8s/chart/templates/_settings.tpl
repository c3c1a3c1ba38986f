{{- /* A setting as a variable of the environment: YAML's numbers without an exponent, its switches as on and off. */ -}}
{{- define "batch-gpt.settingText" -}}
{{- if kindIs "bool" . -}}
{{- ternary "on" "off" . -}}
{{- else if kindIs "float64" . -}}
{{- printf "%.0f" . -}}
{{- else -}}
{{- . | toString -}}
{{- end -}}
{{- end -}}

{{- /* Everything that a workload's environment takes from the values, as YAML. Takes {root, component}. */ -}}
{{- define "batch-gpt.settings" -}}
{{- $root := .root -}}
{{- $component := .component -}}
{{- $values := index $root.Values $component -}}
{{- $known := $root.Files.Get "files/settings.json" | fromJson -}}
{{- $given := dict -}}
{{- if $root.Values.dev.simulator.enabled -}}
{{- /* A window and polls that make sense where a batch takes two seconds. */ -}}
{{- $given = dict "COLLATE_BATCHES_FOR_DURATION_IN_MS" "2000" "COLLECT_BATCH_STATS_POLLING_MAX_INTERVAL_SECONDS" "1" "POLL_MIN_MS" "250" -}}
{{- end -}}
{{- $given = mergeOverwrite $given (deepCopy $root.Values.config) (deepCopy $values.config) -}}
{{- $env := dict -}}
{{- range $name, $value := $given -}}
{{- if and (has $name (index $known.readers $component)) (not (kindIs "invalid" $value)) -}}
{{- $_ := set $env $name (include "batch-gpt.settingText" $value) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $env "OPS_HOST" $root.Values.bindAddress -}}
{{- $_ := set $env "OPS_PORT" "9090" -}}
{{- /* Three seconds less than the kubelet gives, for the end of the process itself. */ -}}
{{- $grace := sub $values.terminationGracePeriodSeconds (add 3 $values.preStopSeconds) -}}
{{- $_ := set $env "SHUTDOWN_GRACE_MS" (printf "%d" (mul $grace 1000)) -}}
{{- if eq $component "gateway" -}}
{{- $_ := set $env "HOST" $root.Values.bindAddress -}}
{{- $_ := set $env "PORT" "8080" -}}
{{- if $root.Values.prices -}}
{{- $_ := set $env "PRICES_FILE" "/etc/batch-gpt/prices/prices.json" -}}
{{- end -}}
{{- end -}}
{{- if eq $component "batcher" -}}
{{- $_ := set $env "WORK_DIR" "/var/lib/batch-gpt" -}}
{{- end -}}
{{- $fullname := include "batch-gpt.fullname" $root -}}
{{- if $root.Values.dev.redis.enabled -}}
{{- $_ := set $env "REDIS_URL" (printf "redis://%s-dev-redis:6379" $fullname) -}}
{{- end -}}
{{- if $root.Values.dev.mongodb.enabled -}}
{{- $_ := set $env "MONGODB_URL" (printf "mongodb://%s-dev-mongodb:27017/batch_gpt" $fullname) -}}
{{- end -}}
{{- if $root.Values.dev.simulator.enabled -}}
{{- $_ := set $env "OPENAI_BASE_URL" (printf "http://%s-dev-simulator:9400/v1" $fullname) -}}
{{- $_ := set $env "OPENAI_API_KEY" "simulator" -}}
{{- end -}}
{{- range $entry, $secret := $known.secrets -}}
{{- if and (has $component $secret.workloads) (include "batch-gpt.hasSecret" (dict "root" $root "entry" $entry)) -}}
{{- $_ := set $env $secret.env (printf "/etc/batch-gpt/secrets/%s" $secret.file) -}}
{{- end -}}
{{- end -}}
{{- toYaml $env -}}
{{- end -}}
