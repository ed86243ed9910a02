import { failed, succeeded, type Outcome } from '../../../model/outcome.ts';
import type { Observation } from '../../../model/work.ts';
import { BuildFailed, buildFailure } from '../../build-failure.ts';
import { readBuildStep, stepProgress } from '../../build-step-line.ts';
import { diskFull } from '../../disk-full.ts';
import type { ImageBuild, ImagePush, PushedImage } from '../../image-builder.ts';
import { buildahDigest, buildahImage, pushingLine } from './buildah-command.ts';
import { builderDisk, type BuildEnd, type BuilderReport } from './builder-program.ts';

/**
 * Reads the output of the script from `buildahCommand`. Success is decided by the files that the script wrote, not by
 * its output.
 */
export class BuildahReport implements BuilderReport {
  readonly #pushes: readonly ImagePush[];
  #at: string | undefined;
  #said: string | undefined;

  constructor(build: Pick<ImageBuild, 'pushes'>) {
    this.#pushes = build.pushes ?? [];
  }

  line(text: string): Observation | undefined {
    const step = readBuildStep(text);
    if (step !== undefined) {
      this.#at = step.instruction;
      return stepProgress(step);
    }
    this.#said = /^Error: (.*)/.exec(text)?.[1] ?? this.#said;
    const pulling = /^Trying to pull (\S+?)\.\.\.$/.exec(text)?.[1];
    if (pulling !== undefined) return { type: 'image.pulling', image: pulling };
    const push = this.#pushes.find(({ reference }) => text === pushingLine(reference));
    return push && { type: 'image.pushing', image: push.reference };
  }

  ended(exitCode: number, results: ReadonlyMap<string, string>): BuildEnd {
    const id = results.get(buildahImage);
    const pushed = new Map<ImagePush, Outcome<PushedImage>>();
    const said = this.#said ?? `Buildah ended with exit code ${exitCode}`;
    if (id === undefined)
      return { built: failed(buildFailure(new BuildFailed(withoutDump(said), this.#at), builderDisk)), pushed };
    for (const [i, push] of this.#pushes.entries()) {
      const digest = results.get(buildahDigest(i));
      if (digest !== undefined) pushed.set(push, succeeded({ digest }));
      else {
        pushed.set(
          push,
          failed(
            diskFull(said, builderDisk) ?? {
              code: 'push-failed',
              image: push.reference,
              detail: said.replace(/^pushing image "[^"]*" to "[^"]*": /, ''),
              by: 'cluster',
            },
          ),
        );
        break;
      }
    }
    return { built: succeeded({ id }), pushed };
  }
}

/** Drops the memory dump that Buildah prints for an unknown instruction. */
function withoutDump(said: string): string {
  return said.replace(/ ?&imagebuilder\.Step\{.*$/s, '');
}
