/**
 * The maximum size in bytes of one argument or one `NAME=value` of the environment on Linux (execve(2)).
 * `MAX_ARG_STRLEN` is 32 pages of 4 KiB, including the final NUL. It applies in containers and on the host.
 */
export const longestArgument = 32 * 4096 - 1;
