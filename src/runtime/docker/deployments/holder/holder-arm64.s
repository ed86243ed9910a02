// Holds the network of a workload, and forwards TCP ports. Arguments: pairs of a port to listen on and a port of
// 127.0.0.1. Linux, arm64, position-independent, without a library. The same steps as holder-amd64.s.
// x19: the next argument, w20: port to listen on, w21: target port, w22, w23: sockets.
.text
.globl _start
_start:
    add x19, sp, #16                // argv[1]
    sub sp, sp, #32                 // struct kernel_sigaction: SIG_IGN, no flags, no restorer, no mask
    mov x9, #1
    stp x9, xzr, [sp]
    stp xzr, xzr, [sp, #16]
    mov x0, #17                     // SIGCHLD
    mov x1, sp
    mov x2, #0
    mov x3, #8
    mov x8, #134                    // rt_sigaction: ended children leave nothing behind
    svc #0
next_pair:
    ldr x1, [x19]
    cbz x1, hold
    bl number
    mov w20, w0
    ldr x1, [x19, #8]
    cbz x1, hold
    bl number
    mov w21, w0
    add x19, x19, #16
    bl fork
    cbnz x0, next_pair
    bl tcp_socket
    mov w22, w0
    sub sp, sp, #16
    mov w9, #1
    str w9, [sp]
    mov w0, w22
    mov x1, #1                      // SOL_SOCKET
    mov x2, #2                      // SO_REUSEADDR
    mov x3, sp
    mov x4, #4
    mov x8, #208                    // setsockopt
    svc #0
    mov x8, #200                    // bind
    mov w0, w22
    mov w9, w20
    mov w10, #0                     // 0.0.0.0
    bl with_address
    cbnz x0, quit
    mov w0, w22
    mov x1, #128
    mov x8, #201                    // listen
    svc #0
accept:
    mov w0, w22
    mov x1, #0
    mov x2, #0
    mov x8, #202                    // accept
    svc #0
    tbnz x0, #63, later
    mov w23, w0
    bl fork
    cbz x0, connection
    mov w0, w23
    mov x8, #57                     // close
    svc #0
    b accept
later:                              // too many files or processes: wait a moment
    sub sp, sp, #16
    movz x9, #0xe100                // 100,000,000 ns
    movk x9, #0x5f5, lsl #16
    stp xzr, x9, [sp]
    mov x0, sp
    mov x1, #0
    mov x8, #101                    // nanosleep
    svc #0
    add sp, sp, #16
    b accept
connection:
    mov w0, w22
    mov x8, #57                     // close the listening socket
    svc #0
    bl tcp_socket
    mov w22, w0
    mov x8, #203                    // connect
    mov w9, w21
    movz w10, #0x007f               // 127.0.0.1
    movk w10, #0x0100, lsl #16
    bl with_address
    cbnz x0, quit
    bl fork                         // one process for each direction
    cbz x0, copy
    mov w9, w22
    mov w22, w23
    mov w23, w9
copy:                               // from w23 to w22
    sub sp, sp, #16, lsl #12
more:
    mov w0, w23
    mov x1, sp
    mov x2, #0x10000
    mov x8, #63                     // read
    svc #0
    cmp x0, #0
    b.le done
    mov x24, x0
    mov x25, sp
write:
    mov w0, w22
    mov x1, x25
    mov x2, x24
    mov x8, #64                     // write
    svc #0
    cmp x0, #0
    b.le done
    add x25, x25, x0
    subs x24, x24, x0
    b.ne write
    b more
done:
    mov w0, w22
    mov x1, #1
    mov x8, #210                    // shutdown(SHUT_WR): the other direction goes on
    svc #0
quit:
    mov x0, #0
    mov x8, #93                     // exit
    svc #0
hold:
    mov x0, #0
    mov x1, #0
    mov x2, #0
    mov x3, #0
    mov x4, #0
    mov x8, #73                     // ppoll(none, no limit)
    svc #0
    b hold

fork:                               // clone(SIGCHLD)
    mov x0, #17
    mov x1, #0
    mov x2, #0
    mov x3, #0
    mov x4, #0
    mov x8, #220
    svc #0
    ret

tcp_socket:                         // returns a socket in w0
    mov x0, #2                      // AF_INET
    mov x1, #1                      // SOCK_STREAM
    mov x2, #0
    mov x8, #198
    svc #0
    ret

with_address:                       // the call in x8 on the socket in w0, with port w9 and address w10
    rev16 w9, w9                    // network byte order
    lsl w9, w9, #16
    orr w9, w9, #2                  // AF_INET
    sub sp, sp, #16
    stp w9, w10, [sp]
    str xzr, [sp, #8]
    mov x1, sp
    mov x2, #16
    svc #0
    add sp, sp, #16
    ret

number:                             // returns the decimal number at x1 in w0
    mov w0, #0
    mov w11, #10
digit:
    ldrb w9, [x1], #1
    sub w9, w9, #48
    cmp w9, #9
    b.hi number_end
    madd w0, w0, w11, w9
    b digit
number_end:
    ret
