// System interfaces that QueueProcess needs and Swift cannot name: functions that C libraries hide behind feature
// macros, system calls without a function, and macros. They contain no policy.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <sys/types.h>

// Starts a program as the leader of its own process group, with exactly three descriptors, no blocked signals, and the
// default actions of the usual signals. `directory` may be NULL. Returns 0 or an error number.
int cprocess_spawn(
    pid_t *pid, const char *path, char *const *arguments, char *const *environment, const char *directory,
    int input, int output, int errors);

// Returns a descriptor that becomes readable when the child has ended, or -1 if the system does not support one.
int cprocess_exit_descriptor(pid_t pid);

// Checks whether the child has ended and, if `waits` is not 0, waits until it has. Does not reap it, so its id is not
// reused. Returns 1 if it has ended, 0 if it has not, and -1 if there is no such child or other code has reaped it.
int cprocess_has_ended(pid_t pid, int waits);

// Reaps a child that has ended. Returns its exit code and sets `*signal` to 0; if a signal terminated it, returns 0
// and sets `*signal` to the signal's number. Returns -1 if other code has reaped it.
int cprocess_reap(pid_t pid, int *signal);

// Returns whether a process of the group other than its leader is still running; 0 if this cannot be determined.
int cprocess_group_has_members(pid_t group);

// Creates a pipe whose ends are not inherited and whose reading end does not block. Returns 0 or an error number.
int cprocess_pipe(int ends[2]);

// Creates an empty unnamed file that is not inherited. Returns its descriptor, or -1 and sets errno.
int cprocess_unnamed_file(void);

// Returns the environment of this process.
char **cprocess_environment(void);

#endif
