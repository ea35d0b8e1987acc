#define _GNU_SOURCE
#include "tessera_files.h"

#include <errno.h>
#include <fcntl.h>

static struct flock range(int64_t start, int64_t count, short kind) {
    return (struct flock){
        .l_type = kind, .l_whence = SEEK_SET, .l_start = start, .l_len = count, .l_pid = 0};
}

int tessera_lock(int descriptor, int64_t start, int64_t count, int waits) {
    struct flock lock = range(start, count, F_WRLCK);
    while (fcntl(descriptor, waits ? F_OFD_SETLKW : F_OFD_SETLK, &lock) != 0)
        if (errno != EINTR) return errno;
    return 0;
}

int tessera_unlock(int descriptor, int64_t start, int64_t count) {
    struct flock lock = range(start, count, F_UNLCK);
    return fcntl(descriptor, F_OFD_SETLK, &lock) == 0 ? 0 : errno;
}

int tessera_is_locked(int descriptor, int64_t start, int64_t count) {
    struct flock lock = range(start, count, F_WRLCK);
    if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) return 1;
    return lock.l_type != F_UNLCK;
}
