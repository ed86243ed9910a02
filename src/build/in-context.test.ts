import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/rigs/file-tree.ts';
import { recordingWork } from '../../test/rigs/recording-work.ts';
import { succeeded } from '../model/outcome.ts';
import { inContext } from './in-context.ts';

it('builds only in a folder that exists', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'file'), '');
  const builder = inContext({ build: async () => await Promise.resolve(succeeded({ id: 'built' })) });
  const build = async (context: string) =>
    await builder.build(
      { image: 'app', reference: 'app:1', context, requires: [], platforms: [], options: {} },
      recordingWork().work,
    );
  expect(await build(folder.path)).toEqual(succeeded({ id: 'built' }));
  for (const name of ['none', 'file', 'file/below']) {
    const path = join(folder.path, name);
    expect(await build(path)).toEqual({
      status: 'failed',
      failure: { code: 'file-missing', field: 'context', path },
    });
  }
});
