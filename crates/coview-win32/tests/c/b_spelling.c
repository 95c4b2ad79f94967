// B09 to B20: what a name may be.
#include "harness.h"
#include "rows.h"

static const char *joined(const char *prefix, const char *rest) {
    static char names[8][256];
    static unsigned next;
    char *name = names[next++ % COUNT(names)];
    snprintf(name, sizeof names[0], "%s%s", prefix, rest);
    return name;
}

// Neither to create nor to open.
static void no_path(const char *name) {
    REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 1, name), ERROR_PATH_NOT_FOUND);
    REFUSED(CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 1, wide(name)), ERROR_PATH_NOT_FOUND);
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, name), ERROR_PATH_NOT_FOUND);
    REFUSED(OpenFileMappingW(FILE_MAP_READ, FALSE, wide(name)), ERROR_PATH_NOT_FOUND);
}

ROW(B09) {
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, NULL), ERROR_INVALID_PARAMETER);
    REFUSED(OpenFileMappingW(FILE_MAP_READ, FALSE, NULL), ERROR_INVALID_PARAMETER);
}

ROW(B10) {
    no_path(joined("a\\b", unique("b10")));
    no_path(joined("Local\\a\\b", unique("b10")));
    no_path(joined("Global\\a\\b", unique("b10")));
}

ROW(B11) {
    const char *name = unique("b11");
    Octet *plain = view_of(memory(PAGE_READWRITE, 4096, name), FILE_MAP_WRITE);
    HANDLE prefixed = open_mapping(FILE_MAP_READ, joined("Local\\", name));
    memcpy(plain, "same", 4);
    CHECK(memcmp(view_of(prefixed, FILE_MAP_READ), "same", 4) == 0);
}

ROW(B12) {
    const char *name = unique("b12"), *global = joined("Global\\", name);
    Octet *plain = view_of(memory(PAGE_READWRITE, 4096, name), FILE_MAP_WRITE);
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, global), ERROR_FILE_NOT_FOUND);
    Octet *other = view_of(memory(PAGE_READWRITE, 4096, global), FILE_MAP_WRITE);
    memcpy(plain, "mine", 4);
    CHECK(all_are(other, 0, 4));
}

ROW(B13) {
    const char *prefixes[] = {"local\\", "LOCAL\\", "global\\", "GLOBAL\\", "Other\\"};
    for (size_t at = 0; at < COUNT(prefixes); at++) no_path(joined(prefixes[at], unique("b13")));
}

ROW(B14) {
    const char *name = joined("Global\\", unique("b14"));
    HANDLE mapping = create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 4096, name);
    if (ON_LINUX) {
        // Recorded: it needs no privilege.
        deviates();
        CHECK(mapping != NULL);
    }
    if (mapping == NULL) {
        // Not everybody has the privilege.
        CHECK_ERROR(ERROR_ACCESS_DENIED);
        return;
    }
    memcpy(view_of(hold(mapping), FILE_MAP_WRITE), "all", 3);
    CHECK(memcmp(view_of(open_mapping(FILE_MAP_READ, name), FILE_MAP_READ), "all", 3) == 0);
}

// Behind the prefix are the sessions' own folders, and nobody's objects.
ROW(B15) {
    const char *name = joined("Session\\", unique("b15"));
    if (ON_WINE) {
        // Recorded: a prefix like the others.
        deviates();
        memory(PAGE_READWRITE, 1, name);
    } else {
        REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 1, name), ERROR_ACCESS_DENIED);
    }
}

static void append(wchar_t *text, const wchar_t *more) {
    while (*text != 0) text++;
    while ((*text++ = *more++) != 0) continue;
}

ROW(B16) {
    static const wchar_t *const odd[] = {
        L"/",    L" ",    L".",   L"..",  L":",           L"*",          L"?",        L"\"",
        L"<|>",  L"\t",   L"\x1", L"%41", L"\u5171\u4eab", L"\U0001F980", L"e\u0301", L"\u00e9",
    };
    for (int inside = 0; inside < 2; inside++) {
        for (size_t at = 0; at < COUNT(odd); at++) {
            wchar_t name[256] = L"";
            // In front, and at the end.
            append(name, inside ? wide(unique("b16")) : odd[at]);
            append(name, inside ? odd[at] : wide(unique("b16")));
            HANDLE mapping = hold(CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, name));
            // Each is another one's name.
            CHECK_ERROR(0);
            view_of(mapping, FILE_MAP_WRITE)[0] = (Octet)(at + 1);
            HANDLE opened = hold(OpenFileMappingW(FILE_MAP_READ, FALSE, name));
            CHECK(view_of(opened, FILE_MAP_READ)[0] == at + 1);
        }
    }
}

ROW(B17) {
    memory(PAGE_READWRITE, 1, "");
    CHECK_ERROR(0);
    memory(PAGE_READWRITE, 1, "");
    CHECK_ERROR(0);
    hold(CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 1, L""));
    CHECK_ERROR(0);
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, ""), ERROR_INVALID_HANDLE);
    REFUSED(OpenFileMappingW(FILE_MAP_READ, FALSE, L""), ERROR_INVALID_HANDLE);
}

ROW(B18) {
    enum { LONGEST = 32766 };
    static wchar_t name[LONGEST + 2];
    memset(name, 0, sizeof name);
    append(name, wide(unique("b18")));
    size_t length = 0;
    while (name[length] != 0) length++;
    while (length < LONGEST) name[length++] = 'x';
    HANDLE mapping = hold(CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, name));
    memcpy(view_of(mapping, FILE_MAP_WRITE), "long", 4);
    CHECK(memcmp(view_of(hold(OpenFileMappingW(FILE_MAP_READ, FALSE, name)), FILE_MAP_READ), "long", 4) == 0);
    name[LONGEST - 1] = 0;
    REFUSED(OpenFileMappingW(FILE_MAP_READ, FALSE, name), ERROR_FILE_NOT_FOUND);
    // One more is too long for the kernel; the function above it may cut it off.
    name[LONGEST - 1] = 'x';
    name[LONGEST] = 'x';
    HANDLE longer = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, name);
    if (longer != NULL) {
        hold(longer);
    } else {
        CHECK_ERROR(ERROR_INVALID_NAME);
    }
}

ROW(B19) {
    char name[MAX_PATH + 2] = "";
    snprintf(name, sizeof name, "%s", unique("b19"));
    size_t length = strlen(name);
    memset(name + length, 'x', MAX_PATH + 1 - length);
    REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 1, name), ERROR_FILENAME_EXCED_RANGE);
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, name), ERROR_FILENAME_EXCED_RANGE);
    name[MAX_PATH - 1] = 0;
    memory(PAGE_READWRITE, 1, name);
    open_mapping(FILE_MAP_READ, name);
}

// These functions see a NUL as the name's end.
ROW(B20) {
    char name[128] = "";
    snprintf(name, sizeof name, "%s", unique("b20"));
    memcpy(name + strlen(name) + 1, "tail", 5);
    memory(PAGE_READWRITE, 1, name);
    open_mapping(FILE_MAP_READ, unique("b20"));
}
