import { expect, it } from 'vitest';
import type { ToolName } from '../model/plan.ts';
import { toolImage } from './provisions.ts';

it.each<[ToolName, string | undefined, string | undefined, string | RegExp]>([
  ['kubectl', undefined, undefined, /^registry\.k8s\.io\/kubectl:v1\.\d+\.\d+$/],
  ['kubectl', '1.29.3', undefined, 'registry.k8s.io/kubectl:v1.29.3'],
  ['helm', undefined, undefined, /^docker\.io\/alpine\/helm:3\.\d+\.\d+$/],
  ['helm', '3.2.0', undefined, 'docker.io/alpine/helm:3.2.0'],
  ['nuget', undefined, undefined, /^mcr\.microsoft\.com\/dotnet\/sdk:/],
  ['helm', '3.2.0', 'mirror:5000/helm', 'mirror:5000/helm:3.2.0'],
  ['helm', undefined, 'mirror:5000/helm', 'mirror:5000/helm'],
  ['helm', '3.2.0', 'mirror:5000/helm:mine', 'mirror:5000/helm:mine'],
  ['helm', '3.2.0', 'mirror/helm@sha256:00', 'mirror/helm@sha256:00'],
])('the image of %s, version %s, where the operator says %s', (tool, version, chosen, image) => {
  if (typeof image === 'string') expect(toolImage(tool, version, chosen)).toBe(image);
  else expect(toolImage(tool, version, chosen)).toMatch(image);
});
