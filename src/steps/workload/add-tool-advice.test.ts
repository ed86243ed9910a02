import { expect, test } from 'vitest';
import { failed, succeeded, type Failure } from '../../model/outcome.ts';
import { addToolAdvice } from './add-tool-advice.ts';

const work = { image: 'tools/kubectl:1', tool: 'kubectl' } as const;
const noImage = { code: 'image-unavailable', image: work.image, detail: 'not found', by: 'cluster' } as const;
const notStarted: Failure = { code: 'start-failed', detail: 'no such file' };

test('a missing tool image gets the name of the tool', () => {
  expect(addToolAdvice(failed(noImage), work, false)).toEqual(failed({ ...noImage, tool: 'kubectl' }));
});

test.each([
  ['another image', { ...noImage, image: 'tools/busybox:1' }, work, false],
  ['the image of a step without a tool', noImage, { image: 'tools/kubectl:1' }, false],
  ['a command that is missing in an image', notStarted, work, false],
  ['a step without a tool on the host', notStarted, { image: '' }, true],
  ['a lost engine', { code: 'runtime-lost', detail: 'gone' } as const, work, true],
])('%s is left unchanged', (_, failure, about, onHost) => {
  expect(addToolAdvice(failed(failure), about, onHost)).toEqual(failed(failure));
});

test.each([
  ['kubectl', 'kubectl'],
  ['helm', 'helm'],
  ['nuget', 'dotnet'],
] as const)('on the host the failure names the program to install for %s', (tool, program) => {
  expect(addToolAdvice(failed(notStarted), { image: '', tool }, true)).toEqual(
    failed({ code: 'start-failed', detail: expect.stringContaining(`no such file; install ${program} `) as string }),
  );
});

test('a success is left unchanged', () => expect(addToolAdvice(succeeded(1), work, true)).toEqual(succeeded(1)));
