import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readableFile } from './readable-file.ts';

describe('readable file', () => {
  let folder: string;
  let path: string;
  let writer: Database.Database;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-readable-'));
    path = join(folder, 'a b%?.db');
    writer = new Database(path);
    writer.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x); PRAGMA wal_checkpoint(TRUNCATE)');
  });

  afterEach(() => {
    writer.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function rowsOf(target: string): number {
    const reader = new Database(':memory:');
    reader.prepare('ATTACH ? AS file').run([target]);
    const [row] = reader.prepare('SELECT count(*) FROM file.t').raw().all([]) as number[][];
    reader.exec('DETACH file');
    reader.close();
    return row?.[0] ?? NaN;
  }

  it('is the file itself without a WAL', () => {
    const file = readableFile(path);
    expect(file).toMatchObject({ stale: false, copied: false });
    expect(rowsOf(file.target)).toBe(0);
  });

  it('is a copy with the content of the WAL, which leaves nothing behind', () => {
    writer.exec('INSERT INTO t VALUES (1)');
    const file = readableFile(path, [join(folder, 'nowhere'), tmpdir()]);
    expect(file).toMatchObject({ stale: false, copied: true });
    expect(rowsOf(file.target)).toBe(1);
    file.forget();
    expect(existsSync(dirname(file.target))).toBe(false);
  });

  it('is the file without its WAL if there is no room for a copy, and reports it', () => {
    writer.exec('INSERT INTO t VALUES (1)');
    const file = readableFile(path, [join(folder, 'nowhere')]);
    expect(file).toMatchObject({ stale: true, copied: false });
    expect(rowsOf(file.target)).toBe(0);
  });
});
