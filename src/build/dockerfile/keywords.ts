/** The instructions of a Dockerfile, and the flags and arguments that each one takes. */

/** `text`: one value; `switch`: on or off; `list`: may be given several times. */
export type FlagKind = 'text' | 'switch' | 'list';

export type ArgumentForm =
  /** Words, split at blanks. */
  | 'words'
  /** A JSON array, or words. */
  | 'json-or-words'
  /** A JSON array, or the whole line. */
  | 'json-or-line'
  | 'line'
  /** `name=value` pairs, or one name and its value. */
  | 'pairs'
  /** Names, with or without a value. */
  | 'names';

export interface Keyword {
  readonly form: ArgumentForm;
  /** Absent: BuildKit drops all flags without looking at them. */
  readonly flags?: Readonly<Record<string, FlagKind>>;
  readonly least: number;
  readonly most?: number;
  /** What it needs, for messages. */
  readonly wanted: string;
}

const some = { least: 1, wanted: 'at least one argument' } as const;
const one = { least: 1, most: 1, wanted: 'one argument' } as const;
const any = { least: 0, wanted: '' } as const;
const sourceAndDestination = { least: 2, wanted: 'at least a source and a destination' } as const;
const copied = { chown: 'text', chmod: 'text', link: 'switch', exclude: 'list' } as const;

export const keywords: Readonly<Record<string, Keyword>> = {
  ADD: {
    form: 'json-or-words',
    flags: { ...copied, 'keep-git-dir': 'switch', checksum: 'text', unpack: 'switch' },
    ...sourceAndDestination,
  },
  ARG: { form: 'names', ...some },
  CMD: { form: 'json-or-line', flags: {}, ...any },
  COPY: { form: 'json-or-words', flags: { from: 'text', ...copied, parents: 'switch' }, ...sourceAndDestination },
  ENTRYPOINT: { form: 'json-or-line', flags: {}, ...any },
  ENV: { form: 'pairs', flags: {}, ...some },
  EXPOSE: { form: 'words', flags: {}, ...some },
  FROM: { form: 'words', flags: { platform: 'text' }, least: 1, wanted: 'an image, or `IMAGE AS NAME`' },
  HEALTHCHECK: {
    form: 'line',
    flags: { interval: 'text', timeout: 'text', 'start-period': 'text', 'start-interval': 'text', retries: 'text' },
    ...some,
  },
  LABEL: { form: 'pairs', flags: {}, ...some },
  MAINTAINER: { form: 'line', flags: {}, ...one },
  ONBUILD: { form: 'line', flags: {}, ...some },
  RUN: {
    form: 'json-or-line',
    flags: { mount: 'list', network: 'text', security: 'text', device: 'list' },
    ...any,
  },
  SHELL: { form: 'json-or-line', flags: {}, ...some },
  STOPSIGNAL: { form: 'line', ...one },
  USER: { form: 'line', flags: {}, ...one },
  VOLUME: { form: 'json-or-words', flags: {}, ...some },
  WORKDIR: { form: 'line', flags: {}, ...one },
};

export const keywordNames: readonly string[] = Object.keys(keywords);
