# Where the jumps of arch/x86_64/shortcuts.c lead, with the call's number in %eax. Like a call of the kernel it keeps the flags
# and every register but %rax, %rcx and %r11. Afterwards %rcx says whether %rax is the answer.
	.text
	.globl shortcut_entry
shortcut_entry:
	push %rbp
	push %r9
	push %r8
	push %r10
	push %rdx
	push %rsi
	push %rdi
	mov %rsp, %rsi
	mov %rax, %rdi
	lahf
	seto %al # not pushf: a step of the tracer's would be seen in it
	push %rax
	mov %rsp, %rbp
	and $-16, %rsp
	cld
	call take_shortcut
	mov %rdx, %rcx
	mov %rax, %r11
	mov %rbp, %rsp
	pop %rax
	add $0x7f, %al
	sahf
	mov %r11, %rax
	pop %rdi
	pop %rsi
	pop %rdx
	pop %r10
	pop %r8
	pop %r9
	pop %rbp
	ret
	.section .note.GNU-stack,"",@progbits
