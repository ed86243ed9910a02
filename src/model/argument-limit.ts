/**
 * The most bytes of one argument, or one `NAME=value` of an environment, with which Linux starts a program (execve(2)).
 * `MAX_ARG_STRLEN` is 32 pages of 4 KiB, with the NUL at the end. It holds in containers as on the host.
 */
export const longestArgument = 32 * 4096 - 1;
