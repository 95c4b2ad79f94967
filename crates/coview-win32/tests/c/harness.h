// What the rows' tests share: how to check, and things that are given back when the row has ended, however it ends.
#ifndef HARNESS_H
#define HARNESS_H

#ifdef _WIN32
#define _WIN32_WINNT 0x0A00
#endif
#include <windows.h>

#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

// Rows assert what Windows does. Where a system is recorded to do otherwise, they assert that, and call deviates().
#ifdef _WIN32
#define ON_LINUX 0
#else
#define ON_LINUX 1
#endif
#define ON_WINE on_wine()

typedef unsigned char Octet;

// ---- Checking ----

// Ends the row if the expression is not true.
#define CHECK(expression) check((expression) ? 1 : 0, __FILE__, __LINE__, #expression)

// The call fails (gives 0 or NULL) with that last error.
#define REFUSED(call, error)                                             \
    do {                                                                 \
        SetLastError(0xDEAD);                                            \
        check((call) ? 0 : 1, __FILE__, __LINE__, "refused: " #call);    \
        check_error((error), __FILE__, __LINE__, #call " gives " #error); \
    } while (0)

// The thread's last error is that.
#define CHECK_ERROR(error) check_error((error), __FILE__, __LINE__, "last error is " #error)

// What holds on Windows does not hold here, as is recorded.
void deviates(void);

int on_wine(void);
void check(int holds, const char *file, int line, const char *expression);
void check_error(DWORD expected, const char *file, int line, const char *expression);

// ---- Names and files: no other row and no other process has the same ----

const char *unique(const char *what);
// The same text in wide characters. Good for the next few calls.
const wchar_t *wide(const char *text);

// A new file beside this program. Removed at the row's end.
const char *temp_file(const char *what, const void *content, size_t length);
// The same with that many bytes of one value.
const char *temp_file_of(const char *what, Octet value, size_t length);
// Open to be shared with everybody, and held.
HANDLE open_file(const char *path, DWORD access);
ULONGLONG file_length(const char *path);
// Whether the file begins with that. Another handle reads it.
int file_begins(const char *path, const void *content, size_t length);
void set_file_length(HANDLE file, LONGLONG length);

// ---- Handles and views, held until the row's end ----

HANDLE hold(HANDLE handle);
void *hold_view(void *view);
// What is held is given back before the end.
void give_back(HANDLE handle);
void unmap(void *view);
// What is held has been given back by the row itself, or by nobody: the row was about that.
void forget(const void *held);

// A mapping of memory; any name may be NULL.
HANDLE memory(DWORD protection, ULONGLONG size, const char *name);
HANDLE mapping_of(HANDLE file, DWORD protection, ULONGLONG size, const char *name);
// CreateFileMappingA with its size in one piece, and nothing checked or held.
HANDLE create(HANDLE file, DWORD protection, ULONGLONG size, const char *name);
HANDLE open_mapping(DWORD access, const char *name);
// MapViewOfFile with its offset in one piece, and nothing checked or held.
void *map(HANDLE mapping, DWORD access, ULONGLONG offset, SIZE_T length);
Octet *view_of(HANDLE mapping, DWORD access);
// Maps, unmaps, and says whether that was possible; if not the last error says why.
int maps(HANDLE mapping, DWORD access);

// ---- Pages ----

DWORD page_size(void);
#define GRANULE 0x10000
MEMORY_BASIC_INFORMATION pages_at(const void *address);
DWORD protection_at(const void *address);
int all_are(const Octet *bytes, Octet value, size_t length);
// 64 KiB addresses that were free a moment ago.
Octet *free_addresses(SIZE_T length);

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define PROTECTIONS 6
extern const DWORD protections[PROTECTIONS];
int writes(DWORD protection);
int executes(DWORD protection);

// ---- Other processes: this program again, in a role of roles.c ----

struct process;

// Started, and it has said its first line.
struct process *start(const char *role, const char *first, const char *second);
// The same as another user, who owns nothing; NULL where this process cannot become one. On Windows: as the same user.
struct process *start_stranger(const char *role, const char *first, const char *second);
// Its latest line.
const char *said(struct process *process);
// Sends it a line, and waits for the one that it says to that.
const char *answer(struct process *process, const char *line);
DWORD id_of(struct process *process);
// It is dead when this returns.
void kill_process(struct process *process);
// Lets it end as programs do; its exit code.
int finish(struct process *process);
// Whether a process that touches it dies of an access violation. See roles.c for what there is.
int faults(const char *what);
const char *number(ULONGLONG value);

// ---- For main ----

enum verdict { HOLDS, DEVIATES, FAILED };
enum verdict run_row(const char *id, void (*row)(void));

#endif
