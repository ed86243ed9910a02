import type { ContainerStepSpec } from '../../src/wharf/specs/specs.ts';

/** A container step that does nothing, with these fields changed. */
export function containerSpec(fields: Partial<ContainerStepSpec> = {}): ContainerStepSpec {
  return { kind: 'container', image: 'none', commands: ['true'], shell: '/bin/sh', os: 'linux', env: {}, ...fields };
}
