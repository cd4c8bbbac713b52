/* The program of the demo's last job, in an image of its own: 504 bytes, nothing else. program.ts has it built:
   gcc -c stamp.S && ld -N --build-id=none -s -o stamp stamp.o */
/* Prints when it runs, in nanoseconds, and 64 random bits: {"at":"<16 hex digits>","id":"<16 hex digits>"} and a line break. */
	.globl _start
_start:
	sub $64, %rsp
	mov %rsp, %rsi               /* clock_gettime(CLOCK_REALTIME, rsp) */
	xor %edi, %edi
	mov $228, %eax
	syscall
	imul $1000000000, (%rsp), %rbx
	add 8(%rsp), %rbx
	mov %rsp, %rdi               /* getrandom(rsp, 8, 0) */
	push $8
	pop %rsi
	xor %edx, %edx
	mov $318, %eax
	syscall
	mov (%rsp), %rbp
	lea text+7(%rip), %rdi
	call digits
	mov %rbp, %rbx
	lea text+31(%rip), %rdi
	call digits
	push $1                      /* write(1, text, 50) */
	pop %rdi
	lea text(%rip), %rsi
	push $50
	pop %rdx
	push $1
	pop %rax
	syscall
	xor %edi, %edi               /* exit(0) */
	push $60
	pop %rax
	syscall

digits:                              /* rbx in hexadecimal digits at rdi */
	push $16
	pop %rcx
1:	rol $4, %rbx
	mov %ebx, %eax
	and $15, %al
	add $48, %al
	cmp $58, %al
	jb 2f
	add $39, %al
2:	stosb
	loop 1b
	ret

text:	.ascii "{\"at\":\"0123456789abcdef\",\"id\":\"0123456789abcdef\"}\n"
