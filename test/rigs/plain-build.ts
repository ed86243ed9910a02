import type { ImageBuild } from '../../src/runtime/image-builder.ts';

/** A simple build whose context is never read. */
export const plainBuild: ImageBuild = {
  context: { open: () => (async function* () {})() },
  dockerfile: 'Dockerfile',
  references: ['registry.example/team/app:1'],
  args: [],
  secrets: new Map(),
  labels: {},
  pull: 'missing',
  baseImages: ['busybox'],
};
