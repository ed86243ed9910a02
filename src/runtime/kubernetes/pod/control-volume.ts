/**
 * The volume through which the helper, the gates and we speak: `NAME.WORD` in it, of every container. Files say what is
 * so; beside a file that somebody waits for is a FIFO, which wakes whoever waits to look again. Nothing is said by a
 * FIFO alone, so no wake-up can be lost.
 *
 * | file | FIFO | says |
 * |---|---|---|
 * | `user` | `here` | the gate has come: `UID:GID` that its command will run as |
 * | `go` | `open` | the gate is open |
 * | `stop` | `open` | whoever waits at the gate goes home; whoever is past it is told by a signal |
 * | `pid` | | the command is about to begin, as this process of its container |
 * | `failed` | | there was no program to run |
 * | `code` | `end` | the command has ended: its exit code, or `start-failed COMMAND` |
 */
export const controlPath = '/.slipway-pod';
export const controlVolume = 'slipway-control';
/** The last entry of the archive that fills a pod: a stream that was cut between two entries looks whole otherwise. */
export const completeFile = `${controlPath}/complete`;

/** Which process of the helper's container fills the pod or opens a gate, by its id. */
export const claimFile = `${controlPath}/claim`;

/** The container that hands files to a pod and takes them from it, and lives as long as the pod does. */
export const helperContainer = 'slipway';
/** In pods without gates: the init container that is filled before anything else begins. */
export const fillContainer = 'slipway-fill';
/** `$0` of our shells, and so what stands before their messages. */
export const gateName = 'slipway-gate';
