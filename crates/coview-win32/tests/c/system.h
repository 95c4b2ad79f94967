// What the harness needs of a system beside Win32's shared memory. One file per system, and nothing of it in the rows.
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stddef.h>

// Where this program lies.
void system_program(char *path, size_t size);

// Another process of this program, with pipes to its input and from its output.
struct system_process;
struct system_process *system_start(const char *const *arguments);
// A line without its end; what came before the end if there is none.
void system_read_line(struct system_process *process, char *line, size_t size);
void system_write_line(struct system_process *process, const char *line);
void system_close_input(struct system_process *process);
void system_kill(struct system_process *process);
// Waits for its end: its exit code, or one of these.
#define SYSTEM_FAULT (-1)
#define SYSTEM_KILLED (-2)
int system_wait(struct system_process *process);
unsigned system_id(const struct system_process *process);

// This process is about to fault: neither a window nor a file is to tell of it.
void system_expect_fault(void);
// This process becomes another user; 0 if it cannot, or if one user is as good as another.
int system_can_be_stranger(void);
void system_become_stranger(void);

// A pipe's end, as a handle that functions for files take.
void *system_pipe(void);
// A folder that is always there.
const char *system_folder(void);

// The library's function of that name; NULL if there is none.
typedef void (*system_function)(void);
system_function system_find(const char *name);

#endif
