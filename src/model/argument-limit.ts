/**
 * How many bytes Linux takes as one argument or one `NAME=value` of an environment: `MAX_ARG_STRLEN` is 32 pages of 4 KiB with the NUL at
 * the end (execve(2)). What is larger keeps every program from being started, in a container as on the host.
 */
export const longestArgument = 32 * 4096 - 1;
