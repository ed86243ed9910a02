import { Writable } from 'node:stream';
import type { AskOptions, Input } from './host.ts';
import { onAbort } from '../util/abort.ts';

/** Reads what the user types. Prints questions to a stream that is visible even if the output is piped. */
export function streamInput(stdin: NodeJS.ReadStream, questions: NodeJS.WriteStream): Input {
  const ahead: string[] = [];
  return {
    isTerminal: stdin.isTTY === true,
    ask: async (question, options = {}) => await ask({ stdin, questions, ahead }, question, options),
    bytes: () => stdin,
    raw: () => rawBytes(stdin),
  };
}

interface Asking {
  readonly stdin: NodeJS.ReadStream;
  readonly questions: NodeJS.WriteStream;
  /** Hidden lines that arrived with an earlier answer, for example two pasted passwords. */
  readonly ahead: string[];
}

async function ask(
  { stdin, questions, ahead }: Asking,
  question: string,
  options: AskOptions,
): Promise<string | undefined> {
  const { hidden = false, signal, interrupted } = options;
  if (hidden && ahead.length > 0) {
    questions.write(`${question}\n`);
    return ahead.shift();
  }
  // Most commands ask nothing.
  const { createInterface } = await import('node:readline');
  // Only a hidden answer needs raw mode. Otherwise the terminal edits the line, and Ctrl-C stays a signal.
  const reader = hidden
    ? createInterface({
        input: stdin,
        output: new Writable({ write: (_chunk, _encoding, done) => done() }),
        terminal: stdin.isTTY === true,
      })
    : createInterface({ input: stdin, terminal: false });
  // Print the question last: what the user types once it is visible must not be echoed.
  questions.write(question);
  using _stopped = onAbort([signal], () => reader.close());
  try {
    return await new Promise<string | undefined>((resolve) => {
      reader.once('line', (line) => {
        resolve(line);
        if (hidden) reader.on('line', (next) => ahead.push(next));
      });
      reader.once('close', () => resolve(undefined));
      reader.once('SIGINT', () => {
        interrupted?.();
        resolve(undefined);
      });
    });
  } finally {
    reader.close();
    stdin.pause();
    if (hidden) questions.write('\n');
  }
}

function rawBytes(stdin: NodeJS.ReadStream): AsyncIterable<Uint8Array> & Disposable {
  const isTerminal = stdin.isTTY === true;
  if (isTerminal) stdin.setRawMode(true);
  return {
    async *[Symbol.asyncIterator]() {
      for await (const chunk of stdin) yield chunk as Uint8Array;
    },
    [Symbol.dispose]: () => {
      if (isTerminal) stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
