#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <crt_externs.h>
#include <sys/sysctl.h>
#else
#include <dirent.h>
#include <sys/syscall.h>
extern char **environ;
#endif

// The signals that are reset to their default action for a program, whatever this process does with them. An ignored
// SIGHUP stays ignored, because nohup also covers the children.
static const int usual_signals[] = {SIGTERM, SIGINT, SIGQUIT, SIGPIPE, SIGCHLD, SIGALRM, SIGUSR1, SIGUSR2};

static int close_others(posix_spawn_file_actions_t *actions) {
#if defined(__APPLE__)
    // POSIX_SPAWN_CLOEXEC_DEFAULT closes them.
    (void)actions;
    return 0;
#elif defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    return posix_spawn_file_actions_addclosefrom_np(actions, 3);
#else
    // They are closed one by one; closing one that is not open does no harm.
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 65536) limit = 65536;
    for (int descriptor = 3; descriptor < limit; descriptor++) {
        int error = posix_spawn_file_actions_addclose(actions, descriptor);
        if (error) return error;
    }
    return 0;
#endif
}

static int set_attributes(posix_spawnattr_t *attributes) {
    sigset_t usual, none;
    sigemptyset(&usual);
    sigemptyset(&none);
    for (size_t index = 0; index < sizeof usual_signals / sizeof *usual_signals; index++)
        sigaddset(&usual, usual_signals[index]);
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
#if defined(__APPLE__)
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    int error = posix_spawnattr_setflags(attributes, flags);
    if (!error) error = posix_spawnattr_setpgroup(attributes, 0);
    if (!error) error = posix_spawnattr_setsigdefault(attributes, &usual);
    if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
    return error;
}

int cprocess_spawn(
    pid_t *pid, const char *path, char *const *arguments, char *const *environment, const char *directory,
    int input, int output, int errors
) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    // The copies are above the standard three, so that none is overwritten before it is used and dup2 always creates an
    // inheritable one.
    const int streams[3] = {input, output, errors};
    int copies[3] = {-1, -1, -1};
    for (int index = 0; index < 3 && !error; index++) {
        copies[index] = fcntl(streams[index], F_DUPFD_CLOEXEC, 3);
        if (copies[index] < 0) error = errno;
    }
    for (int index = 0; index < 3 && !error; index++)
        error = posix_spawn_file_actions_adddup2(&actions, copies[index], index);
    if (!error) error = close_others(&actions);
    if (!error && directory) error = posix_spawn_file_actions_addchdir_np(&actions, directory);
    if (!error) error = set_attributes(&attributes);
    if (!error) error = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    for (int index = 0; index < 3; index++)
        if (copies[index] >= 0) close(copies[index]);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int cprocess_exit_descriptor(pid_t pid) {
#if defined(__linux__) && defined(SYS_pidfd_open)
    // Available since Linux 5.3; the descriptor is close-on-exec.
    return (int)syscall(SYS_pidfd_open, pid, 0);
#else
    (void)pid;
    return -1;
#endif
}

int cprocess_has_ended(pid_t pid, int waits) {
    siginfo_t info;
    int result;
    do {
        memset(&info, 0, sizeof info);
        result = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | (waits ? 0 : WNOHANG));
    } while (result != 0 && errno == EINTR);
    if (result != 0) return -1;
    return info.si_pid == pid;
}

int cprocess_reap(pid_t pid, int *signal) {
    int status = 0;
    pid_t result;
    *signal = 0;
    do result = waitpid(pid, &status, 0);
    while (result < 0 && errno == EINTR);
    if (result != pid) return -1;
    if (WIFSIGNALED(status)) {
        *signal = WTERMSIG(status);
        return 0;
    }
    return WEXITSTATUS(status);
}

#if defined(__APPLE__)
int cprocess_group_has_members(pid_t group) {
    int name[] = {CTL_KERN, KERN_PROC, KERN_PROC_PGRP, group};
    struct kinfo_proc members[256];
    size_t size = sizeof members;
    // For a larger group, the call returns an error and as many members as fit.
    if (sysctl(name, 4, members, &size, NULL, 0) != 0 && errno != ENOMEM) return 0;
    for (size_t index = 0; index < size / sizeof *members; index++)
        if (members[index].kp_proc.p_pid != group && members[index].kp_proc.p_stat != SZOMB) return 1;
    return 0;
}
#else
// Reads the state and the group of a process, fields 3 and 5 of /proc/pid/stat (proc(5)).
static int is_member(const char *pid, pid_t group) {
    char path[64], text[512];
    if (snprintf(path, sizeof path, "/proc/%s/stat", pid) >= (int)sizeof path) return 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return 0;
    text[count] = 0;
    // The name in field 2 may contain spaces and parentheses.
    const char *end = strrchr(text, ')');
    char state;
    int parent, members_group;
    if (!end || sscanf(end + 1, " %c %d %d", &state, &parent, &members_group) != 3) return 0;
    return members_group == group && state != 'Z' && state != 'X';
}

int cprocess_group_has_members(pid_t group) {
    DIR *processes = opendir("/proc");
    if (!processes) return 0;
    int found = 0;
    struct dirent *entry;
    while (!found && (entry = readdir(processes))) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || atoi(entry->d_name) == group) continue;
        found = is_member(entry->d_name, group);
    }
    closedir(processes);
    return found;
}
#endif

int cprocess_pipe(int ends[2]) {
#if defined(__APPLE__)
    if (pipe(ends) != 0) return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#else
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
#endif
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return 0;
}

int cprocess_unnamed_file(void) {
    const char *directory = getenv("TMPDIR");
    char path[1024];
    if (!directory || !*directory) directory = "/tmp";
    if (snprintf(path, sizeof path, "%s/millrace-XXXXXX", directory) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int file = mkostemp(path, O_CLOEXEC);
    if (file >= 0) unlink(path);
    return file;
}

char **cprocess_environment(void) {
#if defined(__APPLE__)
    return *_NSGetEnviron();
#else
    return environ;
#endif
}
