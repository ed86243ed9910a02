import type { ProjectFile } from './project-dir.ts';

/** A chart with a dependency that is not built, a hook, a test and notes, and everything that a cluster answers. */
export const exampleChart: Readonly<Record<string, ProjectFile>> = {
  'chart/Chart.yaml': `
apiVersion: v2
name: web
version: 1.2.3
appVersion: "7"
dependencies:
  - {name: settings, version: 0.1.0, repository: "file://../settings"}
`,
  'chart/values.yaml': 'image: web\ncolour: blue\nobjects: true\n',
  'chart/templates/pod.yaml': `
{{- if .Values.objects }}
apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  containers:
    - name: web
      image: {{ .Values.image }}
      command: [sleep, "1000"]
      env: [{name: BRACES, value: '{{ "{{ x }}" }}'}]
{{- end }}
`,
  'chart/templates/extra.yaml': `
{{- if .Values.extra }}
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-extra}
{{- end }}
`,
  'chart/templates/hook.yaml': `
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations: {helm.sh/hook: "pre-install,pre-upgrade"}
data: {colour: {{ .Values.colour }}}
`,
  'chart/templates/test.yaml': `
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations: {helm.sh/hook: test}
spec: {containers: [{name: test, image: web}]}
`,
  'chart/templates/NOTES.txt': 'Notes of {{ .Release.Name }}: {{ "{{" }}',
  'settings/Chart.yaml': 'apiVersion: v2\nname: settings\nversion: 0.1.0\n',
  'settings/values.yaml': 'objects: true\n',
  'settings/templates/map.yaml': `
{{- if .Values.objects }}
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-settings}
data:
  colour: {{ .Values.colour | default "none" | quote }}
  cluster: {{ (lookup "v1" "Namespace" "" "default") | dig "metadata" "name" "none" | quote }}
{{- end }}
`,
};
