import { expect, it } from 'vitest';
import { recordingWork } from '../../test/rigs/recording-work.ts';
import { failed, succeeded } from '../model/outcome.ts';
import type { ArtifactBuild } from './builder.ts';
import { preparedBuilder } from './prepared-builder.ts';

const inputs = async () => await Promise.reject(new Error('not asked'));
const build = async () => await Promise.resolve(succeeded({ id: 'sha256:1' }));
const refused = failed({ code: 'exit-nonzero', exitCode: 3 });

it.each([
  ['builds after what succeeds', succeeded(undefined), succeeded({ id: 'sha256:1' })],
  ['builds nothing after what fails', refused, refused],
])('%s', async (_, prepared, expected) => {
  const builder = preparedBuilder({ build }, async () => await Promise.resolve(prepared));
  expect(await builder.build({} as ArtifactBuild, recordingWork().work)).toEqual(expected);
});

it('keeps what the builder says of its inputs', () => {
  const prepare = async () => await Promise.resolve(succeeded(undefined));
  expect(preparedBuilder({ build, inputs }, prepare).inputs).toBe(inputs);
  expect(preparedBuilder({ build }, prepare).inputs).toBeUndefined();
});

it('leaves a builder without anything to prepare as it is', () => {
  const inner = { build };
  expect(preparedBuilder(inner, undefined)).toBe(inner);
});
