import { expect, it } from 'vitest';
import { describeTar } from '../../../test/rigs/tree.ts';
import { filesTree } from './files-tree.ts';

it('lets only the step’s user read the files', async () => {
  const tree = filesTree([
    { name: 'step', text: 'echo $PW', executable: true },
    { name: 'enter', text: 'export PW=x' },
  ]);
  const tar = tree.open({ uid: 1234, gid: 5 }, new AbortController().signal);
  expect(await describeTar(tar)).toEqual({ step: '500 echo $PW', enter: '600 export PW=x' });
});
