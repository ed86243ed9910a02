import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { Connection } from './connection.ts';

const schema = { format: 1, create: 'CREATE TABLE file.t (n INTEGER)', migrations: {} };

it.each([
  ['with the transaction open', () => undefined],
  ['after SQLite has rolled back', (connection: Connection) => void connection.run('ROLLBACK')],
])('a failed read in a snapshot throws its own error: %s', async (_, before) => {
  using folder = temporaryFolder();
  const connection = await Connection.open(`${folder.path}/t.db`, schema);
  const read = () => {
    before(connection);
    throw new Error('disk I/O error');
  };
  expect(() => connection.snapshot(read)).toThrow('disk I/O error');
  expect(connection.snapshot(() => connection.number('SELECT count(*) FROM t'))).toBe(0);
  connection.close();
});
