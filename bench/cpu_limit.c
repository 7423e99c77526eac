/* SPDX-License-Identifier: Apache-2.0 */
/* cpu_limit: a process that believes to be on an x86-64-v3: no AVX-512, no AMX.
 *
 *     cc -shared -fPIC -O2 cpu_limit.c -o cpu_limit.so; LD_PRELOAD=./cpu_limit.so program
 *
 * The runtimes that mnc is compared with look at cpuid and take the best that there is; few can be
 * told not to.  Linux can make cpuid fault (arch_prctl ARCH_SET_CPUID, where the CPU has it); the
 * handler runs the instruction itself and hides what shall not be seen.  Threads inherit it;
 * programs that are started do too, through the environment.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { ARCH_SET_CPUID = 0x1012, CPUID_LENGTH = 2, STRUCTURED = 7 };

/* Bits of leaf 7 (Intel SDM, volume 2A, CPUID): AVX-512 in all its parts, and AMX. */
enum {
    EBX_AVX512 = (int)(1u << 16 | 1u << 17 | 1u << 21 | 1u << 26 | 1u << 27 | 1u << 28 | 1u << 30
                       | 1u << 31),
    ECX_AVX512 = 1u << 1 | 1u << 6 | 1u << 11 | 1u << 12 | 1u << 14,
    EDX_AVX512 = 1u << 2 | 1u << 3 | 1u << 8 | 1u << 23, EDX_AMX = 1u << 22 | 1u << 24 | 1u << 25,
    EAX_1_BF16 = 1u << 5, EAX_1_AMX_FP16 = 1u << 21
};

static int limited;

static void hide(unsigned leaf, unsigned sub, unsigned r[4])
{
    if (leaf == STRUCTURED && sub == 0) {
        r[1] &= ~(unsigned)EBX_AVX512;
        r[2] &= ~(unsigned)ECX_AVX512;
        r[3] &= ~(unsigned)(EDX_AVX512 | EDX_AMX);
    } else if (leaf == STRUCTURED && sub == 1) {
        r[0] &= ~(unsigned)(EAX_1_BF16 | EAX_1_AMX_FP16);
    }
}

/* Any other fault happens again, with nobody to catch it. */
static void fault(int number, siginfo_t *info, void *context)
{
    greg_t *reg = ((ucontext_t *)context)->uc_mcontext.gregs;
    unsigned r[4], leaf = (unsigned)reg[REG_RAX], sub = (unsigned)reg[REG_RCX];

    (void)info;
    if (memcmp((const void *)reg[REG_RIP], "\x0f\xa2", CPUID_LENGTH)) {
        signal(number, SIG_DFL);
        return;
    }
    syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1L);
    __cpuid_count(leaf, sub, r[0], r[1], r[2], r[3]);
    syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0L);
    hide(leaf, sub, r);
    reg[REG_RAX] = r[0];
    reg[REG_RBX] = r[1];
    reg[REG_RCX] = r[2];
    reg[REG_RDX] = r[3];
    reg[REG_RIP] += CPUID_LENGTH;
}

/* Is the limit there?  For who must say so. */
int cpu_limited(void);
int cpu_limited(void)
{
    return limited;
}

__attribute__((constructor)) static void limit(void)
{
    struct sigaction action = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

    sigemptyset(&action.sa_mask);
    limited = !sigaction(SIGSEGV, &action, NULL) && !syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0L);
}
