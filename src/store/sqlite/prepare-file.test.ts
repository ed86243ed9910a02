import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection } from './connection.ts';
import type { Schema } from './prepare-file.ts';

const first: Schema = { format: 1, create: 'CREATE TABLE file.a (x); INSERT INTO file.a VALUES (1)', migrations: {} };
const second: Schema = {
  format: 2,
  create: 'CREATE TABLE file.a (x, y)',
  migrations: { 1: 'ALTER TABLE file.a ADD COLUMN y; UPDATE file.a SET y = x + 1' },
};
/** Has the tables of the second. */
const third: Schema = { ...second, format: 3 };
const fourth: Schema = {
  format: 4,
  create: 'CREATE TABLE file.a (x, y, z)',
  migrations: {
    ...third.migrations,
    3: (database) => database.exec('ALTER TABLE file.a ADD COLUMN z; UPDATE file.a SET z = y + 1'),
  },
};

describe('a file of an older format', () => {
  let folder: string;
  let path: string;
  let opened: Connection[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-prepare-'));
    path = join(folder, 'file.db');
    opened = [];
  });

  afterEach(async () => {
    for (const connection of opened) connection.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(schema: Schema): Promise<Connection> {
    const connection = await Connection.open(path, schema);
    opened.push(connection);
    return connection;
  }

  async function contents(schema: Schema): Promise<readonly unknown[]> {
    const connection = await open(schema);
    return [connection.format, ...connection.all('SELECT * FROM a').flat()];
  }

  it('gets every change since its format, once', async () => {
    expect(await contents(first)).toEqual([1, 1]);
    expect(await contents(second)).toEqual([2, 1, 2]);
    expect(await contents(second)).toEqual([2, 1, 2]);
    expect(await contents(fourth)).toEqual([4, 1, 2, 3]);
  });

  it('gets all of them at once', async () => {
    await open(first);
    expect(await contents(fourth)).toEqual([4, 1, 2, 3]);
  });

  it('stays as it is if its tables are those of the new format', async () => {
    await open(first);
    await open(second);
    expect(await contents(third)).toEqual([2, 1, 2]);
    expect(await contents(second)).toEqual([2, 1, 2]);
  });

  it('is refused by an older program once it was migrated', async () => {
    await open(first);
    await open(fourth);
    await expect(open(second)).rejects.toMatchObject({ code: 'newer-format', help: 'update Slipway' });
  });

  it('stays as it is if a change fails', async () => {
    await open(first);
    const broken: Schema = { ...fourth, migrations: { ...fourth.migrations, 3: 'ALTER TABLE file.b ADD COLUMN z' } };
    await expect(open(broken)).rejects.toThrow('no such table');
    expect(await contents(first)).toEqual([1, 1]);
    expect(await contents(fourth)).toEqual([4, 1, 2, 3]);
  });

  it('can still be used by a process that opened it before', async () => {
    const old = await open(first);
    expect(old.get('SELECT * FROM a')).toEqual([1]);
    await open(second);
    await old.write(() => old.run('UPDATE a SET x = 5'));
    expect(await contents(second)).toEqual([2, 5, 2]);
  });
});
