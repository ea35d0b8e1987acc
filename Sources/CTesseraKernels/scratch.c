// Memory that the kernels of a thread use from call to call, so that a call costs no system call.
#include "tables.h"

#include <pthread.h>
#include <stdlib.h>

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
    void *memory = aligned_alloc(64, capacity);
    if (!memory || pthread_setspecific(key, memory)) abort();
    return memory;
}
