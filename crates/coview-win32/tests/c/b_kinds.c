// B06, B07: one name, one object of one kind.
#include "harness.h"
#include "rows.h"

ROW(B06) {
    const char *names[] = {unique("b06-event"), unique("b06-semaphore"), unique("b06-mutex")};
    hold(CreateEventA(NULL, FALSE, FALSE, names[0]));
    hold(CreateSemaphoreA(NULL, 1, 1, names[1]));
    hold(CreateMutexA(NULL, FALSE, names[2]));
    for (size_t at = 0; at < COUNT(names); at++) {
        REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 4096, names[at]), ERROR_INVALID_HANDLE);
        REFUSED(CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, wide(names[at])),
                ERROR_INVALID_HANDLE);
    }
}

ROW(B07) {
    const char *mapping = unique("b07-mapping"), *event = unique("b07-event");
    memory(PAGE_READWRITE, 4096, mapping);
    hold(CreateEventA(NULL, FALSE, FALSE, event));
    REFUSED(CreateEventA(NULL, FALSE, FALSE, mapping), ERROR_INVALID_HANDLE);
    REFUSED(CreateEventW(NULL, FALSE, FALSE, wide(mapping)), ERROR_INVALID_HANDLE);
    REFUSED(CreateSemaphoreA(NULL, 1, 1, mapping), ERROR_INVALID_HANDLE);
    REFUSED(CreateSemaphoreW(NULL, 1, 1, wide(mapping)), ERROR_INVALID_HANDLE);
    REFUSED(CreateMutexA(NULL, FALSE, mapping), ERROR_INVALID_HANDLE);
    REFUSED(CreateMutexW(NULL, FALSE, wide(mapping)), ERROR_INVALID_HANDLE);
    REFUSED(OpenEventA(EVENT_MODIFY_STATE, FALSE, mapping), ERROR_INVALID_HANDLE);
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, event), ERROR_INVALID_HANDLE);
    REFUSED(OpenSemaphoreA(SEMAPHORE_MODIFY_STATE, FALSE, event), ERROR_INVALID_HANDLE);
    REFUSED(OpenMutexA(SYNCHRONIZE, FALSE, event), ERROR_INVALID_HANDLE);
}
