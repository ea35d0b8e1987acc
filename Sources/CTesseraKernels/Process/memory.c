// Memory for tensors, and for what the kernels of a thread keep from call to call.
#include "../Levels/tables.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

static const size_t hugePage = 2 << 20;

void *tessera_allocate(size_t byteCount) {
    const int isLarge = byteCount >= 2 * hugePage;
    const size_t alignment = isLarge ? hugePage : 64;
    const size_t size = (byteCount + alignment - 1) / alignment * alignment;
    void *memory = aligned_alloc(alignment, size);
    if (!memory) abort();
#if defined(MADV_HUGEPAGE)
    if (isLarge) madvise(memory, size, MADV_HUGEPAGE);  // If the system declines, pages stay small.
#endif
    return memory;
}

void tessera_deallocate(void *memory) { free(memory); }

// A thread's own, which grows and is never given back before the thread ends: a call costs no system
// call.
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local size_t capacity;

static void makeKey(void) {
    if (pthread_key_create(&key, free)) abort();
}

void *tessera_scratch(size_t byteCount) {
    pthread_once(&once, makeKey);
    if (byteCount <= capacity) return pthread_getspecific(key);
    free(pthread_getspecific(key));
    capacity = (byteCount + 63) / 64 * 64;
    void *memory = tessera_allocate(capacity);
    if (pthread_setspecific(key, memory)) abort();
    return memory;
}
