import { describe, expect, it } from 'vitest';
import type { ProjectBuilder } from '../engine/project-initializer.ts';
import { artifactFlag, parseArtifact } from './given-artifact.ts';

const json = (fields: object) =>
  JSON.stringify({ builder: 'Docker', payload: { path: 'web/Dockerfile' }, image: 'web', ...fields });

describe('parseArtifact', () => {
  it.for([
    ['web/Dockerfile=shop/web', { builder: 'docker', path: 'web/Dockerfile', image: 'shop/web' }],
    [json({}), { builder: 'docker', path: 'web/Dockerfile', image: 'web' }],
    [json({ context: '.' }), { builder: 'docker', path: 'web/Dockerfile', image: 'web', context: '.' }],
    [
      json({ builder: 'Jib Maven Plugin', payload: { path: 'pom.xml', project: 'g:a', image: 'x' } }),
      { builder: 'jib', path: 'pom.xml', image: 'web', project: 'g:a' },
    ],
    [
      json({ manifest: { generate: true, port: 80 } }),
      { builder: 'docker', path: 'web/Dockerfile', image: 'web', manifest: { generate: true, port: 80 } },
    ],
    [
      json({ manifest: { generate: false } }),
      { builder: 'docker', path: 'web/Dockerfile', image: 'web', manifest: { generate: false } },
    ],
  ] as const)('%s', ([text, artifact]) => {
    expect(parseArtifact(text)).toEqual(artifact);
  });

  it.for([
    ['web', 'must be DOCKERFILE=IMAGE or JSON'],
    ['=web', 'must be DOCKERFILE=IMAGE or JSON'],
    ['a=b=c', 'must be DOCKERFILE=IMAGE or JSON'],
    ['Dockerfile=a\nb: c', '`a\\nb: c` is not the name of an image'],
    ['Dockerfile=App', '`App` is not the name of an image'],
    [json({ image: 'a\u001b[1m' }), 'is not the name of an image'],
    ['{"builder":', 'not valid JSON'],
    [json({ builder: 'docker' }), 'did you mean `Docker`?'],
    [json({ builder: 1 }), '`builder` must be a string'],
    [json({ payload: {} }), '`payload.path` is missing'],
    [json({ payload: null }), '`payload.path` is missing'],
    [json({ image: '' }), '`image` is missing'],
    [json({ manifest: {} }), '`manifest.generate` must be true or false'],
    [json({ manifest: { generate: true, port: 70_000 } }), '`manifest.port` must be a port'],
  ] as const)('refuses %s', ([text, message]) => {
    expect(() => parseArtifact(text)).toThrow(message);
  });
});

describe('artifactFlag', () => {
  const docker: ProjectBuilder = {
    ...{
      type: 'docker',
      path: 'web/Dockerfile',
      context: 'web',
      names: [],
      ports: [],
      isVariant: false,
      baseArguments: [],
    },
  };

  it.for<[ProjectBuilder, string]>([
    [docker, 'web/Dockerfile=shop/web'],
    [
      { ...docker, context: '.', contextReason: 'it copies `x`' },
      '{"builder":"Docker","payload":{"path":"web/Dockerfile"},"image":"shop/web","context":"."}',
    ],
    [
      { type: 'jib', tool: 'gradle', path: 'a/build.gradle', context: '.', project: 'a', names: [], ports: [] },
      '{"builder":"Jib Gradle Plugin","payload":{"path":"a/build.gradle","project":"a"},"image":"shop/web","context":"."}',
    ],
  ])('%j', ([builder, flag]) => {
    expect(artifactFlag('shop/web', builder)).toBe(flag);
    expect(parseArtifact(flag)).toMatchObject({ builder: builder.type, path: builder.path, image: 'shop/web' });
  });
});
