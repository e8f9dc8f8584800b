// What QueueProcess needs of the system and Swift can't name: functions that C libraries hide behind feature macros, system calls
// without a function, and macros. No policy is here.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <sys/types.h>

// Starts a program as the leader of a process group of its own, with exactly three descriptors, no signal blocked, and the usual
// actions of signals. `directory` may be NULL. Gives 0 or an error number.
int cprocess_spawn(
    pid_t *pid, const char *path, char *const *arguments, char *const *environment, const char *directory,
    int input, int output, int errors);

// A descriptor that becomes readable when the child has ended; -1 where the system has none.
int cprocess_exit_descriptor(pid_t pid);

// Waits until the child has ended, or only looks; leaves it to be reaped, so that its number stays its own.
// 1: it has ended; 0: it has not; -1: there is no such child, or somebody else has reaped it.
int cprocess_has_ended(pid_t pid, int waits);

// Reaps a child that has ended. Gives its exit code, or the number of the signal that ended it in `*signal`, which is else 0;
// -1 if somebody else has reaped it.
int cprocess_reap(pid_t pid, int *signal);

// Whether a process of the group, other than its leader, still runs; 0 where that can't be told.
int cprocess_group_has_members(pid_t group);

// A pipe whose ends no program inherits; the reading end never blocks. Gives 0 or an error number.
int cprocess_pipe(int ends[2]);

// An empty file without a name, which no program inherits; -1, with errno, if there is none to be had.
int cprocess_unnamed_file(void);

// The environment of this process.
char **cprocess_environment(void);

#endif
