/** One smallest invalid Dockerfile for every code; TypeScript requires one for each. */
import type { dockerfileCodes } from '../../src/build/dockerfile/dockerfile-codes.ts';

export type DockerfileCode = keyof typeof dockerfileCodes;

export interface DockerfileExample {
  readonly text: string;
  readonly target?: string;
  readonly ignore?: string;
  /** Too long to show. */
  readonly hidden?: true;
}

const from = (...lines: readonly string[]): DockerfileExample => ({
  text: ['FROM busybox:1', ...lines, ''].join('\n'),
});

export const dockerfileExamples: Record<DockerfileCode, DockerfileExample> = {
  D001: { text: '# nothing yet\n' },
  D002: from('RUNN make'),
  D003: from('COPY --chwon=1 . .'),
  D004: from('COPY --link=maybe . .'),
  D005: from('COPY .'),
  D006: { text: '# escape=/\nFROM busybox:1\n' },
  D007: from('RUN <<EOF', 'make'),
  D008: from('COPY a <<EOF', 'EOF'),
  D009: { text: 'RUN make\nFROM busybox:1\n' },
  D010: { text: 'FROM busybox:1 AS 1st\n' },
  D011: from('SHELL sh -c'),
  D012: from('ENV A=1 B'),
  D013: from('ONBUILD FROM busybox:1'),
  D014: from('WORKDIR ${HOME'),
  D015: {
    text: 'FROM busybox:1\nCOPY --from=tools /a /a\nFROM busybox:1 AS tools\nFROM busybox:1\nCOPY --from=0 /a /a\n',
  },
  D016: from('COPY --from=$TOOLS /a /a'),
  D017: from('RUN --mount=type=cache,traget=/root make'),
  D018: { text: 'ARG BASE\nFROM $BASE\n' },
  D019: { text: 'FROM busybox:1 AS tools\n', target: 'tool' },
  D020: from('COPY https://example.org/a /a'),
  D021: { text: `FROM busybox:1\nRUN echo ${'x'.repeat(70_000)}\n`, hidden: true },
  D022: from('HEALTHCHECK curl localhost'),
  D023: { text: 'FROM Busybox:1\n' },
  D024: { ...from('COPY . .'), ignore: 'a[\n' },
};
