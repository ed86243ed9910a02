import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { currentFolder, StreamScreen } from './process-host.ts';
import { nextTurn } from '../util/next-turn.ts';

/** As Node creates one for a pipe. */
function screenOn(stream: Writable, env: Record<string, string> = {}): StreamScreen {
  return new StreamScreen(stream as unknown as NodeJS.WriteStream, env);
}

describe('the current folder', () => {
  const gone = () => {
    throw Object.assign(new Error('ENOENT: no such file or directory, uv_cwd'), { code: 'ENOENT' });
  };

  it.each<[string, () => string, Record<string, string>, string]>([
    ['is that of the process', () => '/work', { PWD: '/elsewhere' }, '/work'],
    ['that was removed is called as the shell calls it', gone, { PWD: '/work' }, '/work'],
    ['that was removed, where no shell says anything', gone, {}, '/'],
  ])('%s', (_, cwd, env, expected) => expect(currentFolder({ cwd, env })).toBe(expected));
});

describe('a screen', () => {
  it('lets its writers wait until the reader has caught up', async () => {
    const stream = new PassThrough({ highWaterMark: 10 });
    const screen = screenOn(stream);
    await screen.write('short');
    let written = false;
    const writing = screen.write('longer than ten').then(() => (written = true));
    await nextTurn();
    expect(written).toBe(false);
    stream.resume();
    await writing;
  });

  it('ignores a closed reader: later output is dropped, and waiting writers continue', async () => {
    const stream = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const screen = screenOn(stream);
    await screen.write('anything');
    expect(screen.closed).toBe(true);
    await screen.write('more');
    await screen.flush();
  });

  it.for([
    ['EPIPE', undefined],
    ['ENOSPC', 'write ENOSPC'],
    ['EIO', 'write EIO'],
  ] as const)('remembers a failed write that is not the doing of its reader: %s', async ([code, failure]) => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
    });
    const screen = screenOn(stream);
    await screen.write('anything');
    await screen.flush();
    expect(screen.failure?.message).toBe(failure);
    expect(screen.closed).toBe(true);
  });

  it('gives back a cursor that was hidden, and only that', () => {
    const stream = new PassThrough();
    const screen = screenOn(stream);
    void screen.write('text');
    screen.restore();
    void screen.write('\x1b[?25l\x1b[?25h');
    screen.restore();
    void screen.write('\x1b[?25l');
    screen.restore();
    screen.restore();
    expect(String(stream.read())).toBe('text\x1b[?25l\x1b[?25h\x1b[?25l\x1b[?25h');
  });

  it('has a size also where there is no window', () => {
    expect([screenOn(new PassThrough()).columns, screenOn(new PassThrough()).rows]).toEqual([80, 24]);
    expect(screenOn(new PassThrough(), { COLUMNS: '132' }).columns).toBe(132);
  });
});
