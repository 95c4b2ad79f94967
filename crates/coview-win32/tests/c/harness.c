// See harness.h.
#include "harness.h"

#include "system.h"

#include <setjmp.h>

#define MOST 256
#define TEXT_SIZE 512

static jmp_buf row_end;
static const char *row_id;
static enum verdict row_verdict;

struct process {
    struct system_process *system;
    char line[TEXT_SIZE];
    int ended;
};

// What the row holds, in the order in which it came.
static HANDLE handles[MOST];
static void *views[MOST];
static struct process *processes[MOST];
static char files[MOST][TEXT_SIZE];
static size_t handle_count, view_count, process_count, file_count;

const DWORD protections[PROTECTIONS] = {PAGE_READONLY,     PAGE_READWRITE,         PAGE_WRITECOPY,
                                        PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY};

int writes(DWORD protection) {
    return protection == PAGE_READWRITE || protection == PAGE_EXECUTE_READWRITE;
}

int executes(DWORD protection) {
    return protection >= PAGE_EXECUTE;
}

// ---- Checking ----

int on_wine(void) {
    return !ON_LINUX && getenv("COVIEW_WINE") != NULL;
}

void deviates(void) {
    if (row_verdict == HOLDS) row_verdict = DEVIATES;
}

static void fail(const char *file, int line, const char *expression, DWORD error) {
    const char *name = strrchr(file, '/');
    printf("FAILED %s:%d: %s, last error %u\n", name == NULL ? file : name + 1, line, expression, (unsigned)error);
    fflush(stdout);
    row_verdict = FAILED;
    // A process in a role has no row to end.
    if (row_id == NULL) exit(1);
    longjmp(row_end, 1);
}

void check(int holds, const char *file, int line, const char *expression) {
    DWORD error = GetLastError();
    if (!holds) fail(file, line, expression, error);
    SetLastError(error);
}

void check_error(DWORD expected, const char *file, int line, const char *expression) {
    DWORD error = GetLastError();
    if (error != expected) fail(file, line, expression, error);
}

// ---- Names and files ----

static char *next_text(void) {
    static char texts[32][TEXT_SIZE];
    static unsigned next;
    return texts[next++ % COUNT(texts)];
}

const char *unique(const char *what) {
    char *name = next_text();
    snprintf(name, TEXT_SIZE, "test-c-%s-%u", what, (unsigned)GetCurrentProcessId());
    return name;
}

const char *number(ULONGLONG value) {
    char *text = next_text();
    snprintf(text, TEXT_SIZE, "%llu", (unsigned long long)value);
    return text;
}

const wchar_t *wide(const char *text) {
    static wchar_t texts[8][TEXT_SIZE];
    static unsigned next;
    wchar_t *copy = texts[next++ % COUNT(texts)];
    size_t at = 0;
    do {
        CHECK(at < TEXT_SIZE && (Octet)text[at] < 0x80);
        copy[at] = (wchar_t)text[at];
    } while (text[at++] != 0);
    return copy;
}

const char *temp_file(const char *what, const void *content, size_t length) {
    CHECK(file_count < MOST);
    char *path = files[file_count];
    system_program(path, TEXT_SIZE);
    char *end = path + strlen(path);
    while (end > path && end[-1] != '/' && end[-1] != '\\') end--;
    snprintf(end, (size_t)(path + TEXT_SIZE - end), "%s", unique(what));
    HANDLE file = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    CHECK(file != INVALID_HANDLE_VALUE);
    file_count++;
    DWORD written = 0;
    CHECK(WriteFile(file, content, (DWORD)length, &written, NULL) && written == length);
    CHECK(CloseHandle(file));
    return path;
}

const char *temp_file_of(const char *what, Octet value, size_t length) {
    void *content = malloc(length);
    CHECK(content != NULL);
    memset(content, value, length);
    const char *path = temp_file(what, content, length);
    free(content);
    return path;
}

HANDLE open_file(const char *path, DWORD access) {
    DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    return hold(CreateFileA(path, access, share, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL));
}

ULONGLONG file_length(const char *path) {
    HANDLE file = open_file(path, GENERIC_READ);
    LARGE_INTEGER length;
    CHECK(GetFileSizeEx(file, &length));
    give_back(file);
    return (ULONGLONG)length.QuadPart;
}

int file_begins(const char *path, const void *content, size_t length) {
    HANDLE file = open_file(path, GENERIC_READ);
    void *found = malloc(length);
    DWORD read = 0;
    CHECK(ReadFile(file, found, (DWORD)length, &read, NULL));
    int same = read == length && memcmp(found, content, length) == 0;
    free(found);
    give_back(file);
    return same;
}

void set_file_length(HANDLE file, LONGLONG length) {
    LARGE_INTEGER to;
    to.QuadPart = length;
    CHECK(SetFilePointerEx(file, to, NULL, FILE_BEGIN));
    CHECK(SetEndOfFile(file));
}

// ---- Handles and views ----

HANDLE hold(HANDLE handle) {
    CHECK(handle != NULL && handle != INVALID_HANDLE_VALUE);
    CHECK(handle_count < MOST);
    handles[handle_count++] = handle;
    return handle;
}

void *hold_view(void *view) {
    CHECK(view != NULL);
    CHECK(view_count < MOST);
    views[view_count++] = view;
    return view;
}

