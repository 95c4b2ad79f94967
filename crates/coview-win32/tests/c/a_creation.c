// A01 to A05, A11 to A15, A19, A20, A32 to A35: the arguments of CreateFileMapping.
#include "harness.h"
#include "rows.h"

static HANDLE of_memory(DWORD protection) {
    return create(INVALID_HANDLE_VALUE, protection, 4096, NULL);
}

// A file that can be opened for everything, and is.
static HANDLE any_file(const char *what) {
    return open_file(temp_file_of(what, 7, 4096), GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE);
}

ROW(A01) {
    const char *name = unique("a01");
    REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 0, NULL), ERROR_INVALID_PARAMETER);
    REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 0, name), ERROR_INVALID_PARAMETER);
    memory(PAGE_READWRITE, 1, name);
    REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 0, name), ERROR_INVALID_PARAMETER);
    REFUSED(CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0, wide(name)), ERROR_INVALID_PARAMETER);
}

ROW(A02) {
    const char *name = unique("a02"), *wide_name = unique("a02-wide");
    SetLastError(0xDEAD);
    memory(PAGE_READWRITE, 1, NULL);
    CHECK_ERROR(0);
    SetLastError(0xDEAD);
    memory(PAGE_READWRITE, 1, name);
    CHECK_ERROR(0);
    SetLastError(0xDEAD);
    hold(CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 1, wide(wide_name)));
    CHECK_ERROR(0);
    memory(PAGE_READWRITE, 1, name);
    CHECK_ERROR(ERROR_ALREADY_EXISTS);
}

ROW(A03) {
    const DWORD senseless[] = {0, PAGE_NOACCESS, PAGE_EXECUTE};
    HANDLE file = any_file("a03");
    for (size_t at = 0; at < COUNT(senseless); at++) {
        REFUSED(of_memory(senseless[at]), ERROR_INVALID_PARAMETER);
        REFUSED(of_memory(senseless[at] | SEC_COMMIT), ERROR_INVALID_PARAMETER);
        REFUSED(create(file, senseless[at], 0, NULL), ERROR_INVALID_PARAMETER);
    }
}

ROW(A04) {
    HANDLE file = any_file("a04");
    for (size_t at = 0; at < PROTECTIONS; at++) {
        memory(protections[at], 4096, NULL);
        mapping_of(file, protections[at], 0, NULL);
    }
}

ROW(A05) {
    HANDLE file = any_file("a05");
    for (DWORD one = PAGE_NOACCESS; one <= PAGE_EXECUTE_WRITECOPY; one <<= 1) {
        for (DWORD other = one << 1; other <= PAGE_EXECUTE_WRITECOPY; other <<= 1) {
            REFUSED(of_memory(one | other), ERROR_INVALID_PARAMETER);
            REFUSED(create(file, one | other, 0, NULL), ERROR_INVALID_PARAMETER);
        }
    }
}

ROW(A11) {
    Octet *view = view_of(memory(PAGE_READWRITE, 4 * page_size(), NULL), FILE_MAP_WRITE);
    MEMORY_BASIC_INFORMATION info = pages_at(view);
    CHECK(info.State == MEM_COMMIT && info.RegionSize == 4 * page_size());
    memset(view, 1, 4 * page_size());
}

ROW(A12) {
    REFUSED(of_memory(PAGE_READWRITE | SEC_RESERVE | SEC_COMMIT), ERROR_INVALID_PARAMETER);
    REFUSED(create(any_file("a12"), PAGE_READWRITE | SEC_RESERVE | SEC_COMMIT, 0, NULL), ERROR_INVALID_PARAMETER);
}

ROW(A13) {
    const DWORD caching[] = {SEC_NOCACHE, SEC_WRITECOMBINE};
    for (size_t at = 0; at < COUNT(caching); at++) {
        DWORD protection = PAGE_READWRITE | caching[at];
        REFUSED(of_memory(protection), ERROR_INVALID_PARAMETER);
        if (ON_LINUX) {
            // Recorded: such pages are for device drivers.
            deviates();
            REFUSED(of_memory(protection | SEC_COMMIT), ERROR_NOT_SUPPORTED);
            REFUSED(of_memory(protection | SEC_RESERVE), ERROR_NOT_SUPPORTED);
        } else {
            memory(protection | SEC_COMMIT, 4096, NULL);
            memory(protection | SEC_RESERVE, 4096, NULL);
        }
    }
}

ROW(A14) {
    HANDLE file = any_file("a14");
    REFUSED(of_memory(PAGE_READWRITE | SEC_LARGE_PAGES), ERROR_INVALID_PARAMETER);
    REFUSED(of_memory(PAGE_READWRITE | SEC_LARGE_PAGES | SEC_RESERVE), ERROR_INVALID_PARAMETER);
    REFUSED(create(file, PAGE_READWRITE | SEC_LARGE_PAGES, 0, NULL), ERROR_INVALID_PARAMETER);
    REFUSED(create(file, PAGE_READWRITE | SEC_LARGE_PAGES | SEC_COMMIT, 0, NULL), ERROR_INVALID_PARAMETER);
}

