// B24, B25, B27, B28: names, among processes.
#include "harness.h"
#include "rows.h"

ROW(B24) {
    const char *name = unique("b24");
    HANDLE mapping = memory(PAGE_READWRITE, 4096, name);
    Octet *view = view_of(mapping, FILE_MAP_WRITE);
    memcpy(view, "kept", 4);
    struct process *other = start("open", name, NULL);
    CHECK(strcmp(said(other), "kept") == 0);
    unmap(view);
    give_back(mapping);
    HANDLE again = memory(PAGE_READWRITE, 4096, name);
    CHECK_ERROR(ERROR_ALREADY_EXISTS);
    Octet *seen = view_of(again, FILE_MAP_READ);
    CHECK(memcmp(seen, "kept", 4) == 0);
    give_back(again);
    CHECK(finish(other) == 0);
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, name), ERROR_FILE_NOT_FOUND);
}

ROW(B25) {
    for (int turn = 0; turn < 5; turn++) {
        const char *name = unique("b25");
        HANDLE mapping = memory(PAGE_READWRITE, 4096, name);
        Octet *view = view_of(mapping, FILE_MAP_WRITE);
        memcpy(view, "gone", 4);
        struct process *other = start("open", name, NULL);
        CHECK(strcmp(said(other), "gone") == 0);
        unmap(view);
        give_back(mapping);
        give_back(open_mapping(FILE_MAP_READ, name));
        kill_process(other);
        REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, name), ERROR_FILE_NOT_FOUND);
        mapping = memory(PAGE_READWRITE, 4096, name);
        CHECK_ERROR(0);
        CHECK(all_are(view_of(mapping, FILE_MAP_READ), 0, 4096));
        give_back(mapping);
    }
}

ROW(B27) {
    const char *name = unique("b27");
    HANDLE mapping = memory(PAGE_READWRITE, 4096, name);
    memcpy(view_of(mapping, FILE_MAP_WRITE), "data", 4);
    struct process *other = start("create", name, NULL);
    CHECK(strcmp(said(other), "existing data") == 0);
    CHECK(finish(other) == 0);
    give_back(mapping);
    CHECK(strcmp(said(start("create", name, NULL)), "new ....") == 0);
}

// A mapping that everybody may have as the list says.
static HANDLE with_list(const char *list, const char *name) {
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, NULL, FALSE};
    ULONG size = 0;
    CHECK(ConvertStringSecurityDescriptorToSecurityDescriptorA(list, SDDL_REVISION_1,
                                                               &attributes.lpSecurityDescriptor, &size));
    CHECK(size > 0);
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, &attributes, PAGE_READWRITE, 0, 4096, name);
    CHECK(LocalFree(attributes.lpSecurityDescriptor) == NULL);
    return hold(mapping);
}

static void open_to_all(const char *name) {
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, &descriptor, FALSE};
    CHECK(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
    // A list that is there and is none: everybody may do everything.
    CHECK(SetSecurityDescriptorDacl(&descriptor, TRUE, NULL, FALSE));
    HANDLE mapping = hold(CreateFileMappingA(INVALID_HANDLE_VALUE, &attributes, PAGE_READWRITE, 0, 4096, name));
    memcpy(view_of(mapping, FILE_MAP_WRITE), "open", 4);
}

// What another user is told who opens the name; what is expected where this process cannot become another user.
static const char *told(const char *role, const char *name, const char *expected) {
    struct process *stranger = start_stranger(role, name, NULL);
    return stranger == NULL ? expected : said(stranger);
}

ROW(B28) {
    char readable[128], all[128];
    snprintf(readable, sizeof readable, "Global\\%s", unique("b28-readable"));
    snprintf(all, sizeof all, "Global\\%s", unique("b28-all"));
    // Recorded: mode bits in place of lists.
    if (ON_LINUX) deviates();
    HANDLE mapping = with_list("D:(A;;GR;;;WD)", readable);
    memcpy(view_of(mapping, FILE_MAP_WRITE), "read", 4);
    CHECK(strcmp(told("open", readable, "read"), "read") == 0);
    CHECK(strcmp(told("open to write", readable, "error 5"), "error 5") == 0);
    open_to_all(all);
    CHECK(strcmp(told("open to write", all, "open"), "open") == 0);
    if (ON_LINUX) {
        char own[128];
        snprintf(own, sizeof own, "Global\\%s", unique("b28-own"));
        memory(PAGE_READWRITE, 4096, own);
        CHECK(strcmp(told("open", own, "error 5"), "error 5") == 0);
    }
}
