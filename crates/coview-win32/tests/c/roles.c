// See roles.h. A role says a line, and then lives until its standard input ends or it is killed.
#include "roles.h"

#include "harness.h"
#include "system.h"

static void say(const char *line) {
    printf("%s\n", line);
    fflush(stdout);
}

static void say_error(void) {
    printf("error %u\n", (unsigned)GetLastError());
    fflush(stdout);
}

// Whether there was a line, and not the end of the input.
static int hear(char *line, int size) {
    return fgets(line, size, stdin) != NULL;
}

static void wait_for_the_end(void) {
    char line[256];
    while (hear(line, sizeof line)) continue;
}

// A handle's number, as another process has said it.
static HANDLE handle_of(const char *text) {
    return (HANDLE)(ULONG_PTR)strtoull(text, NULL, 10);
}

static void say_bytes(const volatile Octet *bytes, const char *before) {
    char text[5] = {0};
    for (int at = 0; at < 4; at++) text[at] = bytes[at] == 0 ? '.' : (char)bytes[at];
    printf("%s%s\n", before, text);
    fflush(stdout);
}

// Says the mapping's first bytes, or why there is no view.
static Octet *say_mapping(HANDLE mapping, DWORD access, const char *before) {
    Octet *view = mapping == NULL ? NULL : MapViewOfFile(mapping, access, 0, 0, 0);
    if (view == NULL) {
        say_error();
    } else {
        say_bytes(view, before);
    }
    return view;
}

// Opens the name and holds it.
static void open_name(const char *name, DWORD access) {
    say_mapping(OpenFileMappingA(access, FALSE, name), access, "");
    wait_for_the_end();
}

// Creates the name or opens it, says which, and holds it.
static void create_name(const char *name) {
    HANDLE mapping = create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 4096, name);
    say_mapping(mapping, FILE_MAP_READ, GetLastError() == ERROR_ALREADY_EXISTS ? "existing " : "new ");
    wait_for_the_end();
}

// Maps the handle that this process has or has not inherited.
static void inherited(const char *handle) {
    say_mapping(handle_of(handle), FILE_MAP_READ, "");
    wait_for_the_end();
}

// Fetches the handle from the other process, says what is in it, and writes over that.
static void pull(const char *process, const char *handle) {
    HANDLE other = OpenProcess(PROCESS_DUP_HANDLE, FALSE, (DWORD)strtoul(process, NULL, 10));
    HANDLE mapping = NULL;
    if (other == NULL
        || !DuplicateHandle(other, handle_of(handle), GetCurrentProcess(), &mapping, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
        say_error();
        return;
    }
    Octet *view = say_mapping(mapping, FILE_MAP_READ | FILE_MAP_WRITE, "");
    if (view != NULL) memcpy(view, "back", 4);
    wait_for_the_end();
}

// Maps the handle that another process has put into this one and tells the number of.
static void pushed(void) {
    char line[64];
    say("waiting");
    if (hear(line, sizeof line)) say_mapping(handle_of(line), FILE_MAP_READ, "");
    wait_for_the_end();
}

// Becomes the owner of the mutex.
static void lock(const char *name) {
    HANDLE mutex = OpenMutexA(SYNCHRONIZE | MUTEX_MODIFY_STATE, FALSE, name);
    if (mutex == NULL || WaitForSingleObject(mutex, INFINITE) != WAIT_OBJECT_0) {
        say_error();
    } else {
        say("owned");
    }
    wait_for_the_end();
}

// Maps reserved memory, and touches it when told to.
static void reserved(const char *name) {
    char line[64];
    HANDLE mapping = OpenFileMappingA(FILE_MAP_READ, FALSE, name);
    const Octet *view = mapping == NULL ? NULL : MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
    if (view == NULL) {
        say_error();
        return;
    }
    say("mapped");
    if (hear(line, sizeof line)) say_bytes(view, "");
    wait_for_the_end();
}

// Is there, and nothing else.
static void live(void) {
    say("alive");
    wait_for_the_end();
}

// Tries to spoil a file that another process has mapped, and says what came of it.
static void spoil(const char *path, const char *how) {
    DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    int done;
    SetLastError(0);
    if (strcmp(how, "delete") == 0) {
        done = DeleteFileA(path);
    } else {
        DWORD disposition = strcmp(how, "replace") == 0 ? CREATE_ALWAYS : OPEN_EXISTING;
        HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, share, NULL, disposition, 0, NULL);
        done = file != INVALID_HANDLE_VALUE && (disposition == CREATE_ALWAYS || SetEndOfFile(file));
    }
    if (done) {
        say("done");
    } else {
        say_error();
    }
    wait_for_the_end();
}

// Creates a name, writes to it, and ends without giving anything back.
static void leave(const char *name) {
    HANDLE mapping = create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 4096, name);
    Octet *view = say_mapping(mapping, FILE_MAP_WRITE, "");
    if (view != NULL) memcpy(view, "left", 4);
    wait_for_the_end();
}

// Touches what must not be touched: the system is to end this process.
static void touch(const char *what) {
    DWORD protection = PAGE_READWRITE, access = FILE_MAP_WRITE;
    int write = 1;
    if (strcmp(what, "reading view") == 0) access = FILE_MAP_READ;
    if (strcmp(what, "view without access") == 0) access = 0, write = 0;
    if (strcmp(what, "execute alone") == 0) access = FILE_MAP_EXECUTE, protection = PAGE_EXECUTE_READWRITE, write = 0;
    if (strcmp(what, "reserved page") == 0) protection |= SEC_RESERVE;
    volatile Octet *view = map(create(INVALID_HANDLE_VALUE, protection, 4096, NULL), access, 0, 0);
    if (view == NULL) {
        say_error();
        exit(1);
    }
    if (strcmp(what, "protected page") == 0) {
        DWORD old;
        CHECK(VirtualProtect((void *)view, 1, PAGE_READONLY, &old));
    }
    if (strcmp(what, "unmapped view") == 0) CHECK(UnmapViewOfFile((const void *)view));
    system_expect_fault();
    say("touching");
    if (write) {
        view[0] = 1;
    } else {
        Octet touched = view[0];
        (void)touched;
    }
    exit(0);
}

void play(const char *role, const char *first, const char *second) {
    static const char STRANGER[] = "stranger:";
    if (strncmp(role, STRANGER, sizeof STRANGER - 1) == 0) {
        system_become_stranger();
        role += sizeof STRANGER - 1;
    }
    if (strcmp(role, "open") == 0) open_name(first, FILE_MAP_READ);
    else if (strcmp(role, "open to write") == 0) open_name(first, FILE_MAP_READ | FILE_MAP_WRITE);
    else if (strcmp(role, "create") == 0) create_name(first);
    else if (strcmp(role, "inherited") == 0) inherited(first);
    else if (strcmp(role, "pull") == 0) pull(first, second);
    else if (strcmp(role, "pushed") == 0) pushed();
    else if (strcmp(role, "lock") == 0) lock(first);
    else if (strcmp(role, "reserved") == 0) reserved(first);
    else if (strcmp(role, "spoil") == 0) spoil(first, second);
    else if (strcmp(role, "live") == 0) live();
    else if (strcmp(role, "leave") == 0) leave(first);
    else if (strcmp(role, "touch") == 0) touch(first);
    else {
        say("no such role");
        exit(1);
    }
    exit(0);
}
