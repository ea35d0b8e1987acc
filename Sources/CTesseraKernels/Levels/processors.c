// How many processors this process may use.
#define _GNU_SOURCE
#include "tessera_kernels.h"

#include <limits.h>
#include <sched.h>
#include <stdio.h>

// The processors' worth of time that a container's limit leaves (cgroup version 2), rounded up: more
// threads than that would only take it from each other.
static int quota(void) {
    long allowed = 0, period = 0;
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (!file) return INT_MAX;
    const int found = fscanf(file, "%ld %ld", &allowed, &period); // "max" where there is no limit
    fclose(file);
    if (found != 2 || allowed <= 0 || period <= 0) return INT_MAX;
    const long processors = (allowed + period - 1) / period;
    return processors < INT_MAX ? (int)processors : INT_MAX;
}

int tessera_usable_processors(void) {
    int processors = 1;
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) processors = CPU_COUNT(&set);
#endif
    const int limit = quota();
    return processors < limit ? processors : limit;
}
