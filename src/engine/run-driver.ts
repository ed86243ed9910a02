/** What the command line, and later the server, asks of the engine. */
import type { RunId } from '../model/ids.ts';
import type { EndStatus } from '../model/status.ts';

export interface DriveResult {
  readonly run: RunId;
  readonly status: EndStatus;
  readonly because?: 'configuration' | 'runtime' | 'store' | 'user' | 'shutdown';
}
