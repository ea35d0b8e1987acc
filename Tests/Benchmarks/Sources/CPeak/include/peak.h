// The arithmetic peak of a core, measured without touching memory.
#ifndef PEAK_H
#define PEAK_H

#include <stdint.h>

// Runs multiply-adds in registers, with the widest vectors this processor has, and returns how many
// floating-point operations that was.
double peak_run(int64_t rounds);

#endif
