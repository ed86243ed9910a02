/**
 * The volume through which the helper, the gates and Slipway communicate. It holds files `NAME.WORD` for each
 * container. Files hold the state. A process that waits for a file reads the FIFO beside it, and rechecks the file when
 * woken. A FIFO alone carries no state, so no wake-up can be lost.
 *
 * | file | FIFO | meaning |
 * |---|---|---|
 * | `user` | `here` | the gate is waiting; its command will run as `UID:GID` |
 * | `go` | `open` | the gate is open |
 * | `stop` | `open` | a gate that still waits exits; a command that has begun gets a signal |
 * | `pid` | | the command is about to begin, with this process id in its container |
 * | `failed` | | the program was not found |
 * | `code` | `end` | the command has ended: its exit code, or `start-failed COMMAND` |
 */
export const controlPath = '/.slipway-pod';
export const controlVolume = 'slipway-control';
/**
 * The last entry of the archive that fills a pod. A stream that is cut between two entries looks complete otherwise.
 */
export const completeFile = `${controlPath}/complete`;

/** Holds the id of the helper's process that fills the pod or opens a gate. */
export const claimFile = `${controlPath}/claim`;

/** The container that transfers files to and from the pod. It runs as long as the pod does. */
export const helperContainer = 'slipway';
/** In pods without gates: the init container that receives the files before any other container starts. */
export const fillContainer = 'slipway-fill';
/** `$0` of our shells. It prefixes their messages. */
export const gateName = 'slipway-gate';
