// J03 to J07: what can be waited for, and whether a process lives.
#include "harness.h"
#include "rows.h"

// Long enough for anything that comes at all.
#define LONG_TIME 60000

ROW(J03) {
    const char *name = unique("j03");
    LONG before = -1;
    HANDLE semaphore = hold(CreateSemaphoreA(NULL, 1, 3, name));
    HANDLE other = hold(OpenSemaphoreW(SYNCHRONIZE | SEMAPHORE_MODIFY_STATE, FALSE, wide(name)));
    CHECK(ReleaseSemaphore(other, 2, &before) && before == 1);
    REFUSED(ReleaseSemaphore(semaphore, 1, NULL), ERROR_TOO_MANY_POSTS);
    for (int turn = 0; turn < 3; turn++) CHECK(WaitForSingleObject(turn % 2 ? semaphore : other, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(other, 0) == WAIT_TIMEOUT);
    // More than there is room for: nothing of it is added.
    REFUSED(ReleaseSemaphore(semaphore, 4, NULL), ERROR_TOO_MANY_POSTS);
    CHECK(ReleaseSemaphore(semaphore, 3, &before) && before == 0);
}

ROW(J04) {
    HANDLE events[MAXIMUM_WAIT_OBJECTS + 1];
    const DWORD set[] = {63, 0, 17};
    for (size_t at = 0; at < COUNT(events); at++) events[at] = hold(CreateEventA(NULL, FALSE, FALSE, NULL));
    CHECK(WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS, events, FALSE, 0) == WAIT_TIMEOUT);
    for (size_t at = 0; at < COUNT(set); at++) {
        CHECK(SetEvent(events[set[at]]));
        CHECK(WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS, events, FALSE, LONG_TIME) == WAIT_OBJECT_0 + set[at]);
    }
    SetLastError(0xDEAD);
    CHECK(WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS + 1, events, FALSE, 0) == WAIT_FAILED);
    CHECK_ERROR(ERROR_INVALID_PARAMETER);
    SetLastError(0xDEAD);
    CHECK(WaitForMultipleObjects(0, events, FALSE, 0) == WAIT_FAILED);
    CHECK_ERROR(ERROR_INVALID_PARAMETER);
    // A process beside an event.
    struct process *other = start("live", NULL, NULL);
    HANDLE process = hold(OpenProcess(SYNCHRONIZE, FALSE, id_of(other)));
    const HANDLE both[] = {events[0], process};
    CHECK(WaitForMultipleObjects(2, both, FALSE, 0) == WAIT_TIMEOUT);
    CHECK(SetEvent(events[0]));
    CHECK(WaitForMultipleObjects(2, both, FALSE, LONG_TIME) == WAIT_OBJECT_0);
    kill_process(other);
    CHECK(WaitForMultipleObjects(2, both, FALSE, LONG_TIME) == WAIT_OBJECT_0 + 1);
}

ROW(J05) {
    const char *name = unique("j05");
    HANDLE mutex = hold(CreateMutexA(NULL, FALSE, name));
    struct process *owner = start("lock", name, NULL);
    CHECK(strcmp(said(owner), "owned") == 0);
    CHECK(WaitForSingleObject(mutex, 0) == WAIT_TIMEOUT);
    kill_process(owner);
    CHECK(WaitForSingleObject(mutex, LONG_TIME) == WAIT_ABANDONED);
    CHECK(ReleaseMutex(mutex));
    CHECK(WaitForSingleObject(mutex, LONG_TIME) == WAIT_OBJECT_0);
    CHECK(ReleaseMutex(mutex));
    REFUSED(ReleaseMutex(mutex), ERROR_NOT_OWNER);
}

static ULONGLONG created(HANDLE process) {
    FILETIME creation, rest[3];
    CHECK(GetProcessTimes(process, &creation, &rest[0], &rest[1], &rest[2]));
    return (ULONGLONG)creation.dwHighDateTime << 32 | creation.dwLowDateTime;
}

ROW(J06) {
    // 2020 and 2200, in 100 ns since 1601.
    const ULONGLONG earliest = 132223104000000000ULL, latest = 189000000000000000ULL;
    struct process *other = start("live", NULL, NULL);
    DWORD id = id_of(other);
    HANDLE process = hold(OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id));
    ULONGLONG birth = created(process);
    CHECK(earliest < birth && birth < latest && created(GetCurrentProcess()) <= birth);
    // The same process has the same time for everybody.
    CHECK(created(hold(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id))) == birth);
    CHECK(WaitForSingleObject(process, 0) == WAIT_TIMEOUT);
    kill_process(other);
    CHECK(WaitForSingleObject(process, LONG_TIME) == WAIT_OBJECT_0);
}

ROW(J07) {
    struct process *other = start("live", NULL, NULL);
    DWORD id = id_of(other);
    HANDLE held = hold(OpenProcess(SYNCHRONIZE, FALSE, id));
    CHECK(WaitForSingleObject(held, 0) == WAIT_TIMEOUT);
    kill_process(other);
    if (ON_LINUX) {
        // Recorded: gone when its parent has waited for it.
        deviates();
        REFUSED(OpenProcess(SYNCHRONIZE, FALSE, id), ERROR_INVALID_PARAMETER);
    } else {
        // Still there to be opened, and dead all the same.
        CHECK(WaitForSingleObject(hold(OpenProcess(SYNCHRONIZE, FALSE, id)), 0) == WAIT_OBJECT_0);
    }
    CHECK(WaitForSingleObject(held, 0) == WAIT_OBJECT_0);
}
