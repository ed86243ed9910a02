import { describe, expect, it } from 'vitest';
import { withProgram } from '../../../test/rigs/fake-program.ts';
import { projectDir } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { succeeded } from '../../model/outcome.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import { bazelBuilder, type BazelSurroundings } from './bazel-builder.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const bazel = `
case $1 in
build) mkdir -p root/out && echo archive > root/out/image.tar ;;
info) echo "Starting server"; echo "$PWD/root" ;;
cquery) echo out/image.tar ;;
esac`;

function buildOf(context: string) {
  return {
    ...{ image: 'app', reference: 'r.io/app:v1', context, requires: [], platforms: [] as readonly string[] },
    options: { target: '//:image.tar', args: [], platforms: [] },
  };
}

function engine() {
  const seen: string[] = [];
  const images: BazelSurroundings['images'] = {
    load: async (archive, reference) => {
      let content = '';
      for await (const bytes of archive) content += Buffer.from(bytes).toString();
      seen.push(`load ${reference} ${content.trim()}`);
      return succeeded({ id: 'sha256:1' });
    },
    push: async ({ reference, insecure }) => {
      seen.push(`push ${reference} ${insecure}`);
      return await Promise.resolve(succeeded({ digest }));
    },
  };
  return { images, seen };
}

describe('the builder of Bazel', () => {
  it('loads the archive', async () => {
    await using project = await projectDir({});
    const { images, seen } = engine();
    const builder = bazelBuilder({ env: await withProgram(project, 'bazel', bazel), images });
    const outcome = await builder.build(buildOf(project.path), recordingWork().work);
    expect(outcome).toEqual({ status: 'succeeded', value: { id: 'sha256:1' } });
    expect(seen).toEqual(['load r.io/app:v1 archive']);
  });

  it('pushes the loaded image', async () => {
    await using project = await projectDir({});
    const { images, seen } = engine();
    const builder = bazelBuilder({ env: await withProgram(project, 'bazel', bazel), images });
    const outcome = await builder.build({ ...buildOf(project.path), push: { insecure: true } }, recordingWork().work);
    expect(outcome).toEqual({ status: 'succeeded', value: { id: 'sha256:1', digest } });
    expect(seen).toEqual(['load r.io/app:v1 archive', 'push r.io/app:v1 true']);
  });

  it.each([
    ['build', 'exit 3', { code: 'exit-nonzero', exitCode: 3 }],
    ['query', 'case $1 in cquery) echo no such target >&2; exit 7 ;; esac', { code: 'exit-nonzero', exitCode: 7 }],
    ['archive', 'case $1 in info) echo / ;; cquery) echo no/such.tar ;; esac', { code: 'build-failed' }],
  ])('fails without its %s', async (_what, script, failure) => {
    await using project = await projectDir({});
    const { images, seen } = engine();
    const builder = bazelBuilder({ env: await withProgram(project, 'bazel', script), images });
    expect(await builder.build(buildOf(project.path), recordingWork().work)).toMatchObject({ failure });
    expect(seen).toEqual([]);
  });

  it('shows why a query failed', async () => {
    await using project = await projectDir({});
    const script = 'case $1 in cquery) echo no such target >&2; exit 7 ;; esac';
    const { work, text } = recordingWork();
    const builder = bazelBuilder({ env: await withProgram(project, 'bazel', script), images: engine().images });
    await builder.build(buildOf(project.path), work);
    expect(text()).toBe('no such target\n');
  });

  it('refuses several platforms, and an engine that keeps no images', async () => {
    const { images } = engine();
    const two = { ...buildOf('/'), platforms: ['linux/amd64', 'linux/arm64'] };
    const { work } = recordingWork();
    expect(await bazelBuilder({ env: {}, images }).build(two, work)).toMatchObject({
      failure: { code: 'unsupported' },
    });
    const none: Pick<ImageBuilder, 'push'> = { push: images.push };
    expect(await bazelBuilder({ env: {}, images: none }).build(buildOf('/'), work)).toMatchObject({
      failure: { code: 'unsupported' },
    });
  });
});
