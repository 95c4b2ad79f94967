// I05 to I07, I09: handles, here and in other processes.
#include "harness.h"
#include "rows.h"

static HANDLE duplicate(HANDLE mapping, DWORD access) {
    HANDLE copy = NULL;
    CHECK(DuplicateHandle(GetCurrentProcess(), mapping, GetCurrentProcess(), &copy, access, FALSE, 0));
    return hold(copy);
}

static void allows(HANDLE mapping, int none, int read, int copy, int write) {
    const DWORD accesses[] = {0, FILE_MAP_READ, FILE_MAP_COPY, FILE_MAP_WRITE};
    const int allowed[] = {none, read, copy, write};
    for (size_t at = 0; at < COUNT(accesses); at++) {
        CHECK(maps(mapping, accesses[at]) == allowed[at]);
        if (!allowed[at]) CHECK_ERROR(ERROR_ACCESS_DENIED);
    }
}

ROW(I05) {
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    allows(duplicate(mapping, FILE_MAP_READ), 1, 1, 1, 0);
    allows(duplicate(mapping, FILE_MAP_WRITE), 0, 0, 0, 1);
    allows(duplicate(mapping, FILE_MAP_READ | FILE_MAP_WRITE), 1, 1, 1, 1);
    allows(duplicate(mapping, 0), 0, 0, 0, 0);
}

ROW(I06) {
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    Octet *view = view_of(mapping, FILE_MAP_WRITE);
    memcpy(view, "gift", 4);
    // Fetched by the other process.
    struct process *other = start("pull", number(GetCurrentProcessId()), number((ULONG_PTR)mapping));
    CHECK(strcmp(said(other), "gift") == 0);
    CHECK(finish(other) == 0);
    CHECK(memcmp(view, "back", 4) == 0);
    // Given to the other process.
    other = start("pushed", NULL, NULL);
    HANDLE target = hold(OpenProcess(PROCESS_DUP_HANDLE, FALSE, id_of(other))), theirs = NULL;
    HANDLE self = GetCurrentProcess();
    if (ON_LINUX) {
        // Recorded: a process puts nothing into another one.
        deviates();
        REFUSED(DuplicateHandle(self, mapping, target, &theirs, 0, FALSE, DUPLICATE_SAME_ACCESS), ERROR_NOT_SUPPORTED);
    } else {
        CHECK(DuplicateHandle(self, mapping, target, &theirs, 0, FALSE, DUPLICATE_SAME_ACCESS));
        CHECK(strcmp(answer(other, number((ULONG_PTR)theirs)), "back") == 0);
    }
}

ROW(I07) {
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, NULL, TRUE};
    HANDLE heirloom = hold(CreateFileMappingA(INVALID_HANDLE_VALUE, &attributes, PAGE_READWRITE, 0, 4096, NULL));
    memcpy(view_of(heirloom, FILE_MAP_WRITE), "heir", 4);
    CHECK(strcmp(said(start("inherited", number((ULONG_PTR)heirloom), NULL)), "heir") == 0);
    HANDLE kept = memory(PAGE_READWRITE, 4096, NULL);
    CHECK(strcmp(said(start("inherited", number((ULONG_PTR)kept), NULL)), "error 6") == 0);
    // A duplicate and a handle that is opened say it each for itself.
    const char *name = unique("i07");
    memory(PAGE_READWRITE, 4096, name);
    HANDLE opened = hold(OpenFileMappingA(FILE_MAP_READ, TRUE, name)), copy = NULL;
    CHECK(strcmp(said(start("inherited", number((ULONG_PTR)opened), NULL)), "....") == 0);
    HANDLE self = GetCurrentProcess();
    CHECK(DuplicateHandle(self, kept, self, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS));
    CHECK(strcmp(said(start("inherited", number((ULONG_PTR)hold(copy)), NULL)), "....") == 0);
}

ROW(I09) {
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    SetLastError(0xDEAD);
    CHECK(WaitForSingleObject(mapping, 0) == WAIT_FAILED);
    CHECK_ERROR(ERROR_ACCESS_DENIED);
}
