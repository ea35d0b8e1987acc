// One pool of threads for the process.
//
// A region is a number of tickets. One 64-bit word holds the region's number, its ticket count and
// the next free ticket; whoever raises `next` by compare-and-swap owns a ticket, so a worker that
// overslept a region cannot touch it, and the caller never waits for a worker that has not started:
// it takes what is left itself. Between regions workers spin for some microseconds, because waking a
// sleeping thread costs tens of them, then sleep until the next one: where another process wants the
// same core, a worker that spins uses up the time that it will need. The caller, whom everything waits
// for, spins longer.
#define _GNU_SOURCE
#include "tessera_kernels.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

enum { workerSpins = 200, callerSpins = 3000, ticketBits = 20 };

static const uint64_t ticketMask = (1u << ticketBits) - 1;

static pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER; // held by the caller of the region
static _Atomic uint64_t tickets;                          // region | count | next
static _Atomic uint32_t generation;                       // rises with each region; sleepers wait on it
static _Atomic uint32_t finished;                         // tickets done; a patient caller waits on it
static _Atomic int sleepers, callerSleeps, stopping;
static void (*regionBody)(void *, ptrdiff_t);
static void *regionContext;
static ptrdiff_t regionOffset;

static _Atomic int threadLimit; // 0: not chosen yet
static pthread_t *workers;
static int workerCount;
static _Thread_local int inside;

static void pauseBriefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void sleepWhile(_Atomic uint32_t *word, uint32_t value) {
#if defined(__linux__)
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
#else
    if (atomic_load(word) == value) sched_yield();
#endif
}

static void wake(_Atomic uint32_t *word, int count) {
#if defined(__linux__)
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
#else
    (void)word, (void)count;
#endif
}

// Claims and runs tickets until none is free. Returns whether there was one.
static int work(void) {
    int worked = 0;
    uint64_t word = atomic_load(&tickets);
    for (;;) {
        const uint64_t next = word & ticketMask, count = word >> ticketBits & ticketMask;
        if (next >= count) return worked;
        if (!atomic_compare_exchange_weak(&tickets, &word, word + 1)) continue;
        inside++;
        regionBody(regionContext, regionOffset + (ptrdiff_t)next);
        inside--;
        if (atomic_fetch_add(&finished, 1) + 1 == count && atomic_load(&callerSleeps))
            wake(&finished, 1);
        worked = 1;
        word = atomic_load(&tickets);
    }
}

static void *workerMain(void *unused) {
    (void)unused;
    int spins = 0;
    while (!atomic_load(&stopping)) {
        const uint32_t seen = atomic_load(&generation);
        if (work()) {
            spins = 0;
        } else if (++spins < workerSpins) {
            pauseBriefly();
        } else {
            atomic_fetch_add(&sleepers, 1);
            if (!atomic_load(&stopping)) sleepWhile(&generation, seen);
            atomic_fetch_sub(&sleepers, 1);
            spins = 0;
        }
    }
    return NULL;
}

// Starts the workers that are missing, with all signals blocked that belong to the main thread; what a
// worker does wrong is its own.
static void startWorkers(int wanted) {
    if (workerCount >= wanted) return;
    pthread_t *grown = realloc(workers, (size_t)wanted * sizeof(pthread_t));
    if (!grown) return;
    workers = grown;
    sigset_t all, old;
    sigfillset(&all);
    const int faults[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&all, faults[i]);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 8 << 20);  // Whatever ulimit -s allows.
    while (workerCount < wanted
           && pthread_create(&workers[workerCount], &attributes, workerMain, NULL) == 0)
        workerCount++;
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void stopWorkers(void) {
    atomic_store(&stopping, 1);
    atomic_fetch_add(&generation, 1);
    wake(&generation, workerCount);
    while (workerCount > 0) pthread_join(workers[--workerCount], NULL);
    atomic_store(&stopping, 0);
}

static void waitUntilFinished(uint32_t count) {
    int spins = 0;
    uint32_t done;
    while ((done = atomic_load(&finished)) < count) {
        if (++spins < callerSpins) {
            pauseBriefly();
        } else {
            atomic_store(&callerSleeps, 1);
            sleepWhile(&finished, done);
            atomic_store(&callerSleeps, 0);
        }
    }
}

static void runRegion(uint64_t count) {
    atomic_store(&finished, 0);
    const uint64_t region = (atomic_load(&tickets) >> 2 * ticketBits) + 1;
    atomic_store(&tickets, region << 2 * ticketBits | count << ticketBits);
    atomic_fetch_add(&generation, 1);
    const int asleep = atomic_load(&sleepers);
    if (asleep > 0) wake(&generation, asleep < (int)count ? asleep : (int)count);
    work();
    waitUntilFinished((uint32_t)count);
}

int tessera_pool_threads(void) {
    int chosen = atomic_load(&threadLimit);
    if (chosen == 0) {
        const int usable = tessera_usable_processors();
        chosen = atomic_compare_exchange_strong(&threadLimit, &chosen, usable) ? usable : chosen;
    }
    return chosen;
}

void tessera_pool_set_threads(int count) {
    pthread_mutex_lock(&owner);
    atomic_store(&threadLimit, count < 1 ? 1 : count);
    if (workerCount >= count) stopWorkers();
    pthread_mutex_unlock(&owner);
}

int tessera_pool_is_inside(void) { return inside > 0; }

void tessera_pool_run(ptrdiff_t count, void (*body)(void *, ptrdiff_t), void *context) {
    const int alone = count < 2 || inside > 0 || tessera_pool_threads() < 2;
    if (alone || pthread_mutex_trylock(&owner) != 0) {
        for (ptrdiff_t i = 0; i < count; i++) body(context, i);
        return;
    }
    startWorkers(tessera_pool_threads() - 1);
    regionBody = body;
    regionContext = context;
    for (regionOffset = 0; regionOffset < count; regionOffset += (ptrdiff_t)ticketMask) {
        const ptrdiff_t left = count - regionOffset;
        runRegion(left < (ptrdiff_t)ticketMask ? (uint64_t)left : ticketMask);
    }
    pthread_mutex_unlock(&owner);
}
