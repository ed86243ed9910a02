import { failed, succeeded, type Failure, type Outcome } from '../../../model/outcome.ts';
import type { Observation } from '../../../model/work.ts';
import { BuildFailed, buildFailure } from '../../build-failure.ts';
import { diskFull } from '../../disk-full.ts';
import type { ImageBuild, ImagePush, PushedImage } from '../../image-builder.ts';
import { parseImageReference } from '../../../registry/image-reference.ts';
import { builderDisk, type BuildEnd, type BuilderReport } from './builder-program.ts';
import { kanikoDigest } from './kaniko-command.ts';

const instruction =
  /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR) /;

/** Reads Kaniko's output: one log line for each action, the output of instructions in between, the error at the end. */
export class KanikoReport implements BuilderReport {
  readonly #pushes: readonly ImagePush[];
  /** Instructions started so far. Kaniko does not print the total. */
  #count = 0;
  #at: string | undefined;
  /** The base image that Kaniko is fetching. */
  #fetching: string | undefined;
  #said: string | undefined;

  constructor(build: Pick<ImageBuild, 'pushes'>) {
    this.#pushes = build.pushes ?? [];
  }

  line(text: string): Observation | undefined {
    const told = /^\w{4}\[\d+\] (.*)$/.exec(withoutColours(text).trimEnd())?.[1];
    if (told !== undefined) return this.#told(told.trimEnd());
    if (text.startsWith('error ')) this.#said = text;
    return undefined;
  }

  ended(exitCode: number, results: ReadonlyMap<string, string>): BuildEnd {
    const digest = results.get(kanikoDigest);
    if (exitCode === 0 && digest !== undefined) return this.#end(digest, this.#pushes.length, undefined);
    const said =
      this.#said ?? `Kaniko ended with exit code ${exitCode}${exitCode === 0 ? ' and printed no digest' : ''}`;
    const refused = this.#refused(said);
    if (refused === undefined) return { built: failed(this.#buildFailure(said)), pushed: new Map() };
    const { push, failure } = refused;
    // Kaniko checks the push permission before it builds, so no image exists.
    return digest === undefined
      ? { built: failed(failure), pushed: new Map([[push, failed(failure)]]) }
      : this.#end(digest, this.#pushes.indexOf(push), failure);
  }

  #told(message: string): Observation | undefined {
    this.#fetching = /^Retrieving image (?:manifest )?(\S+)/.exec(message)?.[1];
    if (this.#fetching !== undefined)
      return message.includes(' from registry ') ? { type: 'image.pulling', image: this.#fetching } : undefined;
    const stage = /^Building stage '(.*)' \[idx:/.exec(message)?.[1];
    if (stage !== undefined) return this.#progress(`FROM ${stage}`, undefined);
    if (instruction.test(message)) return this.#progress(message, message);
    const pushing = /^Pushing image to (\S+)/.exec(message)?.[1];
    return pushing === undefined
      ? undefined
      : { type: 'image.pushing', image: this.#pushOf(pushing)?.reference ?? pushing };
  }

  /** @param at the step that an error is attributed to: the base image is already there when its stage begins */
  #progress(subject: string, at: string | undefined): Observation {
    this.#at = at;
    this.#count++;
    return { type: 'progress', subject, current: this.#count };
  }

  /** All pushes are of one image, in the order of the build. */
  #end(digest: string, pushed: number, failure: Failure | undefined): BuildEnd {
    const all = this.#pushes
      .slice(0, pushed)
      .map((push): [ImagePush, Outcome<PushedImage>] => [push, succeeded({ digest })]);
    const next = this.#pushes[pushed];
    if (failure !== undefined && next !== undefined) all.push([next, failed(failure)]);
    return { built: succeeded({ id: digest }), pushed: new Map(all) };
  }

  #refused(said: string): { push: ImagePush; failure: Failure } | undefined {
    const [, reference, detail = ''] =
      /^error checking push permissions.*?: checking push permission for "([^"]+)": (.*)/s.exec(said) ??
      /^error pushing image: failed to push to destination (\S+): (.*)/s.exec(said) ??
      [];
    const push = reference === undefined ? undefined : this.#pushOf(reference);
    return (
      push && {
        push,
        failure: diskFull(said, builderDisk) ?? { code: 'push-failed', image: push.reference, detail, by: 'cluster' },
      }
    );
  }

  #buildFailure(said: string): Failure {
    return buildFailure(
      new BuildFailed(withoutPrefixes(said), this.#fetching === undefined ? this.#at : `FROM ${this.#fetching}`),
      builderDisk,
    );
  }

  /** Kaniko prints full image names. */
  #pushOf(said: string): ImagePush | undefined {
    const wanted = fullName(said);
    return this.#pushes.find(({ reference }) => fullName(reference) === wanted) ?? this.#pushes[0];
  }
}

function fullName(reference: string): string {
  const { registry, repository, tag } = parseImageReference(reference);
  return `${registry}/${repository}:${tag}`;
}

/** Removes the prefixes of Kaniko's own functions from an error. */
function withoutPrefixes(said: string): string {
  return said.replace(
    /^(?:(?:error building image|error building stage|parsing dockerfile|failed to execute command|waiting for process to exit|unable to complete operation after \d+ attempts, last error): ?)+/,
    '',
  );
}

function withoutColours(text: string): string {
  return text.replace(/\x1b\[[0-9;]*m/g, '');
}
