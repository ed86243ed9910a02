# Holds the network of a workload, and forwards TCP ports. Arguments: pairs of a port to listen on and a port of
# 127.0.0.1. Linux, x86-64, position-independent, without a library. See make-holder-programs.mjs.
# r12: port to listen on, r13: target port, r14, r15: sockets, rbp: the next argument.
.intel_syntax noprefix
.text
.globl _start
_start:
    lea rbp, [rsp + 16]             # argv[1]
    push 0                          # struct kernel_sigaction: SIG_IGN, no flags, no restorer, no mask
    push 0
    push 0
    push 1
    mov eax, 13                     # rt_sigaction(SIGCHLD, ...): ended children leave nothing behind
    mov edi, 17
    mov rsi, rsp
    xor edx, edx
    mov r10d, 8
    syscall
next_pair:
    mov rsi, [rbp]
    test rsi, rsi
    jz hold
    call number
    mov r12d, eax
    mov rsi, [rbp + 8]
    test rsi, rsi
    jz hold
    call number
    mov r13d, eax
    add rbp, 16
    mov eax, 57                     # fork
    syscall
    test eax, eax
    jnz next_pair
    call tcp_socket
    mov r14d, eax
    push 1
    mov eax, 54                     # setsockopt(SOL_SOCKET, SO_REUSEADDR)
    mov edi, r14d
    mov esi, 1
    mov edx, 2
    mov r10, rsp
    mov r8d, 4
    syscall
    mov eax, 49                     # bind
    mov ecx, r12d
    xor ebx, ebx                    # 0.0.0.0
    mov edi, r14d
    call with_address
    test eax, eax
    jnz quit
    mov eax, 50                     # listen
    mov edi, r14d
    mov esi, 128
    syscall
accept:
    mov eax, 43                     # accept
    mov edi, r14d
    xor esi, esi
    xor edx, edx
    syscall
    test eax, eax
    js later
    mov r15d, eax
    mov eax, 57                     # fork
    syscall
    test eax, eax
    jz connection
    mov eax, 3                      # close
    mov edi, r15d
    syscall
    jmp accept
later:                              # too many files or processes: wait a moment
    mov eax, 7                      # poll(none, 100 ms)
    xor edi, edi
    xor esi, esi
    mov edx, 100
    syscall
    jmp accept
connection:
    mov eax, 3                      # close the listening socket
    mov edi, r14d
    syscall
    call tcp_socket
    mov r14d, eax
    mov eax, 42                     # connect
    mov ecx, r13d
    mov ebx, 0x0100007f             # 127.0.0.1
    mov edi, r14d
    call with_address
    test eax, eax
    jnz quit
    mov eax, 57                     # fork: one process for each direction
    syscall
    test eax, eax
    jz copy
    xchg r14d, r15d
copy:                               # from r15 to r14
    sub rsp, 65536
more:
    xor eax, eax                    # read
    mov edi, r15d
    mov rsi, rsp
    mov edx, 65536
    syscall
    test rax, rax
    jle done
    mov rbx, rax
    mov rsi, rsp
write:
    mov eax, 1                      # write
    mov edi, r14d
    mov rdx, rbx
    syscall
    test rax, rax
    jle done
    add rsi, rax
    sub rbx, rax
    jnz write
    jmp more
done:
    mov eax, 48                     # shutdown(SHUT_WR): the other direction goes on
    mov edi, r14d
    mov esi, 1
    syscall
quit:
    mov eax, 60                     # exit(0)
    xor edi, edi
    syscall
hold:
    mov eax, 34                     # pause
    syscall
    jmp hold

tcp_socket:                         # returns a socket in eax
    mov eax, 41
    mov edi, 2                      # AF_INET
    mov esi, 1                      # SOCK_STREAM
    xor edx, edx
    syscall
    ret

with_address:                       # the call in eax on the socket in edi, with port ecx and address ebx
    xchg cl, ch                     # network byte order
    shl ecx, 16
    or ecx, 2                       # AF_INET
    push 0
    push 0
    mov [rsp], ecx
    mov [rsp + 4], ebx
    mov rsi, rsp
    mov edx, 16
    syscall
    add rsp, 16
    ret

number:                             # returns the decimal number at rsi in eax
    xor eax, eax
digit:
    movzx ecx, byte ptr [rsi]
    sub ecx, 48
    cmp ecx, 9
    ja number_end
    imul eax, eax, 10
    add eax, ecx
    inc rsi
    jmp digit
number_end:
    ret
