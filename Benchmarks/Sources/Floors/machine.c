#ifdef __linux__
#define _GNU_SOURCE
#include <sched.h>
#endif
#include "Floors.h"
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

static int64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool sync_data(int file) {
#ifdef __APPLE__
    return fcntl(file, F_FULLFSYNC) == 0;
#else
    return fdatasync(file) == 0;
#endif
}

int64_t floor_sync_ns(const char *path, int count) {
    static const char page[4096];
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0) return -1;
    int64_t start = monotonic_ns();
    bool written = true;
    for (int i = 0; i < count && written; i++)
        written = write(file, page, sizeof page) == (ssize_t)sizeof page && sync_data(file);
    int64_t end = monotonic_ns();
    close(file);
    return written ? end - start : -1;
}

bool floor_pin(int count) {
#ifdef __linux__
    cpu_set_t allowed, chosen;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return false;
    CPU_ZERO(&chosen);
    int taken = 0;
    for (int i = 0; i < CPU_SETSIZE && taken < count; i++) {
        if (!CPU_ISSET(i, &allowed)) continue;
        CPU_SET(i, &chosen);
        taken++;
    }
    return taken == count && sched_setaffinity(0, sizeof chosen, &chosen) == 0;
#else
    (void)count;
    return false;
#endif
}
