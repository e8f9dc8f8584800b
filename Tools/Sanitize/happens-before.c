// What ThreadSanitizer can't see of Swift's own locks and continuations on Linux.
//
// It knows what happens before what from the atomic operations and locks in code that was compiled for it, and Swift's libraries were not: the
// slow path of `Mutex`, when a thread has to wait for another, is a call of the kernel inside libswiftSynchronization; a continuation that is
// resumed before its task waits is a flag inside libswift_Concurrency. Preloaded, this tells it of both, so that what it reports is a race of ours.
//
//     clang -shared -fPIC -O1 -o happens-before.so happens-before.c
//     LD_PRELOAD=./happens-before.so .build/debug/MillracePackageTests.xctest --testing-library swift-testing

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// Not there in processes that are not checked.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

static void acquire(void *address) {
    if (__tsan_acquire) __tsan_acquire(address);
}

static void release(void *address) {
    if (__tsan_release) __tsan_release(address);
}

#define NEXT(type, symbol) ((type)dlsym(RTLD_NEXT, symbol))
#define SELF __attribute__((swift_context)) void *self

// MARK: Synchronization._MutexHandle

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef __attribute__((swiftcall)) void (*LockSlow)(uint32_t thread, SELF);
typedef __attribute__((swiftcall)) _Bool (*TryLockSlow)(SELF);
typedef __attribute__((swiftcall)) void (*UnlockSlow)(SELF);

__attribute__((swiftcall)) void lockSlow(uint32_t thread, SELF) __asm__(LOCK_SLOW);
__attribute__((swiftcall)) void lockSlow(uint32_t thread, SELF) {
    NEXT(LockSlow, LOCK_SLOW)(thread, self);
    acquire(self);
}

__attribute__((swiftcall)) _Bool tryLockSlow(SELF) __asm__(TRY_LOCK_SLOW);
__attribute__((swiftcall)) _Bool tryLockSlow(SELF) {
    _Bool isLocked = NEXT(TryLockSlow, TRY_LOCK_SLOW)(self);
    if (isLocked) acquire(self);
    return isLocked;
}

__attribute__((swiftcall)) void unlockSlow(SELF) __asm__(UNLOCK_SLOW);
__attribute__((swiftcall)) void unlockSlow(SELF) {
    release(self);
    NEXT(UnlockSlow, UNLOCK_SLOW)(self);
}

// MARK: Continuations

extern __attribute__((swiftcall)) void *swift_task_getCurrent(void);

typedef __attribute__((swiftcall)) void (*Resume)(void *task);
typedef __attribute__((swiftcall)) void (*ResumeWithError)(void *task, void *error);
typedef __attribute__((swiftasynccall)) void (*Await)(void *context);

__attribute__((swiftcall)) void swift_continuation_resume(void *task) {
    release(task);
    NEXT(Resume, "swift_continuation_resume")(task);
}

__attribute__((swiftcall)) void swift_continuation_throwingResume(void *task) {
    release(task);
    NEXT(Resume, "swift_continuation_throwingResume")(task);
}

__attribute__((swiftcall)) void swift_continuation_throwingResumeWithError(void *task, void *error) {
    release(task);
    NEXT(ResumeWithError, "swift_continuation_throwingResumeWithError")(task, error);
}

__attribute__((swiftasynccall)) void swift_continuation_await(void *context) {
    Await next = NEXT(Await, "swift_continuation_await");
    acquire(swift_task_getCurrent());
    __attribute__((musttail)) return next(context);
}