ROW(A15) {
    const DWORD large = PAGE_READWRITE | SEC_COMMIT | SEC_LARGE_PAGES;
    SIZE_T whole = GetLargePageMinimum();
    if (ON_LINUX) {
        // Recorded: the administrator sets large pages aside, and there may be none, or no such thing at all.
        deviates();
        if (whole == 0) {
            REFUSED(create(INVALID_HANDLE_VALUE, large, 1 << 21, NULL), ERROR_NOT_SUPPORTED);
            return;
        }
        REFUSED(create(INVALID_HANDLE_VALUE, large, whole + 4096, NULL), ERROR_INVALID_PARAMETER);
        HANDLE mapping = create(INVALID_HANDLE_VALUE, large, whole, NULL);
        if (mapping == NULL) {
            CHECK_ERROR(ERROR_NO_SYSTEM_RESOURCES);
        } else {
            memset(view_of(hold(mapping), FILE_MAP_WRITE), 1, whole);
        }
    } else if (ON_WINE) {
        // Recorded: ordinary pages, without a question about privileges.
        deviates();
        memset(view_of(memory(large, whole, NULL), FILE_MAP_WRITE), 1, whole);
    } else {
        REFUSED(create(INVALID_HANDLE_VALUE, large, whole, NULL), ERROR_PRIVILEGE_NOT_HELD);
        CHECK(create(INVALID_HANDLE_VALUE, large, whole + 4096, NULL) == NULL);
    }
}

ROW(A19) {
    HANDLE file = any_file("a19");
    REFUSED(of_memory(PAGE_READWRITE | SEC_FILE), ERROR_INVALID_PARAMETER);
    REFUSED(of_memory(PAGE_READWRITE | SEC_FILE | SEC_COMMIT), ERROR_INVALID_PARAMETER);
    REFUSED(create(file, PAGE_READWRITE | SEC_FILE, 0, NULL), ERROR_INVALID_PARAMETER);
}

ROW(A20) {
    HANDLE event = hold(CreateEventA(NULL, FALSE, FALSE, NULL));
    REFUSED(create((HANDLE)(ULONG_PTR)0xDEADBEE0, PAGE_READWRITE, 4096, NULL), ERROR_INVALID_HANDLE);
    REFUSED(create(event, PAGE_READWRITE, 4096, NULL), ERROR_INVALID_HANDLE);
}

ROW(A32) {
    const SIZE_T size = 1 << 20;
    HANDLE used = memory(PAGE_READWRITE, size, NULL);
    Octet *pattern = view_of(used, FILE_MAP_WRITE);
    memset(pattern, 0xA5, size);
    unmap(pattern);
    give_back(used);
    CHECK(all_are(view_of(memory(PAGE_READWRITE, size, NULL), FILE_MAP_READ), 0, size));
    CHECK(all_are(view_of(memory(PAGE_READWRITE, size, unique("a32")), FILE_MAP_READ), 0, size));
}

ROW(A33) {
    const ULONGLONG giga = 1 << 30;
    memory(PAGE_READWRITE | SEC_RESERVE, 8 * giga, NULL);
    memory(PAGE_READWRITE | SEC_RESERVE, 8 * giga, unique("a33"));
    if (ON_WINE) {
        // Recorded: no commitment is counted.
        deviates();
        memory(PAGE_READWRITE | SEC_COMMIT, 512 * giga, NULL);
        return;
    }
    REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READWRITE | SEC_COMMIT, 512 * giga, NULL), ERROR_COMMITMENT_LIMIT);
    REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READWRITE | SEC_COMMIT, 512 * giga, unique("a33-all")),
            ERROR_COMMITMENT_LIMIT);
}

// What a child says that was started while this process had the handle.
static const char *in_a_child(HANDLE mapping) {
    return said(start("inherited", number((ULONG_PTR)mapping), NULL));
}

ROW(A34) {
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, NULL, FALSE};
    CHECK(strcmp(in_a_child(memory(PAGE_READWRITE, 4096, NULL)), "error 6") == 0);
    HANDLE not_asked_for = CreateFileMappingA(INVALID_HANDLE_VALUE, &attributes, PAGE_READWRITE, 0, 4096, NULL);
    CHECK(strcmp(in_a_child(hold(not_asked_for)), "error 6") == 0);
}

ROW(A35) {
    for (size_t at = 0; at < PROTECTIONS; at++) {
        HANDLE mapping = memory(protections[at], 4096, NULL), duplicate;
        HANDLE self = GetCurrentProcess();
        CHECK(maps(mapping, FILE_MAP_READ));
        CHECK(maps(mapping, FILE_MAP_WRITE) == writes(protections[at]));
        CHECK(maps(mapping, FILE_MAP_READ | FILE_MAP_EXECUTE) == executes(protections[at]));
        // The rights are the handle's, and a duplicate of the same access has the same.
        CHECK(DuplicateHandle(self, mapping, self, &duplicate, 0, FALSE, DUPLICATE_SAME_ACCESS));
        CHECK(maps(hold(duplicate), FILE_MAP_WRITE) == writes(protections[at]));
        CHECK(DuplicateHandle(self, mapping, self, &duplicate, SECTION_QUERY | SECTION_MAP_READ, FALSE, 0));
        CHECK(maps(hold(duplicate), FILE_MAP_READ));
    }
}
