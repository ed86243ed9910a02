import { expect, it } from 'vitest';
import { withProgram } from '../../../test/rigs/fake-program.ts';
import { projectDir } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { Cancelled, succeeded } from '../../model/outcome.ts';
import type { ClusterLoader } from './cluster-loader.ts';
import { loadImages } from './load-images.ts';

/** Prints how it was called. */
const script = (tool: string) => `echo ${tool} "$@" at "$DOCKER_HOST"`;

async function load(loader: ClusterLoader, text: string, signal?: AbortSignal) {
  await using project = await projectDir({});
  const env = { ...(await withProgram(project, loader.tool, text)), DOCKER_HOST: 'unix:///engine' };
  const rig = recordingWork(signal);
  const outcome = await loadImages(loader, ['shop/web:v1', 'shop/cart:v1'], { folder: project.path, env }, rig.work);
  return { outcome, text: rig.text() };
}

it('loads all images with the engine of the build', async () => {
  expect(await load({ tool: 'kind', cluster: 'dev' }, script('kind'))).toEqual({
    outcome: succeeded(undefined),
    text: 'kind load docker-image shop/web:v1 shop/cart:v1 --name dev at unix:///engine\n',
  });
});

it('ends at the first command that fails, and names it', async () => {
  const { outcome, text } = await load({ tool: 'minikube', cluster: 'minikube' }, 'echo no such image >&2; exit 3');
  expect(outcome).toEqual({
    status: 'failed',
    failure: {
      ...{ code: 'exit-nonzero', exitCode: 3 },
      command: 'command `minikube image load shop/web:v1 --daemon=true --profile minikube`',
    },
  });
  expect(text).toBe('no such image\n');
});

it('says how to get a program that is missing', async () => {
  const { work } = recordingWork();
  const loader = { tool: 'k3d', cluster: 'dev' } as const;
  expect(await loadImages(loader, ['web:v1'], { folder: '/', env: { PATH: '/nowhere' } }, work)).toEqual({
    status: 'failed',
    failure: {
      code: 'start-failed',
      detail:
        'k3d is not installed, or not on the PATH\nto install it: see https://k3d.io, or push the images with --push',
    },
  });
});

it('is cancelled with its signal', async () => {
  const signal = AbortSignal.abort(new Cancelled('user'));
  const { outcome } = await load({ tool: 'kind', cluster: 'dev' }, script('kind'), signal);
  expect(outcome).toEqual({ status: 'cancelled', because: 'user' });
});
