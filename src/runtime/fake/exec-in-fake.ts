import type { ExecIo, Exit } from '../container-io.ts';
import type { FakeContainer } from './fake-container.ts';
import { interpret } from './interpret.ts';
import { verbLanguage } from './verb.ts';

/** Runs a command in a container that has not ended. There is no program but `fake`. */
export async function execInFake(container: FakeContainer, argv: readonly string[], io: ExecIo): Promise<Exit> {
  if (argv[0] !== verbLanguage.interpreter) return { code: 127 };
  const writes: Promise<void>[] = [];
  const running = container.process(argv, {
    killed: io.signal,
    print: (stream, bytes) =>
      void writes.push(Promise.resolve(stream === 'stdout' ? io.stdout?.(bytes) : io.stderr?.(bytes))),
    ...(io.stdin && { stdin: io.stdin }),
  });
  const code = await interpret(running);
  await Promise.all(writes);
  return { code: running.killed.aborted ? 137 : code };
}
