import { expect, test } from 'vitest';
import { appendsCertificates } from './appended-certificates.ts';

const repository = { registry: 'registry.example', group: 'Team/Sub', project: 'Shop', name: 'web' };

test.each<[Parameters<typeof appendsCertificates>[0], boolean]>([
  [{ appendCert: true }, true],
  [{ appendCert: false, repository: { ...repository, group: 'default' } }, false],
  [{ repository: { ...repository, group: 'Default-Apps' } }, true],
  [{ repository }, false],
  [{}, false],
])('certificates: %j %j', (spec, expected) => {
  expect(appendsCertificates(spec)).toBe(expected);
});
