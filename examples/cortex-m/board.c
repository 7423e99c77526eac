/* SPDX-License-Identifier: 0BSD */
/* board: what happens before main: the vector table, the FPU, initialised memory; output by
 * semihosting, through the debugger or qemu. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern char stack_top[], data_start[], data_end[], data_from[], bss_start[], bss_end[];
extern void initialise_monitor_handles(void);      /* newlib's, of librdimon */
int main(void);

__attribute__((noreturn)) void reset(void)
{
    volatile uint32_t *cpacr = (uint32_t *)0xE000ED88;

    *cpacr |= 0xFu << 20;                /* full access to coprocessors 10 and 11, the FPU */
    __asm volatile("dsb; isb");
    memcpy(data_start, data_from, (size_t)(data_end - data_start));
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
    initialise_monitor_handles();
    exit(main());
}

static void fault(void)
{
    exit(1);
}

/* Stack, reset, and the faults of ARMv7-M: NMI, hard, memory, bus, usage. */
__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    (void (*)(void))stack_top, reset, fault, fault, fault, fault, fault,
};