void forget(const void *held) {
    for (size_t at = 0; at < handle_count; at++)
        if (handles[at] == held) handles[at] = NULL;
    for (size_t at = 0; at < view_count; at++)
        if (views[at] == held) views[at] = NULL;
}

void give_back(HANDLE handle) {
    forget(handle);
    CHECK(CloseHandle(handle));
}

void unmap(void *view) {
    forget(view);
    CHECK(UnmapViewOfFile(view));
}

HANDLE create(HANDLE file, DWORD protection, ULONGLONG size, const char *name) {
    return CreateFileMappingA(file, NULL, protection, (DWORD)(size >> 32), (DWORD)size, name);
}

HANDLE memory(DWORD protection, ULONGLONG size, const char *name) {
    return hold(create(INVALID_HANDLE_VALUE, protection, size, name));
}

HANDLE mapping_of(HANDLE file, DWORD protection, ULONGLONG size, const char *name) {
    return hold(create(file, protection, size, name));
}

HANDLE open_mapping(DWORD access, const char *name) {
    return hold(OpenFileMappingA(access, FALSE, name));
}

void *map(HANDLE mapping, DWORD access, ULONGLONG offset, SIZE_T length) {
    return MapViewOfFile(mapping, access, (DWORD)(offset >> 32), (DWORD)offset, length);
}

Octet *view_of(HANDLE mapping, DWORD access) {
    return hold_view(map(mapping, access, 0, 0));
}

int maps(HANDLE mapping, DWORD access) {
    SetLastError(0xDEAD);
    void *view = map(mapping, access, 0, 0);
    if (view != NULL) CHECK(UnmapViewOfFile(view));
    return view != NULL;
}

// ---- Pages ----

DWORD page_size(void) {
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwPageSize;
}

MEMORY_BASIC_INFORMATION pages_at(const void *address) {
    MEMORY_BASIC_INFORMATION info;
    CHECK(VirtualQuery(address, &info, sizeof info) == sizeof info);
    return info;
}

DWORD protection_at(const void *address) {
    return pages_at(address).Protect;
}

int all_are(const Octet *bytes, Octet value, size_t length) {
    for (size_t at = 0; at < length; at++)
        if (bytes[at] != value) return 0;
    return 1;
}

Octet *free_addresses(SIZE_T length) {
    Octet *address = VirtualAlloc(NULL, length, MEM_RESERVE, PAGE_NOACCESS);
    CHECK(address != NULL);
    CHECK(VirtualFree(address, 0, MEM_RELEASE));
    return address;
}

// ---- Other processes ----

static void read_line(struct process *process) {
    system_read_line(process->system, process->line, sizeof process->line);
}

struct process *start(const char *role, const char *first, const char *second) {
    const char *arguments[] = {"--role", role, first, second, NULL};
    CHECK(process_count < MOST);
    struct process *process = calloc(1, sizeof *process);
    CHECK(process != NULL);
    process->system = system_start(arguments);
    CHECK(process->system != NULL);
    processes[process_count++] = process;
    read_line(process);
    return process;
}

struct process *start_stranger(const char *role, const char *first, const char *second) {
    if (!system_can_be_stranger()) return NULL;
    char strange[TEXT_SIZE];
    snprintf(strange, sizeof strange, "stranger:%s", role);
    return start(strange, first, second);
}

const char *said(struct process *process) {
    return process->line;
}

const char *answer(struct process *process, const char *line) {
    system_write_line(process->system, line);
    read_line(process);
    return process->line;
}

DWORD id_of(struct process *process) {
    return system_id(process->system);
}

void kill_process(struct process *process) {
    if (process->ended) return;
    process->ended = 1;
    system_kill(process->system);
    system_wait(process->system);
}

int finish(struct process *process) {
    process->ended = 1;
    system_close_input(process->system);
    return system_wait(process->system);
}

int faults(const char *what) {
    struct process *process = start("touch", what, NULL);
    CHECK(strcmp(said(process), "touching") == 0);
    int code = finish(process);
    CHECK(code == 0 || code == SYSTEM_FAULT);
    return code == SYSTEM_FAULT;
}

// ---- Rows ----

// Everything that the row still holds. A failed row may have left anything, so that nothing is checked.
static void give_all_back(void) {
    while (process_count > 0) {
        struct process *process = processes[--process_count];
        // One that ends as programs do leaves nothing; one that is part of a failure may not end at all.
        if (row_verdict == FAILED) kill_process(process);
        if (!process->ended) finish(process);
        free(process);
    }
    while (view_count > 0) {
        void *view = views[--view_count];
        if (view != NULL) UnmapViewOfFile(view);
    }
    while (handle_count > 0) {
        HANDLE handle = handles[--handle_count];
        if (handle != NULL) CloseHandle(handle);
    }
    while (file_count > 0) DeleteFileA(files[--file_count]);
}

enum verdict run_row(const char *id, void (*row)(void)) {
    row_id = id;
    row_verdict = HOLDS;
    // The name first: what ends this program in the middle of a row is then known.
    printf("%s ", id);
    fflush(stdout);
    if (setjmp(row_end) == 0) row();
    give_all_back();
    if (row_verdict != FAILED) puts(row_verdict == HOLDS ? "holds" : "deviates");
    fflush(stdout);
    return row_verdict;
}
