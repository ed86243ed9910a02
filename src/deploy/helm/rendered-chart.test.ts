import { expect, it } from 'vitest';
import { renderedChartFiles } from './rendered-chart.ts';

const metadata = { name: 'web', version: '1.0.0', dependencies: [{ name: 'settings' }] };
const rendered = { chart: { metadata, values: { a: 1 } }, objects: [], notes: '', crds: '' };
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } };

it('a rendered chart is called like its original, and has its values', () => {
  expect(renderedChartFiles(rendered)).toEqual({
    'Chart.yaml': '{"name":"web","version":"1.0.0"}',
    'values.yaml': '{"a":1}',
  });
});

it('it keeps the order of objects', () => {
  const objects = Array.from({ length: 12 }, (_, index) => ({ ...pod, metadata: { name: `web-${index}` } }));
  const files = Object.entries(renderedChartFiles({ ...rendered, objects })).slice(2);
  expect(files.map(([name]) => name)).toEqual(files.map(([name]) => name).sort());
  expect(files[10]).toEqual(['templates/00010.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-10\n']);
});

it('its templates compute nothing', () => {
  const files = renderedChartFiles({ ...rendered, notes: 'see {{- .Values.a -}}', crds: 'kind: {{ a }}' });
  expect(files['templates/NOTES.txt']).toBe('see {{ "{{" }}- .Values.a -}}');
  // Helm does not render definitions.
  expect(files['crds/crds.yaml']).toBe('kind: {{ a }}');
});
